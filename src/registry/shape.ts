import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { parseUrlReference } from './url-reference.ts';

/** A text. Lengths count Unicode code points. */
export interface StringShape {
  kind: 'string';
  minLength?: number;
  maxLength?: number;
  pattern?: RegExp;
  /** Must read as a URL reference. */
  isUri?: boolean;
  values?: readonly string[];
}

/** A member of an {@link ObjectShape}. */
export interface Field {
  shape: Shape;
  /** Must be there, and is written back even when empty. */
  required?: boolean;
  /** One sentence for the API description. */
  description?: string;
}

/** An object with known members. */
export interface ObjectShape {
  kind: 'object';
  /** Name of the schema in the API description. */
  name: string;
  description?: string;
  fields: Readonly<Record<string, Field>>;
  /** Which other members are accepted, whatever they hold; absent: none. */
  acceptsKey?: (key: string) => boolean;
}

/** What a value from outside must look like: the constraint layer of the API as data (registry-api.md, section 7). */
export type Shape =
  | StringShape
  | { kind: 'boolean' }
  | { kind: 'array'; items: Shape }
  | { kind: 'map'; values: Shape }
  | { kind: 'free' }
  | ObjectShape;

/** One broken constraint, as it stands in `errors` of a problem body. */
export interface ConstraintError {
  message: string;
  /** Where, e.g. `body.packages[0].registryType`. */
  location: string;
  value?: JsonValue;
}

/** Most errors that one check reports. */
const MAX_ERRORS = 100;
/** Most items of any list. */
export const MAX_ITEMS = 1000;
/** Longest text of a value that is given back in an error; a longer value is left out. */
const MAX_VALUE_LENGTH = 1000;
/** NUL (which databases refuse) and halves of surrogate pairs (which no UTF-8 text can hold). */
const BAD_TEXT = /[\0\p{Surrogate}]/u;

/** Checks a value against a shape and lists what is wrong, in the order of the shape; empty when all is well. */
export function checkShape(shape: Shape, value: JsonValue, location: string): ConstraintError[] {
  const errors: ConstraintError[] = [];
  check(shape, value, location, errors);
  return errors.slice(0, MAX_ERRORS);
}

function add(errors: ConstraintError[], message: string, location: string, value: JsonValue): void {
  if (errors.length >= MAX_ERRORS) return;
  const isShort = typeof value !== 'object' || value === null || JSON.stringify(value).length <= MAX_VALUE_LENGTH;
  const shown = typeof value === 'string' ? value.slice(0, MAX_VALUE_LENGTH) : value;
  errors.push({ message, location, ...(isShort ? { value: shown } : {}) });
}

function check(shape: Shape, value: JsonValue, location: string, errors: ConstraintError[]): void {
  if (errors.length >= MAX_ERRORS) return;
  switch (shape.kind) {
    case 'string':
      if (typeof value === 'string') checkString(shape, value, location, errors);
      else add(errors, 'expected string', location, value);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') add(errors, 'expected boolean', location, value);
      return;
    case 'array':
      if (!Array.isArray(value)) add(errors, 'expected array', location, value);
      else if (value.length > MAX_ITEMS) add(errors, `expected array length <= ${MAX_ITEMS}`, location, value);
      else for (const [i, item] of value.entries()) check(shape.items, item, `${location}[${i}]`, errors);
      return;
    case 'map':
    case 'free':
      checkMap(shape.kind === 'map' ? shape.values : undefined, value, location, errors);
      return;
    case 'object':
      checkObject(shape, value, location, errors);
  }
}

function checkMap(values: Shape | undefined, value: JsonValue, location: string, errors: ConstraintError[]): void {
  if (!isObject(value)) {
    add(errors, 'expected object', location, value);
    return;
  }
  checkText(Object.keys(value), location, errors);
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (values) check(values, item, `${location}.${key}`, errors);
    else checkFree(item, `${location}.${key}`, errors);
  }
}

