import { HubError } from '../base/errors.ts';
import type { ExchangeResponse } from './exchange.ts';
import type { Trust } from './net.ts';
import { parseTarget } from './target.ts';

/** One hop of a request that may be redirected. */
export interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
  trust: Trust;
}

/** Headers that carry no credential and may follow to another origin; any other header may be a secret. */
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent', 'if-none-match', 'range']);
const BODY_HEADERS = new Set(['content-type', 'content-length', 'content-encoding', 'content-language']);

/**
 * The hop that a redirect asks for (RFC 9110 15.4), or undefined when the answer is not a redirect.
 *
 * @throws HubError `net.bad_url` (no http or https address), `net.address_refused` (a body would go to another origin).
 */
export function nextHop(hop: Hop, answer: ExchangeResponse): Hop | undefined {
  const location = answer.headers.location;
  if (location === undefined || ![301, 302, 303, 307, 308].includes(answer.status)) return undefined;
  const url = parseTarget(location, hop.url);
  if (url.hash === '') url.hash = hop.url.hash;

  const becomesGet =
    (answer.status === 303 && hop.method !== 'HEAD') || (answer.status <= 302 && hop.method === 'POST');
  const method = becomesGet ? 'GET' : hop.method;
  const body = becomesGet ? undefined : hop.body;
  const sameOrigin = url.origin === hop.url.origin;
  if (!sameOrigin && body !== undefined) {
    throw new HubError(
      'net.address_refused',
      `${hop.url.host} redirects a ${method} with a body to ${url.host}. A body may hold credentials and is not sent to ` +
        `another origin: use the new address in the first place.`,
    );
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(hop.headers)) {
    if (body === undefined && BODY_HEADERS.has(name)) continue;
    if (sameOrigin || HARMLESS.has(name)) headers[name] = value;
  }
  return { url, method, headers, body, trust: sameOrigin ? hop.trust : 'public' };
}
