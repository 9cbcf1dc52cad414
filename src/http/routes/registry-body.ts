import { withDeadline } from '../../base/abort.ts';
import { HubError, messageOf } from '../../base/errors.ts';
import { type JsonValue, parseJson } from '../../base/json.ts';

/** Largest body of a registry request, in bytes. */
export const MAX_BODY_BYTES = 1_048_576;
/** Longest wait for a whole body. */
export const BODY_TIMEOUT_MS = 5_000;
/** Deepest nesting of a body. */
const MAX_BODY_DEPTH = 64;

/**
 * Reads the JSON body of a request once, bounded in size, time and depth (registry-api.md, section 2.2).
 *
 * @throws HubError `request.too_large` (413), `request.timeout` (408), `request.media_type` (415) or
 * `request.malformed` (400), with the details of that section.
 */
export async function readJsonBody(request: Request, timeoutMs: number = BODY_TIMEOUT_MS): Promise<JsonValue> {
  const bytes = await readBytes(request, timeoutMs);
  if (bytes.byteLength === 0) throw new HubError('request.malformed', 'request body is required');
  checkMediaType(request.headers.get('content-type'));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return parseJson(text, { maxBytes: MAX_BODY_BYTES, maxDepth: MAX_BODY_DEPTH });
  } catch (error) {
    const message = error instanceof HubError ? messageOf(error) : 'The body is not valid UTF-8.';
    throw new HubError('request.malformed', 'validation failed', {
      cause: error,
      data: { errors: [{ message, location: 'body' }] },
    });
  }
}

function checkMediaType(header: string | null): void {
  const type = header?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === '' || type === 'application/json' || /^application\/[^/]+\+json$/.test(type)) return;
  throw new HubError('request.media_type', 'validation failed', {
    data: {
      errors: [
        {
          message: `unknown content type '${type.slice(0, 100)}': send application/json`,
          location: 'header.Content-Type',
        },
      ],
    },
  });
}

async function readBytes(request: Request, timeoutMs: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const readAll = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.byteLength;
      if (size > MAX_BODY_BYTES) throw tooLarge();
      chunks.push(next.value);
    }
  };
  try {
    await withDeadline(timeoutMs, 'request.timeout', 'The body', undefined, readAll);
  } catch (error) {
    // What is still under way is not wanted any more; a connection that is gone cannot be told so.
    reader.cancel(error).catch(() => undefined);
    if (error instanceof HubError && error.code === 'request.timeout') {
      throw new HubError('request.timeout', 'request body read timeout');
    }
    if (error instanceof HubError) throw error;
    throw new HubError('request.cancelled', 'Client closed request', { cause: error });
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function tooLarge(): HubError {
  return new HubError('request.too_large', `request body is too large limit=${MAX_BODY_BYTES} bytes`);
}
