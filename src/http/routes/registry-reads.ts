import type { JsonObject, JsonValue } from '../../base/json.ts';
import { notFound, validationFailed } from '../../registry/refusals.ts';
import { toServerResponse } from '../../registry/server-response.ts';
import type { ServerEntry } from '../../store/entry.ts';
import type { RegistryRoutesDeps } from './registry-deps.ts';
import { isEntryId } from './registry-path.ts';
import { parseFlag, parseListQuery } from './registry-query.ts';

/** `GET {P}/servers` (registry-api.md, section 4.1). */
export async function listServers(deps: RegistryRoutesDeps, query: URLSearchParams): Promise<JsonValue> {
  const parsed = parseListQuery(query);
  if (!parsed.ok) throw validationFailed(parsed.errors);
  const { cursor, filters, limit } = parsed;
  const page = await deps.catalog.list({ ...filters, limit, ...(cursor === undefined ? {} : { cursor }) });
  return {
    servers: page.entries.map((entry) => present(deps, entry)),
    metadata: {
      ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
      count: page.entries.length,
    },
  };
}

/** `GET {P}/servers/{name}/versions` (section 4.2). */
export async function listVersions(
  deps: RegistryRoutesDeps,
  nameOrId: string,
  query: URLSearchParams,
): Promise<JsonValue> {
  const includeDeleted = flagOf(query);
  const entries = await deps.catalog.versions(await resolveName(deps, nameOrId), includeDeleted);
  if (entries.length === 0) throw notFound('Server');
  return { servers: entries.map((entry) => present(deps, entry)), metadata: { count: entries.length } };
}

/** `GET {P}/servers/{name}/versions/{version}`, and with `latest` also `GET {P}/servers/{id or name}` (section 4.3). */
export async function getVersion(
  deps: RegistryRoutesDeps,
  nameOrId: string,
  version: string,
  query: URLSearchParams,
): Promise<JsonValue> {
  const includeDeleted = flagOf(query);
  const entry = await deps.catalog.get(await resolveName(deps, nameOrId), version, includeDeleted);
  if (!entry) throw notFound('Server');
  return present(deps, entry);
}

/** `GET {P}/health` (section 2.6). */
export function health(deps: RegistryRoutesDeps): JsonValue {
  return { status: 'ok', ...deps.health?.() };
}

/** `GET {P}/version` (section 2.6). */
export function buildVersion(deps: RegistryRoutesDeps): JsonValue {
  const { version, gitCommit, buildTime } = deps.build;
  return { version, git_commit: gitCommit, build_time: buildTime };
}

/** An entry as answers show it, with the hub's own keys. */
export function present(
  deps: Pick<RegistryRoutesDeps, 'decorate'>,
  entry: ServerEntry,
  extra?: JsonObject,
): JsonObject {
  return toServerResponse(entry, { ...deps.decorate(entry), ...extra });
}

/**
 * The server name behind a name or the stable id of an entry. A name has a slash, an id has none.
 *
 * @throws HubError `registry.not_found` for an id that nobody has.
 */
export async function resolveName(deps: RegistryRoutesDeps, nameOrId: string): Promise<string> {
  if (!isEntryId(nameOrId)) return nameOrId;
  const entry = await deps.catalog.byId(nameOrId.toLowerCase());
  if (!entry) throw notFound('Server');
  return entry.name;
}

function flagOf(query: URLSearchParams): boolean {
  const flag = parseFlag(query, 'include_deleted');
  if (!flag.ok) throw validationFailed(flag.errors);
  return flag.value ?? false;
}
