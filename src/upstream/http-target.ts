import { HubError } from '../base/errors.ts';
import { USER_AGENT } from './client-identity.ts';

/** Where a remote server is, taken apart once. */
export interface HttpTarget {
  origin: string;
  /** Path and query. */
  path: string;
  /** Origin and path: names the server in messages. A query may hold a key, so it is not shown. */
  label: string;
}

/**
 * Takes the URL of a remote server apart.
 *
 * @throws HubError `net.bad_url`
 */
export function parseTarget(url: string): HttpTarget {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new HubError('net.bad_url', 'The URL of the remote server is not an absolute URL.');
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw new HubError(
      'net.bad_url',
      `The URL of the remote server must begin with https:// or http://, not ${parsed.protocol}`,
    );
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new HubError(
      'net.bad_url',
      `The URL of ${parsed.host} holds a user name or password; send them as an Authorization header.`,
    );
  }
  return {
    origin: parsed.origin,
    path: `${parsed.pathname}${parsed.search}`,
    label: `${parsed.origin}${parsed.pathname}`,
  };
}

/** Headers that belong to the transport; a deployment cannot set them. */
const OWN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * The headers that every request to a remote server carries: a deployment's own plus the hub's `User-Agent`.
 * Names become lower case; names that belong to the transport are left out.
 *
 * @throws HubError `deployment.invalid` for a name or value that cannot be a header. The value is not shown.
 */
export function baseHeaders(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': USER_AGENT, 'accept-encoding': 'identity' };
  for (const [name, value] of Object.entries(given)) {
    if (!HEADER_NAME.test(name)) {
      throw new HubError('deployment.invalid', `"${name.slice(0, 60)}" cannot be the name of an HTTP header.`);
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a header value must not hold (RFC 9110).
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) {
      throw new HubError(
        'deployment.invalid',
        `The value of the header "${name}" holds a line break or control character.`,
      );
    }
    const key = name.toLowerCase();
    if (!OWN_HEADERS.has(key) && !key.startsWith('mcp-param-')) headers[key] = value;
  }
  return headers;
}
