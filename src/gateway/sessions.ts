import { randomUUID } from 'node:crypto';
import { HubError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { Reply } from '../upstream/call.ts';
import type { RpcId } from '../upstream/json-rpc.ts';
import type { Exchange } from './exchange.ts';
import { notificationOf } from './rpc.ts';
import type { SessionClaims } from './session-token.ts';

/** What a legacy session has in memory: work in flight, questions to the client, open streams. */
export interface Session {
  readonly claims: SessionClaims;
  /** Level set by `logging/setLevel`. */
  logLevel?: string;
  /** Requests in flight by the client's id, for `notifications/cancelled`. */
  readonly inFlight: Map<RpcId, AbortController>;
  /** Questions to the client that wait for its answer, by the hub's id. */
  readonly asks: Map<RpcId, (reply: Reply) => void>;
  /** Open GET streams. */
  readonly streams: Set<Exchange>;
  /** Resources whose updates the client asked for. */
  readonly subscriptions: Set<string>;
  usedAt: number;
}

/** Sessions that are remembered; a forgotten one comes back empty with its next request. */
const MAX_SESSIONS = 10_000;
/** How long a client may think about a question. */
const ASK_TIMEOUT_MS = 10 * 60_000;

/** The live part of all legacy sessions of this process. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #ended = new Map<string, number>();

  /** The live session of claims; made when it is not there. Undefined when it was ended by DELETE. */
  of(claims: SessionClaims): Session | undefined {
    if (this.#ended.has(claims.id)) return undefined;
    const known = this.#sessions.get(claims.id);
    const session = known ?? {
      claims,
      inFlight: new Map(),
      asks: new Map(),
      streams: new Set(),
      subscriptions: new Set(),
      usedAt: 0,
    };
    session.usedAt = Date.now();
    if (known === undefined) {
      this.#makeRoom();
      this.#sessions.set(claims.id, session);
    }
    return session;
  }

  /** Ends a session: its streams close, its work is cancelled, its token is no longer taken. */
  end(session: Session): void {
    this.#sessions.delete(session.claims.id);
    this.#ended.set(session.claims.id, Date.now());
    if (this.#ended.size > MAX_SESSIONS) this.#ended.delete(this.#ended.keys().next().value as string);
    for (const controller of session.inFlight.values()) controller.abort(cancelled('The client ended its session.'));
    for (const stream of session.streams) stream.end();
  }

  #makeRoom(): void {
    if (this.#sessions.size < MAX_SESSIONS) return;
    const idle = [...this.#sessions.values()]
      .filter(({ streams, inFlight }) => streams.size === 0 && inFlight.size === 0)
      .sort((a, b) => a.usedAt - b.usedAt);
    for (const session of idle.slice(0, MAX_SESSIONS / 10)) this.#sessions.delete(session.claims.id);
  }
}

/** The reason with which a client's cancellation ends a call. */
export function cancelled(why: string): HubError {
  return new HubError('request.cancelled', why);
}

/** Asks the client something on the stream of the call that wants to know, and waits for the answer it posts. */
export function askClient(
  session: Session,
  exchange: Exchange,
  method: string,
  params: JsonObject | undefined,
): Promise<Reply> {
  const id = `hub-${randomUUID()}`;
  return new Promise((resolve) => {
    const finish = (reply: Reply): void => {
      clearTimeout(timer);
      session.asks.delete(id);
      exchange.signal.removeEventListener('abort', onGone);
      resolve(reply);
    };
    const refuse = (message: string): void => finish({ error: { code: -32000, message } });
    const onGone = (): void => refuse('The client has gone.');
    const timer = setTimeout(
      () => refuse(`The client did not answer within ${ASK_TIMEOUT_MS / 1000} s.`),
      ASK_TIMEOUT_MS,
    );
    timer.unref();
    exchange.signal.addEventListener('abort', onGone, { once: true });
    session.asks.set(id, finish);
    exchange.event({ ...notificationOf(method, params), id });
  });
}
