import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { RELAXED_DESCRIPTION_LENGTH } from '../document-shape.ts';
import { textOf } from '../issues.ts';
import { SCHEMA_VERSIONS, schemaUrl, schemaVersionOf } from '../schema-version.ts';
import { shapeFor } from '../server-json.ts';
import type { Field, Shape } from '../shape.ts';

/** Words of older models that are not only written with underscores (registry-api.md, sections 7.8 and 14). */
const RENAMED: Readonly<Record<string, string>> = {
  registry_name: 'registryType',
  transport_type: 'type',
  file_sha256: 'fileSha256',
  homepage_url: 'websiteUrl',
};
const TRANSPORT_TYPES: Readonly<Record<string, string>> = { streamable: 'streamable-http', http: 'streamable-http' };
const MAX_UPGRADE_DEPTH = 16;

/**
 * Brings a document of any published model into the current one: camelCase, a transport in every package, nothing
 * that the model does not know, a `$schema` that is known. The document itself is not changed.
 *
 * @param notes - takes what was changed besides spelling.
 */
export function upgradeDocument(document: JsonObject, notes: string[]): JsonObject {
  const { $schema, status: _, ...rest } = document;
  const upgraded = prune(shapeFor(RELAXED_DESCRIPTION_LENGTH), camelCase(rest, 0), '', notes);
  if (!isObject(upgraded)) return document;
  return {
    $schema: knownSchema(textOf($schema), notes),
    ...upgraded,
    ...(textOf(upgraded.description).trim() === '' ? describe(upgraded, notes) : {}),
    ...(Array.isArray(upgraded.packages) ? { packages: upgraded.packages.map(withTransport) } : {}),
    ...(Array.isArray(upgraded.remotes) ? { remotes: upgraded.remotes.map(withKnownType) } : {}),
  };
}

function knownSchema(url: string, notes: string[]): string {
  if (SCHEMA_VERSIONS.includes(schemaVersionOf(url) ?? '')) return url;
  if (url !== '') notes.push(`the $schema '${url.slice(0, 200)}' is not known; the current one was set`);
  return schemaUrl();
}

function describe(document: JsonObject, notes: string[]): JsonObject {
  const description = textOf(document.title) || textOf(document.name);
  if (description === '') return {};
  notes.push('the description is empty; the name was taken');
  return { description };
}

function withTransport(pkg: JsonValue): JsonValue {
  if (!isObject(pkg)) return pkg;
  return { ...pkg, transport: isObject(pkg.transport) ? withKnownType(pkg.transport) : { type: 'stdio' } };
}

function withKnownType(transport: JsonValue): JsonValue {
  if (!isObject(transport)) return transport;
  const type = textOf(transport.type);
  return Object.hasOwn(TRANSPORT_TYPES, type) ? { ...transport, type: TRANSPORT_TYPES[type] } : transport;
}

/** Renames the members of the model; `_meta` is foreign and maps of variables have names of their own. */
function camelCase(value: JsonValue, depth: number): JsonValue {
  if (depth > MAX_UPGRADE_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => camelCase(item, depth + 1));
  if (!isObject(value)) return value;
  const members = new Map<string, JsonValue>();
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const name = Object.hasOwn(RENAMED, key)
      ? (RENAMED[key] ?? key)
      : key.replace(/(?<=[a-z])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    // A document with both spellings means the current one.
    if (name !== key && Object.hasOwn(value, name)) continue;
    members.set(name, convert(name, member, depth));
  }
  return Object.fromEntries(members);
}

function convert(name: string, member: JsonValue, depth: number): JsonValue {
  if (name === '_meta') return member;
  if (name === 'format' && member === 'file_path') return 'filepath';
  if (name !== 'variables' || !isObject(member)) return camelCase(member, depth + 1);
  return Object.fromEntries(
    Object.entries(member).map(([key, input]): [string, JsonValue] => [key, camelCase(input ?? null, depth + 2)]),
  );
}

/** A word that the model does not list says nothing; without it, the rest can be used. */
function isUnknownWord({ shape, required }: Field, value: JsonValue): boolean {
  if (required || shape.kind !== 'string' || shape.values === undefined) return false;
  return typeof value === 'string' && !shape.values.includes(value);
}

/** Leaves out what the shape does not know, and nulls; a value of the wrong type is left for the check to refuse. */
function prune(shape: Shape, value: JsonValue, path: string, notes: string[]): JsonValue {
  if (shape.kind === 'array' && Array.isArray(value)) {
    return value.map((item, i) => prune(shape.items, item, `${path}[${i}]`, notes));
  }
  if (shape.kind === 'map' && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]): [string, JsonValue] => [
        key,
        prune(shape.values, item ?? null, `${path}.${key}`, notes),
      ]),
    );
  }
  if (shape.kind !== 'object' || !isObject(value)) return value;
  const members: [string, JsonValue][] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined || member === null) continue;
    const at = path === '' ? key : `${path}.${key}`;
    const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (field && isUnknownWord(field, member)) notes.push(`'${at}' has an unknown value and was left out`);
    else if (field) members.push([key, prune(field.shape, member, at, notes)]);
    else if (shape.acceptsKey?.(key)) members.push([key, member]);
    else notes.push(`'${at}' is not part of the model and was left out`);
  }
  return Object.fromEntries(members);
}
