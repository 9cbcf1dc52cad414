import { HubError } from '../base/errors.ts';
import { DEFAULT_JSON_LIMITS, isObject, type JsonObject, parseJson } from '../base/json.ts';
import { createAskDesk } from './asks.ts';
import type { CallSink, Reply } from './call.ts';
import { META } from './era.ts';
import { createEventHub, type EventHub } from './event-hub.ts';
import { type RpcId, type RpcOneWay, type RpcRequest, readMessage } from './json-rpc.ts';
import { createOddityNotes, excerpt, type OddityNotes, type OutputSink } from './output.ts';
import type { Pending } from './pending.ts';
import { isSevereEnough } from './severity.ts';

/** Requests of one connection that may wait for their answer at the same time. */
export const MAX_PENDING = 1024;
/** Largest message taken from a server, in bytes. */
export const MAX_MESSAGE_BYTES: number = 64 * 1024 * 1024;
/** Most messages taken from one batch (revision 2025-03-26). */
const MAX_BATCH = 256;

/** What carries messages: a pipe, a port, or HTTP exchanges. It calls back the connection it belongs to. */
export interface Wire {
  /** Sends a request. What goes wrong is told by `connection.fail(id, …)`; it does not throw. */
  request(message: RpcRequest, headers: Readonly<Record<string, string>> | undefined): void;
  /** Sends what awaits no answer. Resolves when it is on its way; does not reject. */
  oneWay(message: RpcOneWay): Promise<void>;
  /** The caller has given the request up: the server is told so, in the way of this wire. */
  cancel(id: number, reason: string): void;
  /** The answer has come; what the wire held open for this request may go. */
  settled(id: number): void;
}

