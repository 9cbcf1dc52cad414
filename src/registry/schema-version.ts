/** The schema version of documents that the registry writes itself. */
export const CURRENT_SCHEMA_VERSION = '2025-12-11';

/** Versions of the server.json schema that have been published, oldest first (registry-api.md, section 7.8). */
export const SCHEMA_VERSIONS: readonly string[] = [
  '2025-07-09',
  '2025-09-16',
  '2025-09-29',
  '2025-10-11',
  '2025-10-17',
  CURRENT_SCHEMA_VERSION,
];

const SCHEMA_HOST = 'https://static.modelcontextprotocol.io';

/** URL of a published schema version. */
export function schemaUrl(version: string = CURRENT_SCHEMA_VERSION): string {
  return `${SCHEMA_HOST}/schemas/${version}/server.schema.json`;
}

/** The version that a `$schema` URL names, published or not; undefined when it names none. The host is not looked at. */
export function schemaVersionOf(url: string): string | undefined {
  return /\/schemas\/([A-Za-z0-9_~.-]+)\/server\.schema\.json/.exec(url)?.[1];
}
