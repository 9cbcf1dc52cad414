import { TextDecoder } from 'node:util';
import { HubError, messageOf } from '../base/errors.ts';
import { createEventStreamParser, type EventStreamParser, type StreamEvent } from '../base/event-stream.ts';
import { type Connection, MAX_MESSAGE_BYTES } from './connection.ts';
import {
  type ExchangeHandler,
  type HttpExchange,
  headerOf,
  mediaTypeOf,
  type ResponseHeaders,
} from './http-exchange.ts';
import { type HttpFailure, MAX_FAILURE_BODY, replyInFailure, toConnectionError, toFailure } from './http-failure.ts';
import type { RpcRequest } from './json-rpc.ts';

/** Wait before a broken answer is asked for again, when the server names none; and the longest one it may name. */
export const DEFAULT_RETRY_MS = 1000;
export const MAX_RETRY_MS = 30_000;
/** Resumptions in a row that may fail before the request is given up. */
const MAX_FAILED_RESUMPTIONS = 5;
/** How long a stream may stay open after the answer has come. */
const LINGER_MS = 1000;

/** What the answers of one HTTP server have in common. */
export interface ReplyContext {
  readonly connection: Connection;
  readonly label: string;
  /** POSTs a request, or GETs the rest of an answer from an event id on. */
  post(
    message: RpcRequest,
    headers: Readonly<Record<string, string>> | undefined,
    handler: ExchangeHandler,
  ): HttpExchange;
  resume(lastEventId: string, handler: ExchangeHandler): HttpExchange;
  /** Whether a broken stream can be taken up again (legacy revisions only). */
  canResume(): boolean;
  /** Sees the head of every successful answer. */
  onHead(message: RpcRequest, headers: ResponseHeaders): void;
  /** Whether requests are sent within a session at this moment. */
  inSession(): boolean;
  /** The error for a failed answer that says that the session is gone; undefined when it says something else. */
  sessionLoss(failure: HttpFailure): HubError | undefined;
  /** The stream is over. */
  onOver(id: number): void;
}

/** The answer to one request, on its way. */
export interface ReplyStream {
  /** The answer has come: the stream may end by itself, but soon. */
  settled(): void;
  /** Breaks it off. */
  abort(): void;
}

type Mode = 'head' | 'json' | 'events' | 'failure';

/** POSTs a request and hands what comes back to the connection, whether JSON or an event stream. */
export function openReplyStream(
  context: ReplyContext,
  message: RpcRequest,
  headers: Readonly<Record<string, string>> | undefined,
): ReplyStream {
  const { connection, label } = context;
  const { id, method } = message;
  const wasInSession = context.inSession();
  let mode: Mode = 'head';
  let status = 0;
  let head: ResponseHeaders = {};
  let chunks: Buffer[] = [];
  let bytes = 0;
  let decoder: TextDecoder | undefined;
  let parser: EventStreamParser | undefined;
  let lastEventId: string | undefined;
  let retryMs = DEFAULT_RETRY_MS;
  let failedResumptions = 0;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  const over = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    exchange.abort();
    context.onOver(id);
  };
  const fail = (error: HubError): void => {
    connection.fail(id, error);
    over();
  };

  const onEvent = (event: StreamEvent): void => {
    failedResumptions = 0;
    if (event.id !== undefined) lastEventId = event.id;
    if (event.retry !== undefined) retryMs = Math.min(event.retry, MAX_RETRY_MS);
    if (event.event === 'endpoint') {
      // Servers of 2024-11-05 may open their stream on any method; the event is how it begins, never an answer.
      const text = `${label} speaks the old HTTP+SSE transport, not Streamable HTTP.`;
      fail(new HubError('upstream.refused', text, { data: { status, transport: 'sse' } }));
      return;
    }
    const isMessage = event.event === undefined || event.event === 'message';
    if (isMessage && event.data !== '') connection.receiveText(event.data, id);
  };

  /** The stream has ended without the answer: the rest is fetched where that is possible. */
  const broken = (error: HubError): void => {
    const from = lastEventId;
    if (!connection.isPending(id)) over();
    else if (from === undefined || !context.canResume() || failedResumptions >= MAX_FAILED_RESUMPTIONS) fail(error);
    else {
      failedResumptions++;
      timer = setTimeout(() => {
        mode = 'head';
        exchange = context.resume(from, handler);
      }, retryMs);
    }
  };

  const takeJson = (): void => {
    connection.receiveText(Buffer.concat(chunks, bytes).toString('utf8'), id);
    if (connection.isPending(id)) {
      const text = `${label} answered ${method} with JSON that is not the answer to it.`;
      fail(new HubError('upstream.protocol', text, { data: { status } }));
    } else over();
  };

  const takeFailure = (): void => {
    const failure: HttpFailure = { status, headers: head, body: Buffer.concat(chunks, bytes).toString('utf8') };
    const special = wasInSession ? context.sessionLoss(failure) : undefined;
    const isAuthentication = status === 401 || status === 403;
    const reply = special === undefined && !isAuthentication ? replyInFailure(failure, id) : undefined;
    if (reply === undefined) fail(special ?? toFailure(label, failure));
    else {
      connection.receive({ jsonrpc: '2.0', id, ...reply }, id);
      over();
    }
  };

  const handler: ExchangeHandler = {
    head(newStatus, newHeaders) {
      status = newStatus;
      head = newHeaders;
      chunks = [];
      bytes = 0;
      if (status >= 300) {
        mode = 'failure';
        return;
      }
      context.onHead(message, head);
      const coding = headerOf(head, 'content-encoding') ?? 'identity';
      const type = mediaTypeOf(head);
      if (coding !== 'identity') {
        fail(
          new HubError(
            'upstream.protocol',
            `${label} answered in the content coding ${coding}, which was not offered.`,
          ),
        );
      } else if (type === 'text/event-stream') {
        mode = 'events';
        decoder = new TextDecoder();
        parser = createEventStreamParser(onEvent, MAX_MESSAGE_BYTES);
      } else if (type === 'application/json' || type.endsWith('+json')) mode = 'json';
      else {
        const what = type === '' ? 'no content type' : `the content type ${type.slice(0, 100)}`;
        const text = `${label} answered ${method} with HTTP ${status} and ${what}; JSON or an event stream would be right.`;
        fail(new HubError('upstream.protocol', text, { data: { status } }));
      }
    },
    data(chunk) {
      if (mode === 'events') {
        try {
          parser?.push(decoder?.decode(chunk, { stream: true }) ?? '');
        } catch (error) {
          fail(new HubError('upstream.protocol', `${label} sent an unusable event: ${messageOf(error)}`));
        }
        return;
      }
      bytes += chunk.length;
      if (mode === 'json' && bytes > MAX_MESSAGE_BYTES) {
        fail(new HubError('upstream.protocol', `${label} answered with more than ${MAX_MESSAGE_BYTES} bytes.`));
      } else if (mode === 'failure' && bytes > MAX_FAILURE_BODY) {
        bytes -= chunk.length;
        takeFailure();
      } else chunks.push(chunk);
    },
    end() {
      if (mode === 'json') takeJson();
      else if (mode === 'failure') takeFailure();
      else broken(new HubError('upstream.closed', `${label} ended the stream of ${method} before its answer.`));
    },
    error(error) {
      broken(toConnectionError(label, error));
    },
  };

  let exchange = context.post(message, headers, handler);
  return {
    settled() {
      if (isOver || mode !== 'events') return;
      clearTimeout(timer);
      timer = setTimeout(over, LINGER_MS);
      timer.unref();
    },
    abort: over,
  };
}
