import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { HubError, toHubError } from '../../base/errors.ts';
import type { Trust } from '../../net/net.ts';
import { type AllowedHost, isLoopback } from './package-host.ts';
import type { ProofContext } from './proof.ts';
import { authorizationOf } from './source.ts';

/** Largest file that is hashed. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;
const MAX_REDIRECTS = 5;

/** What of the context is needed. */
type HashContext = Pick<ProofContext, 'net' | 'signal' | 'userAgent' | 'isSilent' | 'noteSilence'>;

/** The hash of a file, or why it cannot be had. */
export type HashedFile = { ok: true; sha256: string } | { ok: false; reason: string };

/**
 * Fetches a file and hashes it as it comes, so that it is never in memory as a whole. Redirects lead to https
 * addresses, public ones unless they stay on the origin; credentials go to the first origin only.
 *
 * @throws HubError `net.*`
 */
export async function hashFile(
  ctx: HashContext,
  first: URL,
  { entry, trust }: AllowedHost,
  maxBytes = MAX_FILE_BYTES,
): Promise<HashedFile> {
  const authorization = authorizationOf(entry);
  let url = first;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const isFirst = url.origin === first.origin;
    const found = await hashOnce(ctx, url, {
      trust: isFirst ? trust : 'public',
      headers: isFirst && authorization !== undefined ? { authorization } : {},
      maxBytes,
    });
    if (!('location' in found)) return found;
    const next = URL.canParse(found.location, url.href) ? new URL(found.location, url) : undefined;
    if (!next || (next.protocol !== 'https:' && !(isLoopback(next.hostname) && next.origin === first.origin))) {
      return { ok: false, reason: `${url.host} redirects the file to an address that is not https` };
    }
    url = next;
  }
  return { ok: false, reason: `${first.host} redirects the file more than ${MAX_REDIRECTS} times` };
}

interface Attempt {
  trust: Trust;
  headers: Record<string, string>;
  maxBytes: number;
}

async function hashOnce(ctx: HashContext, url: URL, attempt: Attempt): Promise<HashedFile | { location: string }> {
  if (ctx.isSilent(url.origin)) throw new HubError('net.unreachable', `${url.host} did not answer a moment ago.`);
  const pool = ctx.net.pool(url.origin, attempt.trust);
  try {
    const answer = await pool.request({
      path: url.pathname + url.search,
      method: 'GET',
      headers: { accept: '*/*', 'user-agent': ctx.userAgent, ...attempt.headers },
      signal: ctx.signal,
    });
    return await readAnswer(answer, url, attempt.maxBytes);
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    const cause = error instanceof Error && error.cause instanceof HubError ? error.cause : error;
    const failure = toHubError(cause, 'net.unreachable', `${url.host} cannot be reached`);
    if (failure.code === 'net.unreachable') ctx.noteSilence(url.origin);
    throw failure;
  } finally {
    await pool.destroy();
  }
}

async function readAnswer(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  url: URL,
  maxBytes: number,
): Promise<HashedFile | { location: string }> {
  // The pool is destroyed after this; what is not read then ends with an error that nobody else would take.
  body.on('error', () => undefined);
  const { location } = headers;
  if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') return { location };
  if (statusCode !== 200) {
    const hint = statusCode === 404 ? 'Release the file before the server entry' : 'Try again later';
    return { ok: false, reason: `${url.host} answered ${statusCode} to the request for the file. ${hint}` };
  }
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > maxBytes)
      return { ok: false, reason: `the file is larger than ${maxBytes} bytes, so its hash cannot be checked` };
    hash.update(chunk);
  }
  return { ok: true, sha256: hash.digest('hex') };
}
