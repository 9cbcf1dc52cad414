import { isObject, type JsonObject } from '../base/json.ts';
import type { Reply, RpcError } from './call.ts';

/** JSON-RPC error codes that the hub itself answers with. */
export const RPC = { methodNotFound: -32601, internal: -32603 } as const;

/** A JSON-RPC id as MCP allows it. */
export type RpcId = string | number;

/** A message after a look at its shape; what is inside `params` and `result` is unchecked. */
export type RpcMessage =
  | { kind: 'request'; id: RpcId; method: string; params: JsonObject | undefined }
  | { kind: 'notification'; method: string; params: JsonObject | undefined }
  /** `id` is null when the sender could not tell which request it refuses. */
  | { kind: 'response'; id: RpcId | null; reply: Reply }
  /** Not JSON-RPC 2.0. `id` is given when the message at least names a request. */
  | { kind: 'invalid'; id: RpcId | undefined; problem: string };

function isId(value: unknown): value is RpcId {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

/** Sorts a parsed value into request, notification or response (JSON-RPC 2.0, sections 4 and 5). */
export function readMessage(value: unknown): RpcMessage {
  if (!isObject(value)) return { kind: 'invalid', id: undefined, problem: 'not a JSON object' };
  const { id, method, params, result, error } = value;
  const known = isId(id) ? id : undefined;
  if (value.jsonrpc !== '2.0') return { kind: 'invalid', id: known, problem: 'no "jsonrpc": "2.0"' };
  if (method !== undefined) {
    if (typeof method !== 'string') return { kind: 'invalid', id: undefined, problem: '"method" is not a string' };
    if (params !== undefined && !isObject(params)) {
      return { kind: 'invalid', id: undefined, problem: `the "params" of ${method.slice(0, 100)} are not an object` };
    }
    return known === undefined
      ? { kind: 'notification', method, params }
      : { kind: 'request', id: known, method, params };
  }
  if (isObject(result) && known !== undefined) return { kind: 'response', id: known, reply: { result } };
  if (isObject(error)) return { kind: 'response', id: known ?? null, reply: { error: readError(error) } };
  return { kind: 'invalid', id: known, problem: 'neither "method", nor an object as "result" or "error"' };
}

function readError(error: JsonObject): RpcError {
  return {
    code: typeof error.code === 'number' ? error.code : RPC.internal,
    message: typeof error.message === 'string' ? error.message : 'No message was given.',
    ...(error.data === undefined ? {} : { data: error.data }),
  };
}

/** A request of the hub to a server. */
export interface RpcRequest {
  jsonrpc: '2.0';
  id: number;
  method: string;
  params: JsonObject;
}

/** Anything the hub sends that awaits no answer: a notification, or the answer to a server's own request. */
export type RpcOneWay =
  | { jsonrpc: '2.0'; method: string; params?: JsonObject }
  | { jsonrpc: '2.0'; id: RpcId; result: JsonObject }
  | { jsonrpc: '2.0'; id: RpcId; error: RpcError };

/** Methods whose repetition changes nothing at the server, so that a lost one may be sent again. */
const SAFE_METHODS: ReadonlySet<string> = new Set([
  'ping',
  'server/discover',
  'tools/list',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'completion/complete',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

/** Whether a request may be repeated without harm when nobody knows if it arrived. */
export function isSafeToRepeat(method: string): boolean {
  return SAFE_METHODS.has(method);
}