/** One request on its way to the server, complete except for its id and its progress token. */
export interface Outgoing {
  method: string;
  params: JsonObject;
  /** Longest wait in milliseconds; 0 for a request that may stay open for ever. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  sink?: CallSink | undefined;
  /** Least severe level of log messages that the caller takes; absent: none. */
  logLevel?: string | undefined;
  /** HTTP headers of this request alone. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Options of a {@link Connection}. */
export interface ConnectionOptions {
  /** Names the server in messages; holds no secret. */
  label: string;
  output: OutputSink;
  maxPending?: number;
}

/**
 * The hub's end of a JSON-RPC conversation with one server: ids, waiting calls, deadlines, cancellation, progress,
 * logs and the server's own requests. Which bytes carry the messages is the business of its {@link Wire}.
 */
export class Connection {
  readonly label: string;
  readonly events: EventHub = createEventHub();
  readonly odd: OddityNotes;
  readonly output: OutputSink;
  readonly #pending = new Map<number, Pending>();
  readonly #maxPending: number;
  readonly #asks = createAskDesk({
    send: (message) => this.send(message),
    owner: (streamOf) => this.#ownerOf(streamOf, 'ask'),
  });
  #wire: Wire | undefined;
  #closed: HubError | undefined;
  #lastId = 0;

  constructor(options: ConnectionOptions) {
    this.label = options.label;
    this.output = options.output;
    this.odd = createOddityNotes(options.output);
    this.#maxPending = options.maxPending ?? MAX_PENDING;
  }

  /** Gives the connection its wire, before anything else. */
  attach(wire: Wire): void {
    this.#wire = wire;
  }

  /** Why the connection is closed; undefined while it is open. */
  get closed(): HubError | undefined {
    return this.#closed;
  }

  /** How many requests wait for their answer. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Whether the request with this id still waits. */
  isPending(id: number): boolean {
    return this.#pending.has(id);
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @throws HubError `upstream.closed`, `upstream.overloaded`, `upstream.timeout`, whatever the wire reports, or the
   * signal's reason.
   */
  call(outgoing: Outgoing): Promise<Reply> {
    const refusal = this.#refusal(outgoing.signal);
    if (refusal !== undefined) return Promise.reject(refusal.reason);
    const id = ++this.#lastId;
    const { method, sink, signal, timeoutMs } = outgoing;
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        id,
        method,
        sink,
        logLevel: outgoing.logLevel,
        resolve,
        reject,
        signal,
        timer: undefined,
        onAbort: undefined,
      };
      if (signal !== undefined) {
        pending.onAbort = () => this.#giveUp(pending, 'The client has cancelled the request.', signal.reason);
        signal.addEventListener('abort', pending.onAbort, { once: true });
      }
      if (timeoutMs > 0) pending.timer = setTimeout(() => this.#expire(pending, timeoutMs), timeoutMs);
      this.#pending.set(id, pending);
      const params = sink?.progress === undefined ? outgoing.params : withProgressToken(outgoing.params, id);
      this.#wire?.request({ jsonrpc: '2.0', id, method, params }, outgoing.headers);
    });
  }

  /** Sends a notification or the answer to a server's request; nothing happens when the connection is closed. */
  async send(message: RpcOneWay): Promise<void> {
    if (this.#closed === undefined) await this.#wire?.oneWay(message);
  }

  /** Takes the text of a message, or of a batch of them. `streamOf` names the request on whose stream it came. */
  receiveText(text: string, streamOf?: number): void {
    let value: unknown;
    try {
      value = parseJson(text, { maxBytes: MAX_MESSAGE_BYTES, maxDepth: DEFAULT_JSON_LIMITS.maxDepth });
    } catch (error) {
      const why = error instanceof HubError ? error.message : 'unreadable';
      this.odd.note(`${this.label} sent a message that was dropped: ${why} It begins: ${excerpt(text)}`);
      return;
    }
    if (!Array.isArray(value)) this.receive(value, streamOf);
    else for (const item of value.slice(0, MAX_BATCH)) this.receive(item, streamOf);
  }

  /** Takes a parsed message. */
  receive(value: unknown, streamOf?: number): void {
    if (this.#closed !== undefined) return;
    const message = readMessage(value);
    switch (message.kind) {
      case 'response':
        this.#settle(message.id ?? streamOf, message.reply);
        return;
      case 'notification':
        this.#notification(message.method, message.params ?? {}, streamOf);
        return;
      case 'request':
        this.#asks.take(message.id, message.method, message.params, streamOf);
        return;
      case 'invalid':
        this.odd.note(`${this.label} sent something that is not JSON-RPC 2.0: ${message.problem}.`);
        if (typeof message.id === 'number') {
          this.fail(message.id, new HubError('upstream.protocol', `${this.label} answered with ${message.problem}.`));
        }
    }
  }

  /** Ends one waiting request with an error; nothing happens when it does not wait any more. */
  fail(id: number, error: unknown): void {
    const pending = this.#release(id);
    pending?.reject(error);
  }

  /** Ends the connection: waiting and later requests are refused, `closed` is told. The first reason stays. */
  close(reason: HubError): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#asks.abortAll(reason);
    for (const id of [...this.#pending.keys()]) this.fail(id, reason);
    this.events.emit({ type: 'closed', reason: reason.message });
  }

  #refusal(signal: AbortSignal | undefined): { reason: unknown } | undefined {
    if (this.#closed !== undefined) return { reason: this.#closed };
    if (signal?.aborted) return { reason: signal.reason };
    if (this.#pending.size < this.#maxPending) return undefined;
    const message = `${this.label} already has ${this.#pending.size} requests to answer; try again later.`;
    return { reason: new HubError('upstream.overloaded', message, { retryAfterSeconds: 1 }) };
  }

  #release(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (pending.onAbort !== undefined) pending.signal?.removeEventListener('abort', pending.onAbort);
    this.#asks.callEnded(pending);
    return pending;
  }

  #giveUp(pending: Pending, why: string, reason: unknown): void {
    if (this.#release(pending.id) === undefined) return;
    this.#wire?.cancel(pending.id, why);
    pending.reject(reason);
  }

  #expire(pending: Pending, timeoutMs: number): void {
    const message = `${this.label} did not answer ${pending.method} within ${timeoutMs} ms.`;
    this.#giveUp(pending, 'The deadline has passed.', new HubError('upstream.timeout', message));
  }

  #settle(id: RpcId | undefined, reply: Reply): void {
    const pending = typeof id === 'number' ? this.#release(id) : undefined;
    if (pending === undefined) {
      // Answers to cancelled and expired requests are expected; anything else is the server's mistake.
      if (typeof id !== 'number' || id > this.#lastId || id < 1) {
        const what = 'error' in reply ? `an error (${excerpt(reply.error.message)})` : 'an answer';
        this.odd.note(`${this.label} sent ${what} that belongs to no request of the hub.`);
      }
      return;
    }
    this.#wire?.settled(pending.id);
    pending.resolve(reply);
  }

  #notification(method: string, params: JsonObject, streamOf: number | undefined): void {
    switch (method) {
      case 'notifications/progress':
        this.#progress(params);
        return;
      case 'notifications/message':
        this.#logMessage(params, streamOf);
        return;
      case 'notifications/tools/list_changed':
        this.events.emit({ type: 'toolsChanged' });
        return;
      case 'notifications/prompts/list_changed':
        this.events.emit({ type: 'promptsChanged' });
        return;
      case 'notifications/resources/list_changed':
        this.events.emit({ type: 'resourcesChanged' });
        return;
      case 'notifications/resources/updated':
        if (typeof params.uri === 'string') this.events.emit({ type: 'resourceUpdated', uri: params.uri });
        return;
      case 'notifications/cancelled':
        this.#cancelledByServer(params.requestId);
        return;
      default:
        this.#otherNotification(method, params, streamOf);
    }
  }

  #progress(params: JsonObject): void {
    const { progressToken, ...rest } = params;
    if (typeof progressToken !== 'number') return;
    this.#tell(() => this.#pending.get(progressToken)?.sink?.progress?.(rest));
  }

  #logMessage(params: JsonObject, streamOf: number | undefined): void {
    const owner = this.#ownerOf(streamOf, 'log');
    if (owner === 'none' || owner === 'several') {
      if (streamOf === undefined) this.events.emit({ type: 'log', params });
      return;
    }
    if (owner.logLevel !== undefined && isSevereEnough(params.level, owner.logLevel)) {
      this.#tell(() => owner.sink?.log?.(params));
    }
  }

  #otherNotification(method: string, params: JsonObject, streamOf: number | undefined): void {
    const subscription = isObject(params._meta) ? params._meta[META.subscriptionId] : undefined;
    const owner = this.#ownerOf(typeof subscription === 'number' ? subscription : streamOf, 'notify');
    if (owner !== 'none' && owner !== 'several') this.#tell(() => owner.sink?.notify?.(method, params));
  }

  /** A server withdraws a question of its own, or ends a subscription; ids of both sides may be equal by chance. */
  #cancelledByServer(id: unknown): void {
    if (this.#asks.withdraw(id) || typeof id !== 'number') return;
    if (this.#pending.get(id)?.method !== 'subscriptions/listen') return;
    this.fail(id, new HubError('upstream.closed', `${this.label} has ended the subscription.`));
  }

  /** The call that something from the server belongs to: the one on whose stream it came, else the only candidate. */
  #ownerOf(streamOf: number | undefined, member: keyof CallSink): Pending | 'none' | 'several' {
    if (streamOf !== undefined) {
      const pending = this.#pending.get(streamOf);
      return pending?.sink?.[member] === undefined ? 'none' : pending;
    }
    let only: Pending | undefined;
    for (const pending of this.#pending.values()) {
      if (pending.sink?.[member] === undefined) continue;
      if (only !== undefined) return 'several';
      only = pending;
    }
    return only ?? 'none';
  }

  /** A sink that throws must not end the conversation. */
  #tell(deliver: () => void): void {
    try {
      deliver();
    } catch (error) {
      this.output.line('hub', `A receiver of messages failed: ${excerpt(String(error))}`);
    }
  }
}

function withProgressToken(params: JsonObject, token: number): JsonObject {
  return { ...params, _meta: { ...(isObject(params._meta) ? params._meta : {}), progressToken: token } };
}
