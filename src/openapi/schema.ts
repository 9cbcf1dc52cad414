import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { entriesField, entriesOf, field } from './fields.ts';
import type { Dialect, SchemaSource } from './model.ts';
import { escapeSegment, type Resolver, refOf } from './refs.ts';
import { createDefinitions } from './schema-definitions.ts';
import { ANNOTATIONS, convertPlainKeywords, type Direction, isPattern, withNull } from './schema-keywords.ts';
import type { Warnings } from './warnings.ts';

/** Deepest nesting of a schema inside a schema, references aside. */
export const MAX_SCHEMA_DEPTH = 48;
/** How many closed members of `allOf` are copied per document; the rest stay references. */
const MAX_OPENED = 10_000;

/** Turns a document's schemas into JSON Schema 2020-12. What is shared or recursive stays a `$ref` into `$defs`. */
export interface SchemaConverter {
  /** Never throws: what is broken becomes a schema that takes anything, and a warning. Equal places give the same object. */
  convert(source: SchemaSource): JsonObject;
  /** Follows a converted schema's `#/$defs/…` reference; anything else comes back as it is. */
  expand(schema: JsonObject): JsonObject;
  /** Writes out a reference at the top, so that type and description are seen at once; what lies below stays. */
  inline(schema: JsonObject): JsonObject;
  /**
   * The `$defs` that schemas need, nearest first; undefined when they need none. When all together would be larger than
   * `maxBytes` as JSON, the farthest become schemas that take anything.
   */
  definitions(schemas: readonly JsonValue[], maxBytes: number): JsonObject | undefined;
}

/** What a converter works with. */
export interface SchemaConverterOptions {
  resolver: Resolver;
  dialect: Dialect;
  /** For an input read-only properties go, for an output write-only ones and everything that could make a real answer
   * invalid: an answer is described, not judged. */
  direction: Direction;
  warnings: Warnings;
}

