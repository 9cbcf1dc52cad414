import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** A property of a node, or undefined when the node is no object; never one of the prototype. */
export function field(node: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(node) && Object.hasOwn(node, name) ? node[name] : undefined;
}

/** A property that is a text. */
export function textField(node: JsonValue | undefined, name: string): string | undefined {
  const value = field(node, name);
  return typeof value === 'string' ? value : undefined;
}

/** A property that is a list, or an empty one. */
export function listField(node: JsonValue | undefined, name: string): readonly JsonValue[] {
  const value = field(node, name);
  return Array.isArray(value) ? value : [];
}

/** The texts in a property that is a list. */
export function textsField(node: JsonValue | undefined, name: string): string[] {
  return listField(node, name).filter((value) => typeof value === 'string');
}

/** The members of a property that is an object. */
export function entriesField(node: JsonValue | undefined, name: string): [string, JsonValue][] {
  const value = field(node, name);
  return isObject(value) ? entriesOf(value) : [];
}

/** The members of an object; `__proto__` is left out, because copying it would change a prototype. */
export function entriesOf(value: JsonObject): [string, JsonValue][] {
  const entries: [string, JsonValue][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined && name !== '__proto__') entries.push([name, member]);
  }
  return entries;
}

/** Adds a property only when there is a value, as `exactOptionalPropertyTypes` would ask for. */
export function optional<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Partial<Record<K, V>>);
}
