import type { JsonValue } from '../base/json.ts';
import { type DeploymentSettings, kindOf } from '../config/settings.ts';
import type { ServerEntry } from '../store/entry.ts';

/** Namespace of the entries that stand for deployments without one of their own. */
export const PRIVATE_NAMESPACE = 'local';

/** Writes an entry of the hub itself into the catalogue. */
export type EnsureEntry = (document: JsonValue) => Promise<ServerEntry>;

const PRIVATE_VERSION = '1.0.0';
const SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';
const MAX_DESCRIPTION = 100;

/** Name of the private entry of a slug. A server name ends with a letter or digit and has two after the slash. */
export function privateName(slug: string): string {
  const isName = /^[a-z0-9][a-z0-9._-]*[a-z0-9]$/.test(slug);
  return `${PRIVATE_NAMESPACE}/${isName ? slug : `${slug.replace(/[._-]+$/, '')}-server`}`;
}

/**
 * Makes sure that the private entry of a slug exists. It is public metadata: no address, no argument, no environment.
 */
export function ensurePrivateEntry(
  ensure: EnsureEntry,
  slug: string,
  settings: DeploymentSettings,
  description?: string,
): Promise<ServerEntry> {
  const said = description ?? `Deployed on this hub as "${slug}" (${kindOf(settings) ?? 'server'}).`;
  return ensure({
    $schema: SCHEMA,
    name: privateName(slug),
    description: [...said].slice(0, MAX_DESCRIPTION).join(''),
    version: PRIVATE_VERSION,
  });
}
