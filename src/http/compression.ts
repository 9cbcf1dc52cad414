import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';
import { isStream } from './stream.ts';

/** Smaller bodies fit into one packet either way. */
const MIN_BYTES = 1024;
/** Speed before size: these bodies are made anew for each answer. */
const BROTLI_QUALITY = 4;
const COMPRESSIBLE = /^(text\/|application\/(json|yaml|[\w.-]+\+json|xml)|image\/svg\+xml)/;

type Coding = 'br' | 'gzip';

const compressWithBrotli = promisify(brotliCompress);
const compressWithGzip = promisify(gzip);

/**
 * Compresses the answers to GET and HEAD as `Accept-Encoding` allows (RFC 9110, section 12.5.3): text of more than
 * 1 KB, never a stream. Answers to writes stay as they are, since they may hold a secret beside what the caller sent.
 */
export function withCompression(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const answer = c.res;
    if (!['GET', 'HEAD'].includes(c.req.method) || isStream(answer)) return;
    const headers = new Headers(answer.headers);
    addVary(headers, 'Accept-Encoding');
    const coding = chooseCoding(c.req.header('accept-encoding'));
    const isCompressible =
      COMPRESSIBLE.test(headers.get('content-type') ?? '') &&
      !headers.has('content-encoding') &&
      !headers.get('cache-control')?.includes('no-transform');
    c.res = undefined;
    if (coding === undefined || !isCompressible || answer.body === null) {
      c.res = new Response(answer.body, { status: answer.status, headers });
      return;
    }
    const body = new Uint8Array(await answer.arrayBuffer());
    const packed = body.byteLength < MIN_BYTES ? body : await compress(body, coding);
    if (packed !== body) headers.set('content-encoding', coding);
    headers.set('content-length', String(packed.byteLength));
    c.res = new Response(packed, { status: answer.status, headers });
  };
}

async function compress(body: Uint8Array<ArrayBuffer>, coding: Coding): Promise<Uint8Array<ArrayBuffer>> {
  const packed =
    coding === 'br'
      ? await compressWithBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
      : await compressWithGzip(body);
  return new Uint8Array(packed);
}

/** The coding that the client likes best, brotli before gzip where it does not care; undefined for none. */
export function chooseCoding(accepted: string | undefined): Coding | undefined {
  if (accepted === undefined) return undefined;
  const weights = new Map<string, number>();
  for (const part of accepted.slice(0, 1000).toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(name, weight === undefined ? 1 : Number(weight) || 0);
  }
  const weightOf = (coding: Coding): number => weights.get(coding) ?? weights.get('*') ?? 0;
  const best: Coding = weightOf('gzip') > weightOf('br') ? 'gzip' : 'br';
  return weightOf(best) > 0 ? best : undefined;
}

function addVary(headers: Headers, name: string): void {
  const vary = headers.get('vary');
  if (vary?.toLowerCase().includes(name.toLowerCase())) return;
  headers.set('vary', vary === null ? name : `${vary}, ${name}`);
}
