import { isObject, type JsonObject } from '../base/json.ts';

/** An argument of a tool that is mirrored into a header. */
export interface ParamHeader {
  /** Path of the argument in `arguments`. */
  path: readonly string[];
  /** Header name in lower case, prefix included. */
  header: string;
}

/** What a scan of an input schema found: the mirrored arguments, or why the tool cannot be used over HTTP. */
export type ParamHeaderScan = { ok: true; headers: ParamHeader[] } | { ok: false; reason: string };

/** Keyword of an input schema that names the header of an argument (specification 2026-07-28, Streamable HTTP). */
const KEYWORD = 'x-mcp-header';
const PREFIX = 'mcp-param-';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MIRRORED_TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);
/** Bounds of the walk through a schema that comes from a server. */
const MAX_DEPTH = 64;
const MAX_NODES = 20_000;

/**
 * Finds the arguments that a tool wants mirrored into `Mcp-Param-*` headers. The keyword may stand only on string,
 * integer and boolean properties that are reached through `properties` alone, once for each name without regard to
 * case; anywhere else it makes the tool invalid.
 */
export function scanParamHeaders(inputSchema: unknown): ParamHeaderScan {
  const headers: ParamHeader[] = [];
  let nodes = 0;
  let reason: string | undefined;

  const take = (schema: JsonObject, path: readonly string[], isReachable: boolean): string | undefined => {
    const where = path.length === 0 ? 'the schema itself' : path.join('.');
    const name = schema[KEYWORD];
    if (!isReachable || path.length === 0) return `${KEYWORD} stands at ${where}, where no argument has a fixed place`;
    if (typeof name !== 'string' || !TOKEN.test(name)) return `${KEYWORD} of ${where} cannot be a header name`;
    if (!MIRRORED_TYPES.has(schema.type)) return `${KEYWORD} of ${where} is not on a string, integer or boolean`;
    const header = `${PREFIX}${name.toLowerCase()}`;
    if (headers.some((other) => other.header === header)) return `${KEYWORD} "${name}" stands twice`;
    headers.push({ path, header });
    return undefined;
  };

  const visit = (node: unknown, path: readonly string[], isReachable: boolean, depth: number): void => {
    if (reason !== undefined || typeof node !== 'object' || node === null) return;
    if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
      reason = 'the input schema is too large to look through';
      return;
    }
    if (Array.isArray(node)) {
      for (const item of node) visit(item, path, false, depth + 1);
      return;
    }
    const schema = node as JsonObject;
    if (KEYWORD in schema) reason = take(schema, path, isReachable);
    for (const [key, value] of Object.entries(schema)) {
      // `enum`, `default` and the like hold values, not schemas: a key in them means nothing.
      if (VALUE_KEYWORDS.has(key)) continue;
      if (key === 'properties' && isObject(value)) {
        for (const [name, child] of Object.entries(value)) visit(child, [...path, name], isReachable, depth + 1);
      } else if (MAP_KEYWORDS.has(key) && isObject(value)) {
        for (const [name, child] of Object.entries(value)) visit(child, [...path, `<${key}>`, name], false, depth + 1);
      } else visit(value, [...path, `<${key}>`], false, depth + 1);
    }
  };

  visit(inputSchema, [], true, 0);
  return reason === undefined ? { ok: true, headers } : { ok: false, reason };
}

const VALUE_KEYWORDS: ReadonlySet<string> = new Set([
  'enum',
  'const',
  'default',
  'examples',
  'required',
  'type',
  KEYWORD,
]);
const MAP_KEYWORDS: ReadonlySet<string> = new Set(['patternProperties', 'dependentSchemas', '$defs', 'definitions']);

/** The `Mcp-Param-*` headers of one call. Arguments that are absent, null or not of a simple type give none. */
export function paramHeaders(headers: readonly ParamHeader[], args: unknown): Record<string, string> {
  const result: Record<string, string> = {};
  for (const { path, header } of headers) {
    let value: unknown = args;
    for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    const text = toHeaderText(value);
    if (text !== undefined) result[header] = encodeHeaderValue(text);
  }
  return result;
}

function toHeaderText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/**
 * A text as a header value: as it is when it is plain visible ASCII without outer blanks, else in base64 between
 * `=?base64?` and `?=` (specification 2026-07-28, Streamable HTTP, value encoding).
 */
export function encodeHeaderValue(text: string): string {
  const isPlain = /^[!-~](?:[\t -~]*[!-~])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text);
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

/** The text behind a header value that {@link encodeHeaderValue} made; other values are taken as they are. */
export function decodeHeaderValue(value: string): string {
  const encoded = /^=\?base64\?([A-Za-z0-9+/=]*)\?=$/.exec(value)?.[1];
  return encoded === undefined ? value : Buffer.from(encoded, 'base64').toString('utf8');
}

/** Which parameter of a method the `Mcp-Name` header mirrors. */
const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** The value that the `Mcp-Name` header of a request mirrors, for the methods that have one. */
export function mirroredName(method: string, params: JsonObject): string | undefined {
  const key = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined;
  const name = key === undefined ? undefined : params[key];
  return typeof name === 'string' ? name : undefined;
}

/** The headers that mirror a modern request: `MCP-Protocol-Version`, `Mcp-Method` and, where it has one, `Mcp-Name`. */
export function standardHeaders(method: string, params: JsonObject, version: string): Record<string, string> {
  const name = mirroredName(method, params);
  return {
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(name === undefined ? {} : { 'mcp-name': encodeHeaderValue(name) }),
  };
}
