import { TextDecoder } from 'node:util';
import { withDeadline } from '../base/abort.ts';
import { HubError, messageOf } from '../base/errors.ts';
import { createEventStreamParser, type EventStreamParser, type StreamEvent } from '../base/event-stream.ts';
import { Connection, MAX_MESSAGE_BYTES, type Wire } from './connection.ts';
import type { RemoteOptions } from './http.ts';
import { type HttpExchange, mediaTypeOf, type ResponseHeaders, startExchange } from './http-exchange.ts';
import { MAX_FAILURE_BODY, toConnectionError, toFailure } from './http-failure.ts';
import { baseHeaders, parseTarget } from './http-target.ts';
import type { RpcOneWay, RpcRequest } from './json-rpc.ts';
import { NO_OUTPUT } from './output.ts';
import { createPipeUpstream, negotiatePipe, type Pipe } from './pipe.ts';
import type { Upstream } from './upstream.ts';

/**
 * Connects to a server over the HTTP+SSE transport of revision 2024-11-05: its messages come on one GET stream, which
 * first names the endpoint to which the hub POSTs its own. The end of that stream is the end of the session.
 *
 * @throws HubError as `connectHttp` does; `upstream.protocol` too when the endpoint is on another origin.
 */
export async function connectSse(options: RemoteOptions): Promise<Upstream> {
  const { pipe, session } = await negotiatePipe(() => openSsePipe(options), options);
  return createPipeUpstream(pipe, session);
}

async function openSsePipe(options: RemoteOptions): Promise<Pipe> {
  const target = parseTarget(options.url);
  const headers = baseHeaders(options.headers);
  const { label } = target;
  const connection = new Connection({ label, output: options.output ?? NO_OUTPUT });
  const dispatcher = options.net.pool(target.origin, options.trust);
  const posts = new Set<HttpExchange>();
  let stream: HttpExchange | undefined;

  const close = async (): Promise<void> => {
    connection.close(new HubError('upstream.closed', `The connection to ${label} was closed by the hub.`));
    stream?.abort();
    for (const post of posts) post.abort();
    await dispatcher.destroy();
  };

  const post = (path: string, message: RpcRequest | RpcOneWay): Promise<HubError | undefined> =>
    new Promise((resolve) => {
      const { origin } = target;
      const body = JSON.stringify(message);
      const request = {
        origin,
        path,
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      } as const;
      const reader = createFailureReader(label, (error) => {
        posts.delete(exchange);
        resolve(error);
      });
      const exchange = startExchange(dispatcher, request, reader);
      posts.add(exchange);
    });

  const wireTo = (path: string): Wire => ({
    request(message) {
      void post(path, message).then((error) => {
        if (error !== undefined) connection.fail(message.id, error);
      });
    },
    async oneWay(message) {
      const error = await post(path, message);
      if (error !== undefined) connection.output.line('hub', `A message was not accepted: ${error.message}`);
    },
    cancel(id, reason) {
      void post(path, { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } });
    },
    settled: () => undefined,
  });

  try {
    await withDeadline(
      options.timeoutMs,
      'upstream.timeout',
      `Opening the event stream of ${label}`,
      options.signal,
      () =>
        new Promise<void>((resolve, reject) => {
          const onEvent = (event: StreamEvent): void => {
            if (event.event === 'endpoint') {
              const endpoint = endpointPath(event.data, options.url);
              if (endpoint === undefined) {
                reject(new HubError('upstream.protocol', `${label} names an endpoint that is not on its own origin.`));
                return;
              }
              connection.attach(wireTo(endpoint));
              resolve();
            } else if (event.data !== '' && (event.event === undefined || event.event === 'message')) {
              connection.receiveText(event.data);
            }
          };
          stream = startExchange(
            dispatcher,
            {
              origin: target.origin,
              path: target.path,
              method: 'GET',
              headers: { ...headers, accept: 'text/event-stream' },
            },
            createStreamReader(label, onEvent, (error) => {
              reject(error);
              connection.close(error);
            }),
          );
        }),
    );
    return { connection, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Path of the announced endpoint, or undefined when it would lead to another origin. */
function endpointPath(text: string, base: string): string | undefined {
  try {
    const endpoint = new URL(text.trim(), base);
    return endpoint.origin === new URL(base).origin ? `${endpoint.pathname}${endpoint.search}` : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the event stream; `onEnd` is called once, with why it is over. */
function createStreamReader(label: string, onEvent: (event: StreamEvent) => void, onEnd: (error: HubError) => void) {
  const decoder = new TextDecoder();
  let parser: EventStreamParser | undefined;
  const failure = createFailureReader(label, (error) => {
    onEnd(error ?? new HubError('upstream.closed', `${label} ended its event stream.`));
  });
  return {
    head(status: number, headers: ResponseHeaders) {
      failure.head(status, headers);
      if (status >= 300) return;
      if (mediaTypeOf(headers) === 'text/event-stream') parser = createEventStreamParser(onEvent, MAX_MESSAGE_BYTES);
      else
        onEnd(new HubError('upstream.protocol', `${label} answered the GET with something that is no event stream.`));
    },
    data(chunk: Buffer) {
      if (parser === undefined) return failure.data(chunk);
      try {
        parser.push(decoder.decode(chunk, { stream: true }));
      } catch (error) {
        onEnd(new HubError('upstream.protocol', `${label} sent an unusable event: ${messageOf(error)}`));
      }
    },
    end: () => failure.end(),
    error: (error: Error) => failure.error(error),
  };
}

/** Reads an answer of which only a failure matters; calls back once, without an error when it was a success. */
function createFailureReader(label: string, onDone: (error: HubError | undefined) => void) {
  let status = 0;
  let headers: ResponseHeaders = {};
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    head(newStatus: number, newHeaders: ResponseHeaders) {
      status = newStatus;
      headers = newHeaders;
    },
    data(chunk: Buffer) {
      if (status >= 300 && bytes < MAX_FAILURE_BODY) {
        chunks.push(chunk);
        bytes += chunk.length;
      }
    },
    end() {
      if (status < 300) onDone(undefined);
      else onDone(toFailure(label, { status, headers, body: Buffer.concat(chunks).toString('utf8') }));
    },
    error(error: Error) {
      onDone(toConnectionError(label, error));
    },
  };
}
