import { createHash } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { isStream } from './stream.ts';

/** Longest `If-None-Match` that is looked at, in characters. */
const MAX_CONDITION_LENGTH = 8 * 1024;

/**
 * Gives every answer to a GET or HEAD a validator, and answers 304 when the client has this answer already (RFC 9110,
 * sections 8.8 and 13). The validator is weak, since the same content leaves the hub compressed and plain. An answer
 * that says nothing of caching may be kept and is to be asked for again each time; one to a caller with credentials is
 * kept by that caller only.
 */
export function withValidators(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { method } = c.req;
    const answer = c.res;
    if ((method !== 'GET' && method !== 'HEAD') || answer.status !== 200 || isStream(answer)) return;
    const headers = new Headers(answer.headers);
    if (!headers.has('cache-control')) {
      headers.set('cache-control', c.req.header('authorization') === undefined ? 'no-cache' : 'private, no-cache');
    }
    if (headers.get('cache-control')?.includes('no-store')) return;
    const body = new Uint8Array(await answer.arrayBuffer());
    const tag = headers.get('etag') ?? `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
    headers.set('etag', tag);
    // Hono merges the headers of an answer that is replaced; an empty one leaves only these.
    c.res = undefined;
    if (matches(c.req.header('if-none-match'), tag)) {
      headers.delete('content-type');
      headers.delete('content-length');
      c.res = new Response(null, { status: 304, headers });
      return;
    }
    headers.set('content-length', String(body.byteLength));
    c.res = new Response(body, { status: 200, headers });
  };
}

/** Weak comparison (RFC 9110, section 8.8.3.2): only the text between the quotes counts. */
function matches(condition: string | undefined, tag: string): boolean {
  if (condition === undefined || condition.length > MAX_CONDITION_LENGTH) return false;
  if (condition.trim() === '*') return true;
  const opaque = tag.replace(/^W\//, '');
  const tags: readonly string[] = condition.match(/"[^"]*"/g) ?? [];
  return tags.includes(opaque);
}
