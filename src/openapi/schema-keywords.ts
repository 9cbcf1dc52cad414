import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { cleanText } from './text.ts';

/** Where a schema is used. An input is what is sent, an output what comes back. */
export type Direction = 'input' | 'output';

/** Longest description kept inside a schema. */
export const MAX_SCHEMA_DESCRIPTION = 1000;
/** Largest default, example or constant kept, as JSON. */
const MAX_ANNOTATION_LENGTH = 2000;
const MAX_ENUM = 1000;
const MAX_PATTERN = 500;

const TYPES: readonly string[] = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

type Check = (value: JsonValue) => JsonValue | undefined;

const count: Check = (value) => (Number.isInteger(value) && Number(value) >= 0 ? value : undefined);
const bound: Check = (value) => (typeof value === 'number' ? value : undefined);
const flag: Check = (value) => (value === true ? true : undefined);
const anyValue: Check = (value) => (JSON.stringify(value).length <= MAX_ANNOTATION_LENGTH ? value : undefined);
const words: Check = (value) => (typeof value === 'string' ? cleanText(value, MAX_SCHEMA_DESCRIPTION) : undefined);
const names: Check = (value) =>
  Array.isArray(value) ? [...new Set(value.filter((name) => typeof name === 'string'))] : undefined;

/** Keywords that hold no schema, and what makes each of them legal; an illegal one would spoil the whole schema. */
const PLAIN: Record<string, Check> = {
  title: words,
  description: words,
  format: (value) => (typeof value === 'string' ? cleanText(value, 100) : undefined),
  default: anyValue,
  const: anyValue,
  examples: (value) => (Array.isArray(value) && value.length > 0 ? anyValue(value.slice(0, 3)) : undefined),
  deprecated: flag,
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
  multipleOf: (value) => (typeof value === 'number' && value > 0 ? value : undefined),
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  minProperties: count,
  maxProperties: count,
  minContains: count,
  maxContains: count,
  uniqueItems: flag,
  pattern: (value) => (typeof value === 'string' && isPattern(value) ? value : undefined),
  required: names,
  enum: (value) => (Array.isArray(value) && value.length > 0 && value.length <= MAX_ENUM ? value : undefined),
  contentEncoding: (value) => (typeof value === 'string' ? value : undefined),
  contentMediaType: (value) => (typeof value === 'string' ? value : undefined),
  dependentRequired: (value) => {
    if (!isObject(value)) return undefined;
    const kept = Object.entries(value).filter(([name, list]) => name !== '__proto__' && Array.isArray(list));
    return Object.fromEntries(kept.map(([name, list]) => [name, names(list ?? []) ?? []]));
  },
};

/** Of the keywords above, those that describe an answer without judging it. */
const DESCRIPTIVE = new Set(['title', 'description', 'format', 'deprecated', 'contentEncoding', 'contentMediaType']);

/** Keywords beside a `$ref` that count in every version. */
export const ANNOTATIONS: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples', 'deprecated']);

/** Whether a regular expression is legal JSON Schema (ECMA-262 with the `u` flag). */
export function isPattern(pattern: string): boolean {
  if (pattern.length > MAX_PATTERN) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

/** The legal keywords of a schema that hold no schemas themselves, in JSON Schema 2020-12. */
export function convertPlainKeywords(node: JsonObject, direction: Direction): JsonObject {
  const schema: JsonObject = {};
  const type = convertType(node.type);
  if (type !== undefined) schema.type = type;
  for (const [name, check] of Object.entries(PLAIN)) {
    const value = node[name];
    if (value === undefined || (direction === 'output' && !DESCRIPTIVE.has(name))) continue;
    const kept = check(value);
    if (kept !== undefined) schema[name] = kept;
  }
  if (direction === 'input') {
    convertBounds(node, schema);
    if (node.example !== undefined && schema.examples === undefined) {
      const example = anyValue(node.example);
      if (example !== undefined) schema.examples = [example];
    }
    // An empty list says nothing, and JSON Schema before 2020-12 forbids it.
    if (Array.isArray(schema.required) && schema.required.length === 0) delete schema.required;
  }
  if (node.type === 'file') {
    schema.type = 'string';
    schema.format = 'binary';
  }
  return schema;
}

function convertType(type: JsonValue | undefined): JsonValue | undefined {
  if (typeof type === 'string') return TYPES.includes(type) ? type : undefined;
  if (!Array.isArray(type)) return undefined;
  const kept = [...new Set(type.filter((name) => typeof name === 'string' && TYPES.includes(name)))];
  return kept.length === 0 ? undefined : kept.length === 1 ? kept[0] : kept;
}

/** In 2.0 and 3.0 an exclusive bound is a flag beside the bound. */
function convertBounds(node: JsonObject, schema: JsonObject): void {
  if (node.exclusiveMinimum === true && typeof node.minimum === 'number') {
    schema.exclusiveMinimum = node.minimum;
    delete schema.minimum;
  }
  if (node.exclusiveMaximum === true && typeof node.maximum === 'number') {
    schema.exclusiveMaximum = node.maximum;
    delete schema.maximum;
  }
}

/** Lets a converted schema take null as well, as `nullable` (3.0) and `x-nullable` (2.0) ask. */
export function withNull(schema: JsonObject): JsonObject {
  if (
    schema.$ref !== undefined ||
    schema.allOf !== undefined ||
    (schema.anyOf !== undefined && schema.type !== undefined)
  ) {
    const outer: JsonObject = {};
    const inner: JsonObject = {};
    for (const [name, value] of Object.entries(schema)) (ANNOTATIONS.has(name) ? outer : inner)[name] = value;
    return { ...outer, anyOf: [inner, { type: 'null' }] };
  }
  if (Array.isArray(schema.anyOf)) {
    const hasNull = schema.anyOf.some((variant) => isObject(variant) && variant.type === 'null');
    return hasNull ? schema : { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] };
  }
  const result = { ...schema };
  if (Array.isArray(schema.enum) && !schema.enum.includes(null)) result.enum = [...schema.enum, null];
  const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
  if (types.length > 0 && !types.includes('null')) result.type = [...types, 'null'];
  return result;
}
