import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Reply, RpcError } from '../upstream/call.ts';
import { META } from '../upstream/era.ts';
import type { ServerDescription } from '../upstream/upstream.ts';

/** Results that carry `ttlMs` and `cacheScope` in the modern era. */
const CACHEABLE: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'server/discover',
]);

/** A legacy server's answer in the form that a modern client expects. */
export function toModern(method: string, reply: Reply, server: ServerDescription): Reply {
  if ('error' in reply) return { error: toModernError(reply.error) };
  const { result } = reply;
  const meta = isObject(result._meta) ? result._meta : {};
  return {
    result: {
      ...(method === 'tools/list' ? withoutExecution(result) : result),
      resultType: result.resultType ?? 'complete',
      ...(CACHEABLE.has(method) && { ttlMs: result.ttlMs ?? 0, cacheScope: result.cacheScope ?? 'private' }),
      _meta: { ...meta, [META.serverInfo]: meta[META.serverInfo] ?? server.info },
    },
  };
}

/** `execution` describes the experimental tasks of 2025-11-25, which modern clients do not know. */
function withoutExecution(result: JsonObject): JsonObject {
  if (!Array.isArray(result.tools)) return result;
  const tools = result.tools.map((tool): JsonValue => {
    if (!isObject(tool) || tool.execution === undefined) return tool;
    const { execution, ...rest } = tool;
    return rest;
  });
  return { ...result, tools };
}

const RESOURCE_NOT_FOUND_LEGACY = -32002;

function toModernError(error: RpcError): RpcError {
  return error.code === RESOURCE_NOT_FOUND_LEGACY ? { ...error, code: -32602 } : error;
}

/** Modern codes that speak about the hub's own request; a legacy client did nothing wrong when they occur. */
const HOP_ERRORS: ReadonlySet<number> = new Set([-32020, -32022]);

/** A modern server's answer in the form that a legacy client expects. */
export function toLegacy(method: string, reply: Reply): Reply {
  if ('error' in reply) {
    return { error: HOP_ERRORS.has(reply.error.code) ? { ...reply.error, code: -32603 } : reply.error };
  }
  const { resultType, ttlMs, cacheScope, ...result } = reply.result;
  if (isObject(result._meta) && META.serverInfo in result._meta) {
    const { [META.serverInfo]: _, ...meta } = result._meta;
    if (Object.keys(meta).length === 0) delete result._meta;
    else result._meta = meta;
  }
  if (method === 'tools/call') return { result: withObjectContent(result) };
  if (method === 'tools/list') return { result: withObjectSchemas(result) };
  return { result };
}

/** Legacy `structuredContent` is always an object: other values are wrapped as `{result: …}` and repeated as text. */
function withObjectContent(result: JsonObject): JsonObject {
  const { structuredContent } = result;
  if (structuredContent === undefined || isObject(structuredContent)) return result;
  const content = Array.isArray(result.content) ? result.content : [];
  const text: JsonValue = { type: 'text', text: JSON.stringify(structuredContent) };
  return {
    ...result,
    structuredContent: { result: structuredContent },
    content: content.length === 0 ? [text] : content,
  };
}

function withObjectSchemas(result: JsonObject): JsonObject {
  if (!Array.isArray(result.tools)) return result;
  const tools = result.tools.map((tool): JsonValue => {
    if (!isObject(tool) || !isObject(tool.outputSchema) || tool.outputSchema.type === 'object') return tool;
    const { $defs, ...schema } = tool.outputSchema;
    const wrapped: JsonObject = { type: 'object', properties: { result: schema }, required: ['result'] };
    return { ...tool, outputSchema: $defs === undefined ? wrapped : { ...wrapped, $defs } };
  });
  return { ...result, tools };
}

/** Capabilities of a server as a client of the other era may see them. */
export function toModernCapabilities(capabilities: JsonObject): JsonObject {
  const { tasks, ...rest } = capabilities;
  return rest;
}

/** Extensions are declared in the modern era only. */
export function toLegacyCapabilities(capabilities: JsonObject): JsonObject {
  const { extensions, ...rest } = capabilities;
  return rest;
}
