import { HubError } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import type { RpcError } from '../upstream/call.ts';

/** A JSON-RPC id as MCP allows it. */
export type RpcId = string | number;

/** A JSON-RPC message after a look at its shape; anything inside `params` and `result` is unchecked. */
export type RpcMessage =
  | { kind: 'request'; id: RpcId; method: string; params: JsonObject }
  | { kind: 'notification'; method: string; params: JsonObject }
  | { kind: 'response'; id: RpcId; reply: { result: JsonObject } | { error: RpcError } };

const isId = (value: unknown): value is RpcId =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));

/** Sorts a parsed value into request, notification or response; undefined when it is none of them (JSON-RPC 2.0). */
export function readMessage(value: unknown): RpcMessage | undefined {
  if (!isObject(value) || value.jsonrpc !== '2.0') return undefined;
  const { id, method, params = {}, result, error } = value;
  if (typeof method === 'string') {
    if (!isObject(params)) return undefined;
    if (id === undefined) return { kind: 'notification', method, params };
    return isId(id) ? { kind: 'request', id, method, params } : undefined;
  }
  if (!isId(id)) return undefined;
  if (isObject(result)) return { kind: 'response', id, reply: { result } };
  if (isObject(error) && typeof error.code === 'number') {
    const { code, message, data } = error;
    return {
      kind: 'response',
      id,
      reply: {
        error: { code, message: typeof message === 'string' ? message : '', ...(data === undefined ? {} : { data }) },
      },
    };
  }
  return undefined;
}

/** A response message that carries a result or an error. */
export function responseOf(id: RpcId | null, reply: { result: JsonObject } | { error: RpcError }): JsonObject {
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