function checkObject(shape: ObjectShape, value: JsonValue, location: string, errors: ConstraintError[]): void {
  if (!isObject(value)) {
    add(errors, 'expected object', location, value);
    return;
  }
  for (const [key, field] of Object.entries(shape.fields)) {
    const member = Object.hasOwn(value, key) ? value[key] : undefined;
    if (member === undefined) {
      if (field.required) add(errors, `expected required property ${key} to be present`, location, value);
    } else if (member !== null || field.required) check(field.shape, member, `${location}.${key}`, errors);
  }
  for (const [key, member] of Object.entries(value)) {
    if (Object.hasOwn(shape.fields, key)) continue;
    if (!shape.acceptsKey?.(key)) add(errors, 'unexpected property', `${location}.${key}`, member ?? null);
    else if (member !== undefined) checkFree(member, `${location}.${key}`, errors);
  }
}

function checkString(shape: StringShape, value: string, location: string, errors: ConstraintError[]): void {
  const { minLength, maxLength, pattern, values } = shape;
  const length = minLength === undefined && maxLength === undefined ? 0 : codePoints(value);
  if (minLength !== undefined && length < minLength) add(errors, `expected length >= ${minLength}`, location, value);
  if (maxLength !== undefined && length > maxLength) add(errors, `expected length <= ${maxLength}`, location, value);
  if (pattern && !pattern.test(value)) {
    add(errors, `expected string to match pattern ${pattern.source.replaceAll('\\/', '/')}`, location, value);
  }
  if (values && !values.includes(value)) {
    add(errors, `expected value to be one of "${values.join(', ')}"`, location, value);
  }
  if (shape.isUri) {
    const parsed = parseUrlReference(value);
    if (typeof parsed === 'string') add(errors, `expected string to be RFC 3986 uri: ${parsed}`, location, value);
  }
  checkText([value], location, errors);
}

function checkText(texts: string[], location: string, errors: ConstraintError[]): void {
  if (!texts.some((text) => BAD_TEXT.test(text))) return;
  if (errors.length < MAX_ERRORS) {
    errors.push({ message: 'expected string of whole Unicode characters other than NUL', location });
  }
}

/** Free content is bounded by the size of the body; only texts that cannot be kept are refused. */
function checkFree(value: JsonValue, location: string, errors: ConstraintError[]): void {
  if (typeof value === 'string') checkText([value], location, errors);
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkFree(item, `${location}[${i}]`, errors);
  } else if (isObject(value)) {
    checkText(Object.keys(value), location, errors);
    for (const [key, item] of Object.entries(value))
      if (item !== undefined) checkFree(item, `${location}.${key}`, errors);
  }
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * The normal form of a value that passed {@link checkShape}: members in the order of the shape, those that are
 * empty (`""`, `false`, `[]`, `{}`, null) left out unless required, accepted foreign members kept at the end
 * (registry-api.md, section 2.1). The value itself is not changed.
 */
export function normalise(shape: ObjectShape, value: JsonObject): JsonObject {
  return normalObject(shape, value);
}

function normalObject(shape: ObjectShape, value: JsonObject): JsonObject {
  const members: [string, JsonValue][] = [];
  for (const [key, field] of Object.entries(shape.fields)) {
    const member = Object.hasOwn(value, key) ? value[key] : undefined;
    if (member === undefined) continue;
    const normal = normalValue(field.shape, member);
    if (field.required || !isEmpty(normal)) members.push([key, normal]);
  }
  if (shape.acceptsKey) {
    for (const [key, member] of Object.entries(value)) {
      if (member !== undefined && !Object.hasOwn(shape.fields, key)) members.push([key, member]);
    }
  }
  // fromEntries defines members, so a key such as `__proto__` stays an ordinary one.
  return Object.fromEntries(members);
}

function normalValue(shape: Shape, value: JsonValue): JsonValue {
  if (shape.kind === 'object' && isObject(value)) return normalObject(shape, value);
  if (shape.kind === 'array' && Array.isArray(value)) return value.map((item) => normalValue(shape.items, item));
  if (shape.kind === 'map' && isObject(value)) {
    const entries = Object.entries(value).flatMap(([key, item]): [string, JsonValue][] =>
      item === undefined ? [] : [[key, normalValue(shape.values, item)]],
    );
    return Object.fromEntries(entries);
  }
  return value;
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
