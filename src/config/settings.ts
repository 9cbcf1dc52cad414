import type { JsonObject } from '../base/json.ts';

/** What a deployment is made of; one loader stands behind each kind. */
export type LoaderKind = 'openapi' | 'remote' | 'command' | 'npm' | 'pypi' | 'oci' | 'module';

/**
 * How a loader is to build the server. String values may hold references, never secrets: `${secret:NAME}` for a
 * sealed secret, `${hub:url}` for the hub's own base URL, `${hub:seed}` for the folder of the built-in seed.
 */
export interface DeploymentSettings {
  /** Which loader; absent: the first one that accepts the entry. */
  kind?: LoaderKind;
  openapi?: OpenApiSettings;
  remote?: { url: string; transport?: 'streamable-http' | 'sse' | 'auto'; headers?: Record<string, string> };
  command?: { command: string; args?: string[]; cwd?: string };
  npm?: { package: string; version?: string; bin?: string };
  pypi?: { package: string; version?: string };
  oci?: { image: string };
  module?: { path: string; options?: JsonObject };
  /** Environment of a started process, and values for the entry's declared environment variables. */
  env?: Record<string, string>;
  /** Arguments added after those that the entry fixes. */
  args?: string[];
  /** Values for `{variables}` in the entry's arguments, headers and URLs. */
  variables?: Record<string, string>;
  /** Values for the headers that the entry's remote declares. */
  headers?: Record<string, string>;
}

/** Settings of the `openapi` loader. */
export interface OpenApiSettings {
  /** A URL, a path, or the document itself. */
  document: string | JsonObject;
  /** Replaces the document's `servers`. */
  baseUrl?: string;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** Credentials, by reference. Without `scheme`, they are used wherever the document asks for that type. */
  auth?: OpenApiAuth[];
  /** Operation ids or `METHOD /path` lines; a trailing `*` matches the rest. */
  include?: string[];
  exclude?: string[];
}

/** One credential for a REST API. */
export type OpenApiAuth =
  | { type: 'bearer'; token: string; scheme?: string }
  | { type: 'basic'; username: string; password: string; scheme?: string }
  | { type: 'apiKey'; value: string; scheme?: string; name?: string; in?: 'header' | 'query' | 'cookie' };

/** The ways to keep the hub's data. */
export type StoreType = 'memory' | 'sqlite' | 'postgres' | 'mongodb';

const KINDS: readonly LoaderKind[] = ['openapi', 'remote', 'command', 'npm', 'pypi', 'oci', 'module'];

/** Which loader settings ask for: the one they name, or the one whose section they have. */
export function kindOf(settings: DeploymentSettings): LoaderKind | undefined {
  return settings.kind ?? KINDS.find((kind) => settings[kind] !== undefined);
}
