import { HubError } from '../base/errors.ts';
import { createEventStreamParser } from '../base/event-stream.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { hubVersion } from '../telemetry/version.ts';
import type { RpcError } from '../upstream/call.ts';
import { META, MODERN_VERSIONS } from '../upstream/era.ts';
import { readMessage } from '../upstream/json-rpc.ts';
import { standardHeaders } from '../upstream/param-headers.ts';
import { isErrorCode } from './failure.ts';
import { type HubHttp, parseAnswer, problemOf, wholeText } from './hub-http.ts';

/** A tool as its server describes it. */
export interface Tool extends JsonObject {
  name: string;
  title?: string;
  description?: string;
  inputSchema?: JsonObject;
}

/** Takes what comes before the answer. */
export interface CallListener {
  signal?: AbortSignal;
  /** `params` of notifications/progress. */
  onProgress?(params: JsonObject): void;
}

/** Speaks MCP (2026-07-28) to one server behind the hub. Every call rejects with a HubError. */
export interface McpClient {
  /** All tools, page by page. */
  tools(signal?: AbortSignal): Promise<Tool[]>;
  /** The result as the server gave it, also when it says `isError`. */
  call(tool: string, args: JsonObject, listener?: CallListener): Promise<JsonObject>;
}

const VERSION = MODERN_VERSIONS[0] ?? '';
const MAX_PAGES = 1000;
const PROGRESS_TOKEN = 1;

/** Makes a {@link McpClient} for a slug or a server name. */
export function createMcpClient(http: HubHttp, server: string): McpClient {
  const envelope = {
    [META.protocolVersion]: VERSION,
    [META.clientInfo]: { name: 'mcp-hub', version: hubVersion() },
    [META.clientCapabilities]: {},
  };

  const request = async (method: string, params: JsonObject, listener: CallListener): Promise<JsonObject> => {
    const _meta = { ...envelope, ...(listener.onProgress && { progressToken: PROGRESS_TOKEN }) };
    const { status, contentType, chunks } = await http.stream({
      method: 'POST',
      path: `/servers/${encodeURIComponent(server)}/mcp`,
      headers: {
        accept: 'application/json, text/event-stream',
        ...standardHeaders(method, params, VERSION),
      },
      body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } },
      signal: listener.signal,
    });
    if (contentType.startsWith('text/event-stream')) return readStream(chunks, listener);
    const text = await wholeText(chunks);
    const message = readMessage(tryParse(text));
    if (message.kind === 'response') return resultOf(message.reply);
    throw status < 300
      ? new HubError('upstream.protocol', `The answer of ${server} is no JSON-RPC response.`)
      : problemOf(status, text, http.url);
  };

  return {
    async tools(signal) {
      const tools: Tool[] = [];
      let cursor: JsonValue | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const params = cursor === undefined ? {} : { cursor };
        const result = await request('tools/list', params, signal === undefined ? {} : { signal });
        if (Array.isArray(result.tools)) tools.push(...result.tools.filter(isTool));
        cursor = result.nextCursor ?? undefined;
        if (cursor === undefined) return tools;
      }
      throw new HubError('upstream.protocol', `${server} has more than ${MAX_PAGES} pages of tools.`);
    },
    call: (tool, args, listener = {}) => request('tools/call', { name: tool, arguments: args }, listener),
  };
}

async function readStream(chunks: AsyncIterable<string>, listener: CallListener): Promise<JsonObject> {
  let reply: { result: JsonObject } | { error: RpcError } | undefined;
  const parser = createEventStreamParser((event) => {
    const message = readMessage(tryParse(event.data));
    if (message.kind === 'response') reply ??= message.reply;
    if (message.kind === 'notification' && message.method === 'notifications/progress') {
      listener.onProgress?.(message.params ?? {});
    }
  });
  for await (const chunk of chunks) {
    parser.push(chunk);
    if (reply !== undefined) return resultOf(reply);
  }
  throw new HubError('upstream.closed', 'The hub ended the stream before the answer.');
}

function resultOf(reply: { result: JsonObject } | { error: RpcError }): JsonObject {
  if ('result' in reply) return reply.result;
  const { code, message, data } = reply.error;
  const hubCode = isObject(data) ? data.code : undefined;
  if (isErrorCode(hubCode)) throw new HubError(hubCode, message);
  const known = code === -32601 ? 'protocol.method_not_found' : code === -32602 ? 'protocol.invalid_params' : undefined;
  if (known !== undefined && message !== '') throw new HubError(known, message);
  throw new HubError(known ?? 'upstream.refused', `${message || 'The server refused.'} [${code}]`);
}

function isTool(value: JsonValue): value is Tool {
  return isObject(value) && typeof value.name === 'string';
}

function tryParse(text: string): JsonValue {
  try {
    return parseAnswer(text, '');
  } catch {
    return null;
  }
}
