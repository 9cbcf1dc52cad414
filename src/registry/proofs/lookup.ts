import { HubError } from '../../base/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../base/json.ts';
import type { NetResponse, Trust } from '../../net/net.ts';
import type { ProofContext } from './proof.ts';
import { originOf, type PackageSource } from './source.ts';

/** Longest time for one request. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Largest answer unless a caller knows better. */
const MAX_ANSWER_BYTES = 5 * 1024 * 1024;
const MAX_DEPTH = 64;

/** One look-up. */
export interface Lookup {
  url: string;
  accept?: string;
  headers?: Record<string, string>;
  trust: Trust;
  maxBytes?: number;
  maxRedirects?: number;
}

/**
 * Sends one GET within the limits of the proofs. Any status is an answer.
 *
 * @throws HubError `net.*`
 */
export async function lookUp(ctx: ProofContext, lookup: Lookup): Promise<NetResponse> {
  if (!URL.canParse(lookup.url)) {
    throw new HubError('net.bad_url', 'A package registry names an address that is none.');
  }
  const { origin, host } = new URL(lookup.url);
  if (ctx.isSilent(origin)) throw new HubError('net.unreachable', `${host} did not answer a moment ago.`);
  try {
    return await ctx.net.fetch({
      url: lookup.url,
      trust: lookup.trust,
      headers: { accept: lookup.accept ?? 'application/json', 'user-agent': ctx.userAgent, ...lookup.headers },
      timeoutMs: REQUEST_TIMEOUT_MS,
      maxBytes: lookup.maxBytes ?? MAX_ANSWER_BYTES,
      signal: ctx.signal,
      ...(lookup.maxRedirects === undefined ? {} : { maxRedirects: lookup.maxRedirects }),
    });
  } catch (error) {
    if (error instanceof HubError && (error.code === 'net.unreachable' || error.code === 'net.timeout')) {
      ctx.noteSilence(origin);
    }
    throw error;
  }
}

/** Asks a configured registry. Its credentials go to its own origin only; another origin must be a public one. */
export function askSource(
  ctx: ProofContext,
  source: PackageSource,
  url: string,
  options: Partial<Lookup> = {},
): Promise<NetResponse> {
  const isOwn = originOf(url) === originOf(source.baseUrl);
  const headers = {
    ...options.headers,
    ...(isOwn && source.authorization !== undefined ? { authorization: source.authorization } : {}),
  };
  return lookUp(ctx, { ...options, url, headers, trust: isOwn ? 'operator' : 'public' });
}

/** The body of an answer as text. */
export function textBody(answer: NetResponse): string {
  return Buffer.from(answer.body).toString('utf8');
}

/** @throws HubError `json.*` when the body is no JSON object. */
export function jsonBody(answer: NetResponse): JsonObject {
  const value = parseJson(textBody(answer), { maxBytes: answer.body.byteLength, maxDepth: MAX_DEPTH });
  if (isObject(value)) return value;
  throw new HubError('json.invalid', `${new URL(answer.url).host} sent JSON that is not an object.`);
}

/** What an answer without the wanted content says, for the statuses that mean the same everywhere. */
export function statusReason(answer: NetResponse, what: string, setting: string): string {
  const { host } = new URL(answer.url);
  switch (answer.status) {
    case 401:
    case 403:
      return `${host} does not let the hub read ${what} (status ${answer.status}). It is private, or the credentials in ${setting} are not right`;
    case 429:
      return `${host} refuses requests for now because there were too many (status 429). Try again later`;
    default:
      return `${host} answered ${answer.status} to the request for ${what}. Try again later`;
  }
}
