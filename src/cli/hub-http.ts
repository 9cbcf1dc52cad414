import { HubError, messageOf } from '../base/errors.ts';
import { isObject, type JsonValue, parseJson } from '../base/json.ts';
import type { Net } from '../net/net.ts';
import type { Connection } from './connection.ts';
import { isErrorCode } from './failure.ts';

/** One request to the hub. */
export interface HubRequest {
  method?: string;
  /** Path below the base URL, with its query. */
  path: string;
  body?: JsonValue;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  /** Leaves the caller's token out. */
  isAnonymous?: boolean;
}

/** A whole answer. */
export interface HubAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** An answer that arrives piece by piece. */
export interface HubStream {
  status: number;
  contentType: string;
  chunks: AsyncIterable<string>;
}

/** Requests to one hub, with the caller's token. */
export interface HubHttp {
  readonly url: string;
  /** Any status is an answer here. @throws HubError `hub.unreachable` */
  send(request: HubRequest): Promise<HubAnswer>;
  /** The JSON of a good answer; undefined when it has none. @throws HubError with the hub's own code and message */
  json(request: HubRequest): Promise<JsonValue | undefined>;
  /** Opens an answer of any status and hands out its text as it comes. @throws HubError `hub.unreachable` */
  stream(request: HubRequest): Promise<HubStream>;
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** Largest answer that is taken whole. */
const MAX_ANSWER_BYTES: number = 64 * 1024 * 1024;

/** Makes the way to a hub. Redirects are not followed: the token is for this address. */
export function createHubHttp(net: Net, connection: Connection): HubHttp {
  const { url, token } = connection;
  const headersOf = (request: HubRequest): Record<string, string> => ({
    accept: 'application/json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined || request.isAnonymous ? {} : { authorization: `Bearer ${token}` }),
    ...request.headers,
  });
  const unreachable = (error: unknown): unknown =>
    error instanceof HubError && error.code === 'net.unreachable'
      ? new HubError('hub.unreachable', `No hub answers at ${url} (from ${connection.found}).`, { cause: error })
      : error;

  const send = async (request: HubRequest): Promise<HubAnswer> => {
    const answer = await net
      .fetch({
        url: url + request.path,
        method: request.method ?? 'GET',
        headers: headersOf(request),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
        trust: 'operator',
        timeoutMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
        maxRedirects: 0,
      })
      .catch((error) => {
        throw unreachable(error);
      });
    return { status: answer.status, headers: answer.headers, text: new TextDecoder().decode(answer.body) };
  };

  return {
    url,
    send,
    async json(request) {
      const { status, text } = await send(request);
      if (status >= 300) throw problemOf(status, text, url);
      return text.trim() === '' ? undefined : parseAnswer(text, url);
    },
    async stream(request) {
      const base = new URL(url);
      const pool = net.pool(base.origin, 'operator');
      try {
        const { statusCode, headers, body } = await pool.request({
          path: base.pathname.replace(/\/$/, '') + request.path,
          method: request.method === 'POST' ? 'POST' : 'GET',
          headers: headersOf(request),
          ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        });
        const contentType = String(headers['content-type'] ?? '');
        return { status: statusCode, contentType, chunks: decode(body, () => void pool.destroy()) };
      } catch (error) {
        void pool.destroy();
        if (request.signal?.aborted) throw error;
        throw new HubError(
          'hub.unreachable',
          `No hub answers at ${url} (from ${connection.found}): ${messageOf(error)}`,
        );
      }
    },
  };
}

async function* decode(body: AsyncIterable<Uint8Array>, done: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } finally {
    done();
  }
}

/** All of an answer that came piece by piece. @throws HubError `net.too_large` */
export async function wholeText(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) {
    text += chunk;
    if (text.length > MAX_ANSWER_BYTES) {
      throw new HubError('net.too_large', `The answer is larger than ${MAX_ANSWER_BYTES} bytes.`);
    }
  }
  return text;
}

/** Reads the JSON of an answer. @throws HubError `hub.unreachable` when something else answers there */
export function parseAnswer(text: string, url: string): JsonValue {
  try {
    return parseJson(text, { maxBytes: MAX_ANSWER_BYTES, maxDepth: 256 });
  } catch (cause) {
    throw new HubError('hub.unreachable', `What answers at ${url} is no MCP hub: ${messageOf(cause)}`, { cause });
  }
}

/** The error that a problem document (RFC 9457) tells of, with the reasons it lists. */
export function problemOf(status: number, text: string, url: string): HubError {
  let problem: JsonValue = null;
  try {
    problem = parseJson(text);
  } catch {
    // A proxy in front of the hub answers in its own way.
  }
  if (!isObject(problem)) {
    return new HubError('hub.unreachable', `${url} answered with HTTP status ${status} and no explanation of a hub.`);
  }
  const detail = [problem.detail, problem.error, problem.title].find((part) => typeof part === 'string') ?? '';
  const reasons = Array.isArray(problem.errors)
    ? problem.errors.flatMap((reason) => {
        if (!isObject(reason) || typeof reason.message !== 'string') return [];
        return [typeof reason.location === 'string' ? `${reason.location}: ${reason.message}` : reason.message];
      })
    : [];
  const id = typeof problem.requestId === 'string' ? ` Request id: ${problem.requestId}` : '';
  const message = `${String(detail)}${reasons.length === 0 ? '' : `: ${reasons.slice(0, 10).join('; ')}`}${id}`;
  const code = isErrorCode(problem.code) ? problem.code : codeOfStatus(status);
  return new HubError(code, message, isObject(problem.data) ? { data: problem.data } : {});
}

/** The registry's own answers carry no code. */
function codeOfStatus(status: number): HubError['code'] {
  if (status === 401) return 'auth.invalid';
  if (status === 403) return 'auth.forbidden';
  if (status === 404) return 'request.not_found';
  if (status === 422) return 'registry.invalid';
  return status < 500 ? 'registry.refused' : 'internal';
}
