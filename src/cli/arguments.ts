import { isObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { UsageError } from './failure.ts';

/**
 * Makes the arguments of a tool from `key=value` texts. The tool's input schema says what kind each value is; without
 * a kind, and where several are allowed, JSON is taken as JSON and everything else as a text. `a.b=1` sets `b` inside
 * of `a`, unless the schema knows a property `a.b`. A key that stands twice becomes a list.
 *
 * @throws UsageError when a text is no pair, or a value is not of the wanted kind
 */
export function toolArguments(pairs: readonly string[], inputSchema: JsonObject | undefined): JsonObject {
  const result: JsonObject = {};
  for (const pair of pairs) {
    const cut = pair.indexOf('=');
    if (cut <= 0) throw new UsageError(`${JSON.stringify(pair)} is not key=value`);
    const key = pair.slice(0, cut);
    const path = propertyOf(inputSchema, key) === undefined ? key.split('.') : [key];
    if (path.some((step) => step === '' || step === '__proto__')) {
      throw new UsageError(`${JSON.stringify(key)} names no argument`);
    }
    put(result, path, pair.slice(cut + 1), inputSchema);
  }
  return result;
}

function put(target: JsonObject, path: readonly string[], text: string, schema: JsonObject | undefined): void {
  const [key = '', ...rest] = path;
  const property = propertyOf(schema, key);
  if (rest.length > 0) {
    const child = target[key];
    const inner: JsonObject = isObject(child) ? child : {};
    target[key] = inner;
    put(inner, rest, text, property);
    return;
  }
  const old = target[key];
  const isList = kindsOf(property).includes('array');
  if (isList && !text.trimStart().startsWith('[')) {
    const items = isObject(property?.items) ? property.items : undefined;
    target[key] = [...(Array.isArray(old) ? old : []), coerce(text, items, key)];
  } else if (old === undefined) target[key] = coerce(text, property, key);
  else target[key] = [...(Array.isArray(old) ? old : [old]), coerce(text, property, key)];
}

/** A text as the kind of value that a schema wants. */
function coerce(text: string, schema: JsonObject | undefined, key: string): JsonValue {
  const kinds = kindsOf(schema);
  const only = kinds.length === 1 ? kinds[0] : undefined;
  switch (only) {
    case 'string':
      return text;
    case 'number':
    case 'integer':
      if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && (only === 'number' || Number.isInteger(Number(text)))) {
        return Number(text);
      }
      throw new UsageError(`${key}: ${JSON.stringify(text)} is no ${only === 'number' ? 'number' : 'whole number'}`);
    case 'boolean':
      if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
      throw new UsageError(`${key}: ${JSON.stringify(text)} is neither true nor false`);
    case 'null':
      return null;
    case 'array':
    case 'object': {
      const value = tryJson(text);
      if (only === 'array' ? Array.isArray(value) : isObject(value)) return value ?? null;
      throw new UsageError(`${key}: ${JSON.stringify(text)} is no JSON ${only === 'array' ? 'list' : 'object'}`);
    }
    default: {
      const value = tryJson(text);
      // A text that happens to be JSON stays a text where texts are allowed and that kind of JSON is not.
      return value !== undefined && (kinds.length === 0 || kinds.includes(kindOfValue(value))) ? value : text;
    }
  }
}

function kindOfValue(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/** The kinds a schema allows; empty when it does not tell. `integer` stands for `number` too. */
function kindsOf(schema: JsonObject | undefined): string[] {
  if (schema === undefined) return [];
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) {
    const kinds = type.filter((kind) => typeof kind === 'string');
    return kinds.includes('integer') && !kinds.includes('number') ? [...kinds, 'number'] : kinds;
  }
  if (Array.isArray(schema.enum)) return [...new Set(schema.enum.map(kindOfValue))];
  const parts = [schema.anyOf, schema.oneOf].find(Array.isArray) ?? [];
  return [...new Set(parts.filter(isObject).flatMap(kindsOf))];
}

function propertyOf(schema: JsonObject | undefined, key: string): JsonObject | undefined {
  const { properties } = schema ?? {};
  if (!isObject(properties) || !Object.hasOwn(properties, key)) return undefined;
  const property = properties[key];
  return isObject(property) ? property : undefined;
}

function tryJson(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
