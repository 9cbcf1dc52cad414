import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { HubError } from '../../base/errors.ts';
import type { JsonValue } from '../../base/json.ts';
import { problemResponse } from '../problem.ts';
import { exchangeToken } from './registry-auth.ts';
import type { RegistryRoutesDeps } from './registry-deps.ts';
import { parseRegistryPath, type RegistryRoute, ROUTE_METHODS } from './registry-path.ts';
import { buildVersion, getVersion, health, listServers, listVersions } from './registry-reads.ts';
import {
  deleteServer,
  deleteVersion,
  editServer,
  publishServer,
  setServerStatus,
  setVersionStatus,
  validateServer,
} from './registry-writes.ts';

/** Where the registry API stands; also below `/v0/v0.1` and the like, and its reads without a prefix. */
const PATHS = ['/v0', '/v0/*', '/v0.1', '/v0.1/*', '/servers', '/servers/*'];

const CORS_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Content-Type, Content-Length, ETag, Retry-After, WWW-Authenticate, Allow',
};

const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, *',
  'access-control-max-age': '86400',
};

/** Answers of 500 say no more than what failed (registry-api.md, section 2.2). */
const FAILURES: Partial<Record<RegistryRoute['kind'], string>> = {
  list: 'Failed to get registry list',
  server: 'Failed to get server details',
  version: 'Failed to get server details',
  versions: 'Failed to get server versions',
};

/**
 * The registry API under `/v0` and `/v0.1`, the same byte for byte (registry-api.md, sections 1 to 6, with the
 * deviations of section 13). Every answer, errors too, may be read from any origin.
 */
export function registryRoutes(deps: RegistryRoutesDeps): Hono {
  const app = new Hono();
  for (const path of PATHS) {
    app.all(path, async (context, next) => {
      const answer = await answerRequest(deps, context.req.raw);
      if (!answer) return next();
      return answer;
    });
  }
  return app;
}

/** Answers a request, or undefined when its path without a prefix is none of the registry's. */
async function answerRequest(deps: RegistryRoutesDeps, request: Request): Promise<Response | undefined> {
  const url = new URL(request.url);
  const { prefixed, route } = parseRegistryPath(url.pathname);
  const methods = ROUTE_METHODS[route.kind];
  const isRead = request.method === 'OPTIONS' || (methods.includes('GET') && methods.includes(request.method));
  if (!prefixed && !isRead) return undefined;
  let response: Response;
  try {
    response = await respond(deps, request, url, route);
  } catch (error) {
    response = failureResponse(deps, error, request.method, route);
  }
  for (const [name, value] of Object.entries(CORS_HEADERS)) response.headers.set(name, value);
  return response;
}

async function respond(deps: RegistryRoutesDeps, request: Request, url: URL, route: RegistryRoute): Promise<Response> {
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: PREFLIGHT_HEADERS });
  if (url.pathname.includes('%00') || route.kind === 'malformed' || hasNul(route)) return malformedPath(route);
  if (url.search.includes('%00')) return nulRefusal('Invalid request: query parameters contain null bytes');
  if (route.kind === 'unknown') throw endpointNotFound(url.pathname);
  const methods = ROUTE_METHODS[route.kind];
  if (!methods.includes(request.method)) return methodNotAllowed(request.method, methods);
  const body = await dispatch(deps, request, url.searchParams, route);
  return new Response(`${JSON.stringify(body)}\n`, { headers: { 'content-type': 'application/json' } });
}

async function dispatch(
  deps: RegistryRoutesDeps,
  request: Request,
  query: URLSearchParams,
  route: Exclude<RegistryRoute, { kind: 'unknown' | 'malformed' }>,
): Promise<JsonValue> {
  switch (route.kind) {
    case 'list':
      return listServers(deps, query);
    case 'versions':
      return listVersions(deps, route.name, query);
    case 'server':
      if (request.method === 'DELETE') return deleteServer(deps, request, route.name);
      return getVersion(deps, route.name, 'latest', query);
    case 'version':
      if (request.method === 'PUT') return editServer(deps, request, route.name, route.version);
      if (request.method === 'DELETE') return deleteVersion(deps, request, route.name, route.version);
      return getVersion(deps, route.name, route.version, query);
    case 'serverStatus':
      return setServerStatus(deps, request, route.name);
    case 'versionStatus':
      return setVersionStatus(deps, request, route.name, route.version);
    case 'publish':
      return publishServer(deps, request);
    case 'validate':
      return validateServer(deps, request);
    case 'auth/github-at':
      return exchangeToken(deps, request, 'github-at');
    case 'auth/github-oidc':
      return exchangeToken(deps, request, 'github-oidc');
    case 'auth/oidc':
      return exchangeToken(deps, request, 'oidc');
    case 'auth/dns':
      return exchangeToken(deps, request, 'dns');
    case 'auth/http':
      return exchangeToken(deps, request, 'http');
    case 'auth/none':
      return exchangeToken(deps, request, 'none');
    case 'health':
      return health(deps);
    case 'ping':
      return { pong: true };
    case 'version-info':
      return buildVersion(deps);
  }
}

/** The 404 of a path that is no route, with a hint for callers that forgot the prefix (registry-api.md, section 2.3). */
export function endpointNotFound(pathname: string): HubError {
  const docs = 'See /docs for the API documentation.';
  const isPrefixed = pathname.startsWith('/v0/') || pathname.startsWith('/v0.1/');
  const shown = pathname.slice(0, 200);
  return new HubError(
    'request.not_found',
    isPrefixed
      ? `Endpoint not found. ${docs}`
      : `Endpoint not found. Did you mean '/v0.1${shown}' or '/v0${shown}'? ${docs}`,
  );
}

function failureResponse(deps: RegistryRoutesDeps, error: unknown, method: string, route: RegistryRoute): Response {
  if (error instanceof HubError && error.code !== 'internal') return problemResponse(error);
  const requestId = randomUUID();
  deps.log.error({ err: error, requestId, method, route: route.kind }, 'a registry request failed');
  const detail = method === 'GET' || method === 'HEAD' ? FAILURES[route.kind] : undefined;
  return problemResponse(detail === undefined ? error : new HubError('internal', detail), requestId);
}

function methodNotAllowed(method: string, methods: readonly string[]): Response {
  const allowed = [...methods, 'OPTIONS'].join(', ');
  const error = new HubError('request.method', `The method ${method} is not allowed here. Allowed: ${allowed}.`);
  const response = problemResponse(error);
  response.headers.set('allow', allowed);
  return response;
}

function hasNul(route: RegistryRoute): boolean {
  const name = 'name' in route ? route.name : '';
  const version = 'version' in route ? route.version : '';
  return name.includes('\0') || version.includes('\0');
}

function malformedPath(route: RegistryRoute): Response {
  if (route.kind === 'malformed') return problemResponse(new HubError('request.malformed', route.detail));
  return nulRefusal('Invalid request: URL path contains null bytes');
}

/** Section 1.2 wants these with the plain JSON type. */
function nulRefusal(detail: string): Response {
  return problemResponse(new HubError('request.malformed', detail), undefined, 'application/json');
}
