import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** A schema that is nothing but an object with named properties, however it was put together. */
export interface ObjectShape {
  properties: Map<string, JsonObject>;
  required: Set<string>;
  /** What other properties may be: a schema, `true` when the document says that any are welcome, else undefined. */
  additional: JsonValue | undefined;
}

/** Keywords that say more about an object than which properties it has. */
const BEYOND = [
  'not',
  'if',
  'enum',
  'const',
  'dependentSchemas',
  'dependentRequired',
  'propertyNames',
  'patternProperties',
];
const MAX_NESTING = 16;
/** Schemas looked at for one shape; members shared by members would otherwise multiply. */
const MAX_STEPS = 2000;

/**
 * Reads a converted schema as a plain object, through references and `allOf`; of two properties of one name the later
 * counts. Undefined when it is anything else (variants, a list, a free-form map): such a value stays whole.
 *
 * @param expand follows a reference, as {@link SchemaConverter} does.
 */
export function objectShape(schema: JsonObject, expand: (schema: JsonObject) => JsonObject): ObjectShape | undefined {
  const shape: ObjectShape = { properties: new Map(), required: new Set(), additional: undefined };
  let steps = 0;
  const mayGoOn = (nesting: number): boolean => nesting <= MAX_NESTING && ++steps <= MAX_STEPS;
  return merge(schema, shape, { expand, mayGoOn }, 0) && shape.properties.size > 0 ? shape : undefined;
}

interface Walk {
  expand(schema: JsonObject): JsonObject;
  mayGoOn(nesting: number): boolean;
}

function merge(schema: JsonObject, shape: ObjectShape, walk: Walk, nesting: number): boolean {
  if (!walk.mayGoOn(nesting) || BEYOND.some((name) => schema[name] !== undefined)) return false;
  if (schema.$ref !== undefined && !merge(walk.expand(schema), shape, walk, nesting + 1)) return false;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (schema.type !== undefined && !types.includes('object')) return false;
  if (schema.type !== undefined && types.some((type) => type !== 'object' && type !== 'null')) return false;

  for (const member of Array.isArray(schema.allOf) ? schema.allOf : []) {
    if (!isObject(member) || !merge(member, shape, walk, nesting + 1)) return false;
  }
  if (schema.anyOf !== undefined && !mergeNullable(schema.anyOf, shape, walk, nesting)) return false;
  if (isObject(schema.properties)) {
    for (const [name, property] of Object.entries(schema.properties)) {
      if (isObject(property)) shape.properties.set(name, property);
    }
  }
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    if (typeof name === 'string') shape.required.add(name);
  }
  const { additionalProperties } = schema;
  if (additionalProperties !== undefined && additionalProperties !== false) shape.additional = additionalProperties;
  return true;
}

/** `anyOf: [X, {type: null}]` is how a nullable X is written; a body that may be null is sent as the object. */
function mergeNullable(variants: JsonValue, shape: ObjectShape, walk: Walk, nesting: number): boolean {
  const real = Array.isArray(variants)
    ? variants.filter((variant) => !isObject(variant) || variant.type !== 'null')
    : [];
  const [only, ...others] = real;
  return isObject(only) && others.length === 0 && merge(only, shape, walk, nesting + 1);
}
