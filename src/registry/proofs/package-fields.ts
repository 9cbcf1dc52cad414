import type { JsonObject } from '../../base/json.ts';
import { textOf } from '../issues.ts';

/** A package whose fields fit its type, or what is wrong with them. */
export type PackageFields = { ok: true; identifier: string; version: string } | { ok: false; reason: string };

/** Longest identifier that is looked up. */
const MAX_IDENTIFIER_LENGTH = 1000;

/** Half of a character: it cannot stand in a URL. */
const BROKEN = /\p{Surrogate}/u;

/** The rules for types whose packages have a name and a version in a package registry. */
export function namedPackage(pkg: JsonObject, type: string): PackageFields {
  const identifier = textOf(pkg.identifier);
  const version = textOf(pkg.version);
  if (version === '') return refuse(`a package of type '${type}' needs a version`);
  if (textOf(pkg.fileSha256) !== '') {
    return refuse(`a package of type '${type}' must not have fileSha256; only MCPB files are named by their hash`);
  }
  if (isDots(identifier) || identifier.length > MAX_IDENTIFIER_LENGTH || BROKEN.test(identifier)) {
    return refuse(`'${identifier.slice(0, 100)}' is not the name of a package`);
  }
  if (isDots(version) || BROKEN.test(version)) return refuse(`'${version}' is not a version`);
  return { ok: true, identifier, version };
}

/** Names the fields that a type forbids and a package has. */
export function forbiddenFields(pkg: JsonObject, type: string, fields: readonly string[]): string | undefined {
  const found = fields.filter((field) => textOf(pkg[field]) !== '');
  return found.length === 0 ? undefined : `a package of type '${type}' must not have ${found.join(', ')}`;
}

/** One part of a path; a slash in it becomes `%2F`. Dots alone have been refused: URLs read them as steps. */
export function segment(text: string): string {
  return encodeURIComponent(text).replaceAll('%40', '@');
}

function isDots(text: string): boolean {
  return text === '.' || text === '..';
}

function refuse(reason: string): PackageFields {
  return { ok: false, reason };
}
