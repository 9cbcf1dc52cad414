import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** The schemas of a document that others refer to, converted when first asked for. */
export interface Definitions {
  /** The reference to a schema of the document, as it stands in a converted schema. */
  reference(target: { value: JsonValue; place: string }): string;
  expand(schema: JsonObject): JsonObject;
  inline(schema: JsonObject): JsonObject;
  close(schemas: readonly JsonValue[], maxBytes: number): JsonObject | undefined;
}

interface Definition {
  value: JsonValue;
  place: string;
  converted?: { schema: JsonObject; uses: readonly string[]; bytes: number };
}

const PREFIX = '#/$defs/';
const LEFT_OUT: JsonObject = {
  description: 'Left out, because the whole schema would be too large. Any value is taken.',
};
/** Longest chain of references that is written out. */
const MAX_INLINE = 8;

/** Makes the collection. `convert` turns a schema of the document into JSON Schema and may ask for references. */
export function createDefinitions(convert: (value: JsonValue, place: string) => JsonObject): Definitions {
  const byPlace = new Map<string, string>();
  const byName = new Map<string, Definition>();

  const convertedOf = (name: string): Required<Definition>['converted'] | undefined => {
    const definition = byName.get(name);
    if (definition === undefined) return undefined;
    if (definition.converted === undefined) {
      const schema = convert(definition.value, definition.place);
      const uses = new Set<string>();
      collectUses(schema, uses);
      definition.converted = { schema, uses: [...uses], bytes: JSON.stringify(schema).length };
    }
    return definition.converted;
  };

  const expand = (schema: JsonObject): JsonObject => {
    const name = nameOf(schema.$ref);
    return name === undefined ? schema : (convertedOf(name)?.schema ?? {});
  };

  return {
    reference({ value, place }) {
      const known = byPlace.get(place);
      if (known !== undefined) return PREFIX + known;
      const base = defName(place);
      let name = base;
      for (let i = 2; byName.has(name); i++) name = `${base}_${i}`;
      byPlace.set(place, name);
      byName.set(name, { value, place });
      return PREFIX + name;
    },
    expand,
    inline(schema) {
      let current = schema;
      for (let link = 0; link < MAX_INLINE && current.$ref !== undefined; link++) {
        const { $ref: _ref, ...beside } = current;
        current = { ...expand(current), ...beside };
      }
      return current;
    },
    close(schemas, maxBytes) {
      const queue = new Set<string>();
      for (const schema of schemas) collectUses(schema, queue);
      const result: JsonObject = {};
      let bytes = 0;
      // A set also visits what is added while it is walked, so this goes through the graph level by level.
      for (const name of queue) {
        const definition = convertedOf(name);
        if (definition === undefined) continue;
        const fits = bytes + definition.bytes <= maxBytes;
        result[name] = fits ? definition.schema : LEFT_OUT;
        if (!fits) continue;
        bytes += definition.bytes;
        for (const used of definition.uses) queue.add(used);
      }
      return queue.size === 0 ? undefined : result;
    },
  };
}

function nameOf(ref: JsonValue | undefined): string | undefined {
  return typeof ref === 'string' && ref.startsWith(PREFIX) ? ref.slice(PREFIX.length) : undefined;
}

function collectUses(value: JsonValue | undefined, uses: Set<string>): void {
  if (Array.isArray(value)) {
    for (const member of value) collectUses(member, uses);
  } else if (isObject(value)) {
    const name = nameOf(value.$ref);
    if (name !== undefined) uses.add(name);
    for (const key of Object.keys(value)) collectUses(value[key], uses);
  }
}

/** A readable name that needs no escaping in a pointer: the component's, or the last two steps of the place. */
function defName(place: string): string {
  const steps = place.split('/');
  const isComponent = /^#\/(components\/schemas|definitions)\/[^/]+$/.test(place);
  const text = isComponent ? (steps.at(-1) ?? '') : steps.slice(-3).join('_');
  return (
    text
      .replace(/~[01]/g, '_')
      .replace(/[^A-Za-z0-9._-]+/g, '_')
      .replace(/^_+/, '')
      .slice(0, 100) || 'schema'
  );
}
