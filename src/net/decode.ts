import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { HubError, messageOf } from '../base/errors.ts';

/** The encodings that {@link decodeBody} undoes, as an `accept-encoding` value. */
export const ACCEPT_ENCODING = 'gzip, deflate, br';

/** More layers than this are not an answer but an attempt to keep the hub busy. */
const MAX_LAYERS = 3;

const unzip = promisify(gunzip);
const unbrotli = promisify(brotliDecompress);
const uninflate = promisify(inflate);
const uninflateRaw = promisify(inflateRaw);

/**
 * Undoes `content-encoding`. The limit holds for the decompressed size and decompression stops there, so a small body
 * that unfolds into a huge one (a "bomb") costs no more than the limit.
 *
 * @returns undefined when the encoding is not one of ours; the body is then to be taken as it is.
 * @throws HubError `net.too_large`, `net.unreachable` (the body is not what its header says).
 */
export async function decodeBody(
  body: Buffer,
  encoding: string,
  maxBytes: number,
  host: string,
): Promise<Buffer | undefined> {
  const layers = encoding
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'identity');
  if (layers.length > MAX_LAYERS || !layers.every(isKnown)) return undefined;
  let current = body;
  for (const layer of layers.reverse()) {
    // An answer without content may still name an encoding.
    if (current.length === 0) return current;
    try {
      current = await undo(layer, current, maxBytes);
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
        throw tooLarge(host, maxBytes);
      }
      throw new HubError('net.unreachable', `${host} sent a body that is not valid ${layer}: ${messageOf(cause)}.`, {
        cause,
      });
    }
  }
  return current;
}

/** The error for an answer over its limit. */
export function tooLarge(host: string, maxBytes: number): HubError {
  return new HubError('net.too_large', `The answer of ${host} is larger than the limit of ${maxBytes} bytes.`);
}

function isKnown(layer: string): boolean {
  return layer === 'gzip' || layer === 'x-gzip' || layer === 'deflate' || layer === 'br';
}

function undo(layer: string, body: Buffer, maxBytes: number): Promise<Buffer> {
  const options = { maxOutputLength: maxBytes };
  if (layer === 'br') return unbrotli(body, options);
  if (layer !== 'deflate') return unzip(body, options);
  // RFC 9110 8.4.1.2: deflate is zlib, but some servers send it without the zlib header.
  return ((body[0] ?? 0) & 0x0f) === 0x08 ? uninflate(body, options) : uninflateRaw(body, options);
}
