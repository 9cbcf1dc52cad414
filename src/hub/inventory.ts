import type { Principal } from '../auth/principal.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import { LEGACY_VERSIONS } from '../upstream/era.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** Names of what a server offers, for status pages and the registry. */
export interface Inventory {
  tools: string[];
  resources: string[];
  resourceTemplates: string[];
  prompts: string[];
}

const MAX_PAGES = 100;
const MAX_NAMES = 10_000;

/** The hub itself as the caller of an upstream. */
export const HUB_PRINCIPAL: Principal = { id: 'hub', name: 'hub', kind: 'local', permissions: [] };

/** Reads all lists of an upstream. A list that fails is left empty: a half-broken server is still worth serving. */
export async function takeInventory(upstream: Upstream, signal: AbortSignal, timeoutMs: number): Promise<Inventory> {
  const { capabilities } = upstream.description;
  const names = (method: string, list: string, key: string): Promise<string[]> =>
    listNames(upstream, method, list, key, signal, timeoutMs).catch(() => []);
  const [tools, resources, resourceTemplates, prompts] = await Promise.all([
    capabilities.tools === undefined ? [] : names('tools/list', 'tools', 'name'),
    capabilities.resources === undefined ? [] : names('resources/list', 'resources', 'uri'),
    capabilities.resources === undefined ? [] : names('resources/templates/list', 'resourceTemplates', 'uriTemplate'),
    capabilities.prompts === undefined ? [] : names('prompts/list', 'prompts', 'name'),
  ]);
  return { tools, resources, resourceTemplates, prompts };
}

async function listNames(
  upstream: Upstream,
  method: string,
  list: string,
  key: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES && names.length < MAX_NAMES; page++) {
    const params: JsonObject = cursor === undefined ? {} : { cursor };
    const reply = await upstream.request({
      method,
      params,
      principal: HUB_PRINCIPAL,
      client: { protocolVersion: LEGACY_VERSIONS[0] ?? '', capabilities: {} },
      signal,
      timeoutMs,
    });
    if ('error' in reply) return names;
    const items = reply.result[list];
    if (!Array.isArray(items)) return names;
    for (const item of items) if (isObject(item) && typeof item[key] === 'string') names.push(item[key]);
    if (typeof reply.result.nextCursor !== 'string' || reply.result.nextCursor === cursor) return names;
    cursor = reply.result.nextCursor;
  }
  return names;
}
