import type { Principal } from '../auth/principal.ts';
import type { JsonObject } from '../base/json.ts';

/** A JSON-RPC error object as it stands on the wire. */
export interface RpcError {
  code: number;
  message: string;
  data?: unknown;
}

/** The parsed answer to a call. */
export type Reply = { result: JsonObject } | { error: RpcError };

/** What the calling client said of itself, in the handshake (legacy) or in the request's envelope (modern). */
export interface ClientContext {
  protocolVersion: string;
  info?: JsonObject;
  capabilities: JsonObject;
  /** Sealed session of a legacy client, when there is one: upstreams that keep state per client key it by this. */
  sessionId?: string;
}

/** Takes what an upstream sends before its answer. An absent member means that the client cannot take it. */
export interface CallSink {
  /** `params` of notifications/progress without the token: the gateway knows the client's own. */
  progress?(params: JsonObject): void;
  /** `params` of notifications/message. */
  log?(params: JsonObject): void;
  /** Any other notification that belongs to this call. */
  notify?(method: string, params: JsonObject | undefined): void;
  /**
   * A request of the server to the client: `sampling/createMessage`, `elicitation/create`, `roots/list`.
   * `signal` fires when the server withdraws it or when the call it belongs to has ended.
   */
  ask?(method: string, params: JsonObject | undefined, signal?: AbortSignal): Promise<Reply>;
}

/**
 * One request on its way to an upstream, free of any era's framing: `params` holds no reserved
 * `io.modelcontextprotocol/*` key and no progress token; upstreams add what their own era needs.
 */
export interface Call {
  readonly method: string;
  readonly params: JsonObject;
  readonly principal: Principal;
  readonly client: ClientContext;
  /** Fires when the client has gone or has cancelled; the upstream's work stops. */
  readonly signal?: AbortSignal;
  /** Longest wait for the answer in milliseconds. */
  readonly timeoutMs: number;
  /** Minimum level of log messages the client asked for with this call; absent: none. */
  readonly logLevel?: string;
  readonly sink?: CallSink;
}
