import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { HubError } from '../../base/errors.ts';
import type { JsonValue } from '../../base/json.ts';
import { type ListFilters, STATUSES } from '../../registry/cursor.ts';
import { validationFailed } from '../../registry/refusals.ts';
import type { ConstraintError } from '../../registry/shape.ts';
import { problemResponse } from '../problem.ts';
import type { RegistryRoutesDeps } from './registry-deps.ts';
import { parseListQuery } from './registry-query.ts';
import { present } from './registry-reads.ts';

/** Where the search stands below `/v0` and `/v0.1`. */
export const SEARCH_PATH = '/x/io.github.mcp-hub-registry/search';
/** Longest value of a filter, in UTF-16 units. */
export const MAX_FILTER_LENGTH = 200;

const METHODS = 'GET, HEAD, OPTIONS';
const TEXT_FILTERS = ['type', 'transport', 'tag', 'publisher'] as const;

/** What the search works with. */
export type RegistrySearchDeps = Pick<RegistryRoutesDeps, 'catalog' | 'decorate' | 'log'>;

/** `GET {P}/x/io.github.mcp-hub-registry/search`: a ranked search with filters that the official listing does not have. */
export function registrySearchRoutes(deps: RegistrySearchDeps): Hono {
  const app = new Hono();
  for (const prefix of ['/v0', '/v0.1']) {
    app.all(`${prefix}${SEARCH_PATH}`, async (c) => {
      const response = await respond(deps, c.req.raw);
      response.headers.set('access-control-allow-origin', '*');
      response.headers.set('access-control-expose-headers', 'Content-Type, Content-Length, ETag, Retry-After, Allow');
      return response;
    });
  }
  return app;
}

async function respond(deps: RegistrySearchDeps, request: Request): Promise<Response> {
  const { method } = request;
  if (method === 'OPTIONS') {
    const headers = { 'access-control-allow-methods': METHODS, 'access-control-allow-headers': 'Authorization, *' };
    return new Response(null, { status: 204, headers });
  }
  if (method !== 'GET' && method !== 'HEAD') {
    const message = `The method ${method} is not allowed here. Allowed: ${METHODS}.`;
    const response = problemResponse(new HubError('request.method', message));
    response.headers.set('allow', METHODS);
    return response;
  }
  try {
    const body = JSON.stringify(await search(deps, new URL(request.url).searchParams));
    return new Response(method === 'HEAD' ? null : `${body}\n`, { headers: { 'content-type': 'application/json' } });
  } catch (error) {
    if (error instanceof HubError && error.code !== 'internal') return problemResponse(error);
    const requestId = randomUUID();
    deps.log.error({ err: error, requestId }, 'a search of the registry failed');
    return problemResponse(new HubError('internal', 'Failed to search the registry'), requestId);
  }
}

async function search(deps: RegistrySearchDeps, query: URLSearchParams): Promise<JsonValue> {
  const asListing = new URLSearchParams(query);
  asListing.delete('search');
  asListing.set('search', query.get('q') ?? '');
  const parsed = parseListQuery(asListing);
  const errors: ConstraintError[] = parsed.ok
    ? []
    : parsed.errors.map((error) => (error.location === 'query.search' ? { ...error, location: 'query.q' } : error));
  const filters = readFilters(query, errors);
  if (!parsed.ok || errors.length > 0) throw validationFailed(errors);
  const { cursor, limit } = parsed;
  const page = await deps.catalog.list({
    ...parsed.filters,
    ...filters,
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  return {
    servers: page.entries.map((entry) => present(deps, entry)),
    metadata: {
      ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
      count: page.entries.length,
    },
  };
}

/** Empty values count as absent, as in the listing. */
function readFilters(query: URLSearchParams, errors: ConstraintError[]): ListFilters {
  const filters: ListFilters = {};
  for (const name of TEXT_FILTERS) {
    const value = query.get(name);
    if (value === null || value === '') continue;
    if (value.length <= MAX_FILTER_LENGTH) filters[name] = value;
    else errors.push({ message: `expected length <= ${MAX_FILTER_LENGTH}`, location: `query.${name}` });
  }
  const text = query.get('status');
  if (text === null || text === '') return filters;
  const status = STATUSES.find((known) => known === text);
  if (status === undefined) {
    const message = `expected value to be one of "${STATUSES.join(', ')}"`;
    errors.push({ message, location: 'query.status', value: text.slice(0, 100) });
    return filters;
  }
  return { ...filters, status };
}
