import type { Dispatcher } from 'undici';
import { HubError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import type { Connection, Wire } from './connection.ts';
import { META } from './era.ts';
import { type ExchangeHandler, type HttpExchange, headerOf, startExchange } from './http-exchange.ts';
import { type HttpFailure, toConnectionError, toFailure } from './http-failure.ts';
import type { HttpTarget } from './http-target.ts';
import type { RpcOneWay, RpcRequest } from './json-rpc.ts';
import { standardHeaders } from './param-headers.ts';
import { openReplyStream, type ReplyContext, type ReplyStream } from './reply-stream.ts';

/** How long the server may take to accept a notification. */
const ONE_WAY_TIMEOUT_MS = 10_000;
/** A session id is visible ASCII (revision 2025-11-25, session management); a longer one is no id. */
const SESSION_ID = /^[\x21-\x7e]{1,4096}$/;

/** Marks the error of a request that reached a server which does not know the session any more. */
const SESSION_LOST = 'session_lost';

/** Whether an error says that the server has forgotten the session, so that the request was not carried out. */
export function isSessionLost(error: unknown): error is HubError {
  return error instanceof HubError && error.data?.reason === SESSION_LOST;
}

/** Options of an {@link HttpWire}. */
export interface HttpWireOptions {
  dispatcher: Dispatcher;
  target: HttpTarget;
  /** Sent with every request; lower-case names. */
  headers: Readonly<Record<string, string>>;
  connection: Connection;
}

/** Streamable HTTP as a wire: one POST for each message, and its answer on the same exchange. */
export class HttpWire implements Wire {
  /** Session of a legacy server that keeps one. */
  sessionId: string | undefined;
  /** Negotiated legacy revision, sent with every request after the handshake. */
  version: string | undefined;
  readonly #options: HttpWireOptions;
  readonly #streams = new Map<number, ReplyStream>();
  readonly #context: ReplyContext;

  constructor(options: HttpWireOptions) {
    this.#options = options;
    const { label } = options.target;
    this.#context = {
      connection: options.connection,
      label,
      post: (message, headers, handler) => this.#post(message, headers, handler),
      resume: (lastEventId, handler) => this.get({ 'last-event-id': lastEventId }, 0, handler),
      canResume: () => this.version !== undefined,
      onHead: (message, headers) => {
        if (message.method === 'initialize') this.#takeSession(headerOf(headers, 'mcp-session-id'));
      },
      inSession: () => this.sessionId !== undefined,
      sessionLoss: (failure) => this.#sessionLoss(failure),
      onOver: (id) => this.#streams.delete(id),
    };
  }

  request(message: RpcRequest, headers: Readonly<Record<string, string>> | undefined): void {
    this.#streams.set(message.id, openReplyStream(this.#context, message, headers));
  }

  async oneWay(message: RpcOneWay): Promise<void> {
    // Modern servers take requests only; there is nothing to notify them of.
    if (this.version === undefined) return;
    const { label, connection } = this.#context;
    await new Promise<void>((resolve) => {
      let failure: HttpFailure | undefined;
      const done = (): void => {
        clearTimeout(timer);
        if (failure !== undefined) {
          connection.output.line('hub', `A message was not accepted: ${toFailure(label, failure).message}`);
        }
        resolve();
      };
      const exchange = this.#send('POST', { accept: ACCEPT_BOTH }, JSON.stringify(message), 0, {
        head(status, headers) {
          if (status >= 300) failure = { status, headers, body: '' };
        },
        data: () => undefined,
        end: done,
        error(error) {
          connection.output.line('hub', toConnectionError(label, error).message);
          done();
        },
      });
      const timer = setTimeout(() => {
        exchange.abort();
        done();
      }, ONE_WAY_TIMEOUT_MS);
    });
  }

  cancel(id: number, reason: string): void {
    this.#streams.get(id)?.abort();
    void this.oneWay({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } });
  }

  settled(id: number): void {
    this.#streams.get(id)?.settled();
  }

  /** GETs the server's own stream, or the rest of a broken one. */
  get(headers: Readonly<Record<string, string>>, silenceMs: number, handler: ExchangeHandler): HttpExchange {
    return this.#send('GET', { accept: 'text/event-stream', ...headers }, undefined, silenceMs, handler);
  }

  /** Tells the server that the session is over. Resolves when it has answered or after `timeoutMs`. */
  async endSession(timeoutMs: number): Promise<void> {
    if (this.sessionId === undefined) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const exchange = this.#send('DELETE', {}, undefined, 0, {
        head: () => undefined,
        data: () => undefined,
        end: done,
        error: done,
      });
      const timer = setTimeout(() => {
        exchange.abort();
        done();
      }, timeoutMs);
    });
  }

  /** Breaks off everything that is open. */
  abortAll(): void {
    for (const stream of [...this.#streams.values()]) stream.abort();
  }

  #post(
    message: RpcRequest,
    extra: Readonly<Record<string, string>> | undefined,
    handler: ExchangeHandler,
  ): HttpExchange {
    const meta = message.params._meta;
    const version = isObject(meta) ? meta[META.protocolVersion] : undefined;
    const mirrored = typeof version === 'string' ? standardHeaders(message.method, message.params, version) : undefined;
    return this.#send('POST', { accept: ACCEPT_BOTH, ...mirrored, ...extra }, JSON.stringify(message), 0, handler);
  }

  #send(
    method: 'GET' | 'POST' | 'DELETE',
    extra: Readonly<Record<string, string>>,
    body: string | undefined,
    silenceMs: number,
    handler: ExchangeHandler,
  ): HttpExchange {
    const { dispatcher, target } = this.#options;
    const headers = {
      ...this.#options.headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(this.sessionId === undefined ? {} : { 'mcp-session-id': this.sessionId }),
      ...(this.version === undefined ? {} : { 'mcp-protocol-version': this.version }),
      ...extra,
    };
    const { origin, path } = target;
    const request = { origin, path, method, headers, silenceMs, ...(body === undefined ? {} : { body }) };
    return startExchange(dispatcher, request, handler);
  }

  #takeSession(id: string | undefined): void {
    if (id !== undefined && SESSION_ID.test(id)) this.sessionId = id;
  }

  /** 404 is the specified answer; the official example servers of 2025 say 400 and speak of the session. */
  #sessionLoss(failure: HttpFailure): HubError | undefined {
    const isLost = failure.status === 404 || (failure.status === 400 && /session/i.test(failure.body));
    if (!isLost) return undefined;
    return new HubError('upstream.closed', `${this.#context.label} does not know its session any more.`, {
      data: { reason: SESSION_LOST },
      retryAfterSeconds: 1,
    });
  }
}

const ACCEPT_BOTH = 'application/json, text/event-stream';
