import type { Call, Reply } from './call.ts';
import type { Era } from './era.ts';
import type { ServerDescription } from './upstream.ts';

/** What an era makes of a connection: how calls are put into messages, and how changes are heard of. */
export interface EraSession {
  readonly era: Era;
  readonly description: ServerDescription;
  /** Sends a call in the form of this era. `headers` go with it where there are headers. */
  request(call: Call, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** Resolves when the server answers anything at all. */
  ping(timeoutMs: number): Promise<void>;
  /** Ends what runs beside the calls; may be called twice. */
  stop(): void;
}

/** How an attempt to open an era ended: the server speaks it, or it answered with an error. */
export type Opening<T> =
  | { ok: true; value: T }
  | { ok: false; error: { code: number; message: string; data?: unknown } };