/** Makes a converter; each schema that is referenced is converted once. */
export function createSchemaConverter(options: SchemaConverterOptions): SchemaConverter {
  const { resolver, dialect, direction, warnings } = options;
  const isInput = direction === 'input';
  const converted = new Map<string, JsonObject>();
  const opening = new Set<string>();
  let opened = 0;
  const definitions = createDefinitions((value, place) => convertNode(value, place, 0));

  const convertNode = (value: JsonValue, place: string, depth: number): JsonObject => {
    if (value === true) return {};
    if (value === false) return isInput ? { not: {} } : {};
    if (!isObject(value)) {
      warnings.add(place, 'A schema is an object; this one takes anything.');
      return {};
    }
    if (depth > MAX_SCHEMA_DEPTH) {
      warnings.add(place, `The schema is nested deeper than ${MAX_SCHEMA_DEPTH} levels; the rest takes anything.`);
      return {};
    }
    const ref = refOf(value);
    const schema = ref === undefined ? convertKeywords(value, place, depth) : convertRef(ref, value, place, depth);
    return value.nullable === true || value['x-nullable'] === true ? withNull(schema) : schema;
  };

  const convertRef = (ref: string, node: JsonObject, place: string, depth: number): JsonObject => {
    const target = followRef(ref, place);
    const siblings: JsonObject = {};
    for (const [name, value] of entriesOf(node)) {
      const counts = dialect === '3.1' ? name !== '$ref' : ANNOTATIONS.has(name) || name === 'example';
      if (counts) siblings[name] = value;
    }
    const beside = convertKeywords(siblings, place, depth);
    return target === undefined ? beside : { ...beside, $ref: definitions.reference(target) };
  };

  const followRef = (ref: string, place: string): { value: JsonValue; place: string } | undefined => {
    const direct = resolver.resolve(ref);
    // References that only lead on are skipped; that also finds circles of nothing but references.
    const isLink = direct.ok && refOf(direct.value) !== undefined && Object.keys(direct.value ?? {}).length === 1;
    const target = isLink ? resolver.follow(direct.value, direct.place) : direct;
    if (target.ok) return target;
    warnings.add(place, `${target.reason}; any value is taken here.`);
    return undefined;
  };

  const convertKeywords = (node: JsonObject, place: string, depth: number): JsonObject => {
    const schema = convertPlainKeywords(node, direction);
    const child = (name: string): JsonObject | undefined => {
      const value = node[name];
      return value === undefined || Array.isArray(value)
        ? undefined
        : convertNode(value, `${place}/${name}`, depth + 1);
    };
    const children = (name: string): JsonObject[] => {
      const value = node[name];
      if (!Array.isArray(value)) return [];
      return value.map((member, index) => convertNode(member, `${place}/${name}/${index}`, depth + 1));
    };
    const members = (name: string, keep: (key: string) => boolean): JsonObject | undefined => {
      const entries = entriesField(node, name).filter(([key]) => keep(key));
      if (entries.length === 0) return undefined;
      const at = `${place}/${name}`;
      return Object.fromEntries(
        entries.map(([key, value]) => [key, convertNode(value, `${at}/${escapeSegment(key)}`, depth + 1)]),
      );
    };
    const put = (name: string, value: JsonValue | undefined): void => {
      if (value !== undefined) schema[name] = value;
    };

    const hidden = new Set(entriesField(node, 'properties').flatMap(([key, value]) => (isHidden(value) ? [key] : [])));
    put(
      'properties',
      members('properties', (key) => !hidden.has(key)),
    );
    if (hidden.size > 0 && Array.isArray(schema.required)) {
      schema.required = schema.required.filter((name) => typeof name !== 'string' || !hidden.has(name));
      if (schema.required.length === 0) delete schema.required;
    }
    if (node.additionalProperties === false) put('additionalProperties', isInput ? false : undefined);
    else put('additionalProperties', node.additionalProperties === true ? true : child('additionalProperties'));
    put('patternProperties', members('patternProperties', isPattern));

    const positions = Array.isArray(node.items) ? children('items') : children('prefixItems');
    if (positions.length > 0) put('prefixItems', positions);
    put('items', child(Array.isArray(node.items) ? 'additionalItems' : 'items'));

    const all = convertAllOf(node, place, depth);
    const anyOf = [children('anyOf'), children('oneOf')].filter((variants) => variants.length > 0);
    // Variants that overlap are common and harmless, so "exactly one" is read as "at least one".
    if (anyOf.length === 1) put('anyOf', anyOf[0]);
    else for (const variants of anyOf) all.push({ anyOf: variants });
    if (all.length > 0) put('allOf', all);

    if (isInput) {
      for (const name of ['not', 'if', 'then', 'else', 'contains', 'propertyNames']) put(name, child(name));
      put(
        'dependentSchemas',
        members('dependentSchemas', () => true),
      );
    }
    return schema;
  };

  /** A closed member of `allOf` forbids what the others allow, so that nothing would fit; it is opened. */
  const convertAllOf = (node: JsonObject, place: string, depth: number): JsonObject[] => {
    const value = node.allOf;
    if (!Array.isArray(value)) return [];
    return value.map((member, index) => {
      const at = `${place}/allOf/${index}`;
      const target = resolver.follow(member, at);
      const isClosed = target.ok && isObject(target.value) && target.value.additionalProperties === false;
      if (value.length === 1 || !isClosed || opening.has(target.place) || ++opened > MAX_OPENED) {
        return convertNode(member, at, depth + 1);
      }
      const { additionalProperties: _closed, ...open } = target.value as JsonObject;
      opening.add(target.place);
      const schema = convertNode(open, target.place, depth + 1);
      opening.delete(target.place);
      return schema;
    });
  };

  const isHidden = (property: JsonValue): boolean => {
    const name = isInput ? 'readOnly' : 'writeOnly';
    if (field(property, name) === true) return true;
    const ref = refOf(property);
    const target = ref === undefined ? undefined : resolver.resolve(ref);
    return target?.ok === true && field(target.value, name) === true;
  };

  return {
    convert({ schema, place }) {
      const known = converted.get(place);
      if (known !== undefined) return known;
      const result = convertNode(schema, place, 0);
      converted.set(place, result);
      return result;
    },
    expand: definitions.expand,
    inline: definitions.inline,
    definitions: definitions.close,
  };
}
