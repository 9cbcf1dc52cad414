import type { Dispatcher } from 'undici';

/** Header names in lower case; a repeated header is an array. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** One request of an {@link HttpExchange}. */
export interface ExchangeRequest {
  origin: string;
  path: string;
  method: 'GET' | 'POST' | 'DELETE';
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Longest silence between two pieces of the answer's body, in milliseconds; 0 (default) for no limit. */
  silenceMs?: number;
}

/** What happens to an exchange, in this order: head once, data any number of times, then end or error once. */
export interface ExchangeHandler {
  head(status: number, headers: ResponseHeaders): void;
  data(chunk: Buffer): void;
  end(): void;
  /** Not called for an exchange that was aborted. */
  error(error: Error): void;
}

/** One HTTP request and its answer, handled piece by piece as it comes. */
export interface HttpExchange {
  /** Breaks the connection off; nothing is called back after it. May be called at any time and twice. */
  abort(): void;
}

/** Sends a request over a dispatcher. Waits of its own are the caller's business: undici's timeouts are off. */
export function startExchange(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  handler: ExchangeHandler,
): HttpExchange {
  let controller: Dispatcher.DispatchController | undefined;
  let isOver = false;
  let isStarting = true;
  const fail = (error: Error): void => {
    if (isStarting) {
      // The caller is not ready for an answer before this function has returned.
      queueMicrotask(() => fail(error));
      return;
    }
    if (isOver) return;
    isOver = true;
    handler.error(error);
  };
  try {
    dispatcher.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        headersTimeout: 0,
        bodyTimeout: request.silenceMs ?? 0,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (isOver) started.abort(new Error('The exchange was given up.'));
        },
        onResponseStart(_controller, status, headers) {
          if (!isOver && status >= 200) handler.head(status, headers);
        },
        onResponseData(_controller, chunk) {
          if (!isOver) handler.data(chunk);
        },
        onResponseEnd() {
          if (isOver) return;
          isOver = true;
          handler.end();
        },
        onResponseError(_controller, error) {
          fail(error);
        },
      },
    );
  } catch (error) {
    fail(error instanceof Error ? error : new Error(String(error)));
  }
  isStarting = false;
  return {
    abort() {
      if (isOver) return;
      isOver = true;
      controller?.abort(new Error('The exchange was given up.'));
    },
  };
}

/** The value of a header that stands once. */
export function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The media type of an answer, in lower case and without its parameters. */
export function mediaTypeOf(headers: ResponseHeaders): string {
  return (headerOf(headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
