import { HubError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { Reply } from './call.ts';
import { RPC, type RpcId, type RpcOneWay } from './json-rpc.ts';
import type { Pending } from './pending.ts';

/** What a server may ask a client for (revision 2025-11-25, client features). */
const ASK_METHODS: ReadonlySet<string> = new Set(['sampling/createMessage', 'elicitation/create', 'roots/list']);

/** Questions of one server that may wait for their answer at the same time. */
const MAX_ASKS = 256;

/** What an {@link AskDesk} works with. */
export interface AskDeskOptions {
  send(message: RpcOneWay): Promise<void>;
  /** The call to which a request of the server belongs. */
  owner(streamOf: number | undefined): Pending | 'none' | 'several';
}

/** Takes the requests of a server and gets them answered by the client behind the call to which they belong. */
export interface AskDesk {
  take(id: RpcId, method: string, params: JsonObject | undefined, streamOf: number | undefined): void;
  /** The server does not want the answer any more; false when it had not asked that. */
  withdraw(id: unknown): boolean;
  /** A call has ended: its client need not answer what was asked on its behalf. */
  callEnded(call: Pending): void;
  /** The connection has ended: nobody is left to answer to. */
  abortAll(reason: HubError): void;
}

interface Ask {
  readonly call: Pending;
  readonly controller: AbortController;
}

/** Makes the {@link AskDesk} of a connection. */
export function createAskDesk(options: AskDeskOptions): AskDesk {
  const open = new Map<RpcId, Ask>();

  const reply = (id: RpcId, answer: Reply): void => void options.send({ jsonrpc: '2.0', id, ...answer });
  const refuse = (id: RpcId, code: number, message: string): void => reply(id, { error: { code, message } });

  const ask = async (id: RpcId, method: string, params: JsonObject | undefined, call: Pending): Promise<void> => {
    const controller = new AbortController();
    const entry: Ask = { call, controller };
    open.set(id, entry);
    try {
      const answer = await call.sink?.ask?.(method, params, controller.signal);
      if (open.get(id) !== entry) return;
      if (answer === undefined) refuse(id, RPC.methodNotFound, unavailable(method));
      else reply(id, answer);
    } catch (error) {
      if (open.get(id) !== entry) return;
      refuse(id, RPC.internal, error instanceof HubError ? error.message : `The client could not answer ${method}.`);
    } finally {
      if (open.get(id) === entry) open.delete(id);
    }
  };

  const end = (id: RpcId, entry: Ask, reason: unknown): void => {
    open.delete(id);
    entry.controller.abort(reason);
  };

  return {
    take(id, method, params, streamOf) {
      if (method === 'ping') {
        reply(id, { result: {} });
        return;
      }
      if (!ASK_METHODS.has(method)) {
        refuse(id, RPC.methodNotFound, `A client does not answer ${method.slice(0, 100)}.`);
        return;
      }
      if (open.size >= MAX_ASKS) {
        refuse(id, RPC.internal, `${MAX_ASKS} requests to clients are waiting already.`);
        return;
      }
      const call = options.owner(streamOf);
      if (call === 'none') refuse(id, RPC.methodNotFound, unavailable(method));
      else if (call === 'several') {
        refuse(id, RPC.internal, `Several calls are in flight, and nothing tells which client ${method} is for.`);
      } else void ask(id, method, params, call);
    },
    withdraw(id) {
      if (typeof id !== 'number' && typeof id !== 'string') return false;
      const entry = open.get(id);
      if (entry === undefined) return false;
      end(id, entry, new HubError('request.cancelled', 'The server has withdrawn its request.'));
      return true;
    },
    callEnded(call) {
      if (open.size === 0) return;
      for (const [id, entry] of open) {
        if (entry.call !== call) continue;
        refuse(id, RPC.internal, 'The call to which this request belongs has ended.');
        end(id, entry, new HubError('request.cancelled', 'The call has ended.'));
      }
    },
    abortAll(reason) {
      for (const [id, entry] of open) end(id, entry, reason);
    },
  };
}

function unavailable(method: string): string {
  return `No call is in flight whose client could answer ${method}.`;
}
