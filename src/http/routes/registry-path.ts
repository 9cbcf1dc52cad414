import { EXCHANGE_METHODS, type ExchangeMethod } from '../../auth/namespaces/proof.ts';

/** What a path of the registry API asks for. Names and versions are decoded. */
export type RegistryRoute =
  | { kind: 'list' }
  /** `name` may be the stable id of an entry. */
  | { kind: 'server'; name: string }
  | { kind: 'versions'; name: string }
  | { kind: 'version'; name: string; version: string }
  | { kind: 'serverStatus'; name: string }
  | { kind: 'versionStatus'; name: string; version: string }
  | { kind: `auth/${ExchangeMethod}` }
  | { kind: 'publish' | 'validate' | 'health' | 'ping' | 'version-info' }
  | { kind: 'unknown' }
  /** A name or version with a broken percent sequence, or with a NUL. */
  | { kind: 'malformed'; detail: string };

/** A read path and whether it stood under `/v0` or `/v0.1`. */
export interface ParsedPath {
  prefixed: boolean;
  route: RegistryRoute;
}

/** Allowed methods per kind of route; OPTIONS is always answered. */
export const ROUTE_METHODS: Readonly<Record<RegistryRoute['kind'], readonly string[]>> = {
  list: ['GET', 'HEAD'],
  server: ['GET', 'HEAD', 'DELETE'],
  versions: ['GET', 'HEAD'],
  version: ['GET', 'HEAD', 'PUT', 'DELETE'],
  serverStatus: ['PATCH'],
  versionStatus: ['PATCH'],
  publish: ['POST'],
  validate: ['POST'],
  'auth/github-at': ['POST'],
  'auth/github-oidc': ['POST'],
  'auth/oidc': ['POST'],
  'auth/dns': ['POST'],
  'auth/http': ['POST'],
  'auth/none': ['POST'],
  health: ['GET', 'HEAD'],
  ping: ['GET', 'HEAD'],
  'version-info': ['GET', 'HEAD'],
  unknown: [],
  malformed: [],
};

const PLAIN: Readonly<Record<string, RegistryRoute>> = {
  publish: { kind: 'publish' },
  validate: { kind: 'validate' },
  health: { kind: 'health' },
  ping: { kind: 'ping' },
  version: { kind: 'version-info' },
};

const PREFIXES: ReadonlySet<string> = new Set(['v0', 'v0.1']);
/** `/v0.1/v0.1/servers`: somebody typed the version into the base URL. */
const MAX_PREFIXES = 2;

/**
 * Reads a path of the registry API, with the forms that section 13.12 tolerates: a slash at the end, a name in two
 * segments, twice encoded, a doubled prefix, none at all, `/{name}/latest`.
 *
 * @param path - as it was sent, percent sequences untouched.
 */
export function parseRegistryPath(path: string): ParsedPath {
  const segments = path.split('/').slice(1);
  while (segments.at(-1) === '') segments.pop();
  let prefixes = 0;
  while (prefixes < MAX_PREFIXES && PREFIXES.has(segments[0] ?? '')) {
    segments.shift();
    prefixes++;
  }
  return { prefixed: prefixes > 0, route: routeOf(segments) };
}

function routeOf(segments: string[]): RegistryRoute {
  const [first, ...rest] = segments;
  if (first === 'servers') return serversRoute(rest);
  const method =
    first === 'auth' && rest.length === 1 ? EXCHANGE_METHODS.find((known) => known === rest[0]) : undefined;
  if (method !== undefined) return { kind: `auth/${method}` };
  const plain = rest.length === 0 && first !== undefined && Object.hasOwn(PLAIN, first) ? PLAIN[first] : undefined;
  return plain ?? { kind: 'unknown' };
}

function serversRoute(segments: string[]): RegistryRoute {
  const [first, second, ...rest] = segments;
  if (first === undefined) return { kind: 'list' };
  const name = decode(first);
  if (name === undefined) return { kind: 'malformed', detail: 'Invalid server name encoding' };
  const single = tailRoute(name, second === undefined ? [] : [second, ...rest]);
  if (name.includes('/') || second === undefined) return single;
  // A name has exactly one slash, so a first segment without one is a namespace - or the id of an entry.
  const lastPart = decode(second);
  if (lastPart === undefined) return { kind: 'malformed', detail: 'Invalid server name encoding' };
  const double = tailRoute(`${name}/${lastPart}`, rest);
  return double.kind === 'unknown' || isEntryId(name) ? single : double;
}

function tailRoute(name: string, tail: string[]): RegistryRoute {
  const [word, version, last] = tail;
  if (tail.length === 0) return { kind: 'server', name };
  if (tail.length === 1) {
    if (word === 'versions') return { kind: 'versions', name };
    if (word === 'status') return { kind: 'serverStatus', name };
    return word === 'latest' ? { kind: 'version', name, version: 'latest' } : { kind: 'unknown' };
  }
  if (word !== 'versions' || tail.length > 3 || (last !== undefined && last !== 'status')) return { kind: 'unknown' };
  const decoded = decode(version ?? '');
  if (decoded === undefined) return { kind: 'malformed', detail: 'Invalid version encoding' };
  return { kind: last === undefined ? 'version' : 'versionStatus', name, version: decoded };
}

/** Decodes once, and once more where a proxy encoded again; undefined for a broken sequence. */
function decode(segment: string): string | undefined {
  const once = decodeOnce(segment);
  if (once === undefined || !once.includes('%')) return once;
  return decodeOnce(once) ?? once;
}

function decodeOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Whether a text has the form of an entry's stable id. */
export function isEntryId(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}
