import { HubError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { Reply, RpcError } from '../upstream/call.ts';
import type { RpcId, RpcMessage } from '../upstream/json-rpc.ts';

/** A message of a client that is JSON-RPC. */
export type ClientMessage = Exclude<RpcMessage, { kind: 'invalid' }>;

/** A response message that carries a result or an error. */
export function responseOf(id: RpcId | null, reply: Reply): JsonObject {
  return { jsonrpc: '2.0', id, ...reply } as JsonObject;
}

/** A notification message. */
export function notificationOf(method: string, params: JsonObject | undefined): JsonObject {
  return params === undefined ? { jsonrpc: '2.0', method } : { jsonrpc: '2.0', method, params };
}

/** The JSON-RPC error object of anything thrown; what is not a HubError tells nothing but a request id. */
export function rpcErrorOf(error: unknown, requestId: string): RpcError {
  if (error instanceof HubError) {
    return { code: error.rpcCode, message: error.message, data: { code: error.code, ...error.data } };
  }
  return { code: -32603, message: `Internal error. Request id: ${requestId}`, data: { code: 'internal', requestId } };
}
