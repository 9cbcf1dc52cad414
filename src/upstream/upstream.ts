import type { JsonObject } from '../base/json.ts';
import type { Call, Reply } from './call.ts';
import type { Era } from './era.ts';

/** What a server said of itself when it was met. */
export interface ServerDescription {
  info: JsonObject;
  /** `ServerCapabilities` as the server sent them. */
  capabilities: JsonObject;
  instructions?: string;
  protocolVersion: string;
}

/** What may happen outside any call. */
export type UpstreamEvent =
  | { type: 'toolsChanged' }
  | { type: 'promptsChanged' }
  | { type: 'resourcesChanged' }
  | { type: 'resourceUpdated'; uri: string }
  /** `params` of a log message that belongs to no call. */
  | { type: 'log'; params: JsonObject }
  /** The connection is gone and does not come back by itself; every later call is refused. Sent once, last. */
  | { type: 'closed'; reason: string };

/** Lets others hear of an upstream's events. */
export interface UpstreamEvents {
  /** Returns a function that ends the subscription. A listener that throws hurts nobody else. */
  subscribe(listener: (event: UpstreamEvent) => void): () => void;
}

/** A live thing that answers MCP requests: an HTTP endpoint, a child process, a worker, a compiled document. */
export interface Upstream {
  readonly era: Era;
  readonly description: ServerDescription;
  /**
   * Sends a call and waits for its answer. A JSON-RPC error of the server is a reply, not an exception. When
   * `call.signal` fires, the server is told to stop and the promise rejects with the signal's reason.
   *
   * @throws HubError `upstream.closed`, `upstream.timeout`, `upstream.protocol`, `upstream.refused`, `upstream.overloaded`.
   */
  request(call: Call): Promise<Reply>;
  readonly events: UpstreamEvents;
  /** Resolves while the server answers; health probes call it. Rejects as `request` does. */
  ping(timeoutMs: number): Promise<void>;
  /** Ends everything this upstream started, children included; may be called twice. Resolves when they are gone. */
  close(): Promise<void>;
}
