import type { Dispatcher } from 'undici';
import { HubError } from '../base/errors.ts';
import { decodeBody, tooLarge } from './decode.ts';
import { toNetError } from './failure.ts';

/** One HTTP request on a dispatcher. */
export interface ExchangeRequest {
  /** Needed when the dispatcher is an agent; a pool knows its own. */
  origin?: string;
  /** Path and query, sent as they are. */
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** What an exchange may cost. */
export interface ExchangeLimits {
  timeoutMs: number;
  /** Holds for the body as received and as decompressed. */
  maxBytes: number;
  signal?: AbortSignal;
  /** Names the other side in messages. */
  host: string;
}

/** The answer of one exchange. Header names are lower case; repeated headers are joined with `, `. */
export interface ExchangeResponse {
  status: number;
  statusText: string;
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Sends one request and takes its whole answer, decompressed. Redirects are answers like others here.
 *
 * @throws HubError `net.*`; the signal's reason when it fires. The request is then aborted and its socket closed.
 */
export async function exchange(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  limits: ExchangeLimits,
): Promise<ExchangeResponse> {
  const answer = await receive(dispatcher, request, limits);
  const encoding = answer.headers['content-encoding'];
  if (encoding === undefined) return answer;
  const body = await decodeBody(answer.body, encoding, limits.maxBytes, limits.host);
  if (body === undefined) return answer;
  const { 'content-encoding': _encoding, 'content-length': _length, ...headers } = answer.headers;
  return { ...answer, headers, body };
}

function receive(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  { timeoutMs, maxBytes, signal, host }: ExchangeLimits,
): Promise<ExchangeResponse> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    let controller: Dispatcher.DispatchController | undefined;
    let ended: Error | undefined;
    let response: Omit<ExchangeResponse, 'body'> | undefined;
    const chunks: Buffer[] = [];
    let size = 0;

    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const give = (reason: unknown): void => {
      if (ended !== undefined) return;
      ended = reason instanceof Error ? reason : new Error('The request was given up.');
      finish();
      reject(reason);
      controller?.abort(ended);
    };
    const onAbort = (): void => give(signal?.reason);
    const timer = setTimeout(
      () => give(new HubError('net.timeout', `${host} did not answer within ${timeoutMs} ms.`)),
      timeoutMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });

    try {
      dispatcher.dispatch(
        { ...request, body: request.body ?? null, headersTimeout: 0, bodyTimeout: 0 },
        {
          onRequestStart(started) {
            controller = started;
            if (ended !== undefined) started.abort(ended);
          },
          onResponseStart(_, status, headers, statusText = '') {
            if (status >= 200) response = { status, statusText, headers: flatten(headers) };
          },
          onResponseData(_, chunk) {
            size += chunk.length;
            if (size > maxBytes) give(tooLarge(host, maxBytes));
            else chunks.push(chunk);
          },
          onResponseEnd() {
            if (ended !== undefined) return;
            finish();
            if (response === undefined) return reject(toNetError(new Error('no answer'), host));
            resolve({ ...response, body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size) });
          },
          onResponseError(_, error) {
            give(toNetError(error, host));
          },
        },
      );
    } catch (error) {
      give(toNetError(error, host));
    }
  });
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && name !== '__proto__') flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
