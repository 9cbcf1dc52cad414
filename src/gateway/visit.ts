import type { Principal } from '../auth/principal.ts';
import type { Running } from '../hub/running.ts';
import type { RpcError } from '../upstream/call.ts';
import type { Exchange } from './exchange.ts';
import type { SessionSealer } from './session-token.ts';
import type { Sessions } from './sessions.ts';

/** One exchange on its way: who came, to which server, with what at hand. */
export interface Visit {
  readonly exchange: Exchange;
  readonly principal: Principal;
  /** What sessions are bound to: the slug of the deployment. */
  readonly endpoint: string;
  readonly running: Running;
  readonly sealer: SessionSealer;
  readonly sessions: Sessions;
  readonly timeoutMs: number;
  /** The JSON-RPC form of an error; unknown ones are logged and told without detail. */
  rpcError(error: unknown): RpcError;
}
