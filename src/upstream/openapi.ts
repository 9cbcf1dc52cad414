import { HubError } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import type { Net, Trust } from '../net/net.ts';
import type { CompiledApi, CompiledTool } from '../openapi/compile.ts';
import { createRedactor } from '../openapi/redact.ts';
import { toErrorResult, toToolResult } from '../openapi/response.ts';
import { type Credential, planCredentials, secretsOf } from '../openapi/security.ts';
import { cleanText } from '../openapi/text.ts';
import type { Call, Reply } from './call.ts';
import { META, MODERN_VERSIONS } from './era.ts';
import { createEventHub } from './event-hub.ts';
import { createApiSender, type PreparedTool } from './openapi-send.ts';
import type { ServerDescription, Upstream } from './upstream.ts';

/** What an OpenAPI upstream is made of. */
export interface OpenApiUpstreamOptions {
  api: CompiledApi;
  /** Where each tool's requests go: an absolute http(s) URL, and whose word it is. */
  serverOf(tool: CompiledTool): { baseUrl: string; trust: Trust };
  net: Net;
  /** Sent with every request; values, not references. */
  headers: Readonly<Record<string, string>>;
  /** Values, not references. */
  credentials: readonly Credential[];
  /** Further texts that must not be seen in an answer, e.g. header values that came from secrets. */
  secrets?: readonly string[];
}

/** Calls that one upstream has in flight at most; more are refused. */
export const MAX_CALLS_IN_FLIGHT = 256;
const MAX_INSTRUCTIONS = 2000;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;

/** What a server without resources and prompts says when it is asked all the same. */
const EMPTY_LISTS: Readonly<Record<string, string>> = {
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
  'prompts/list': 'prompts',
};

/**
 * Makes an upstream of a compiled document: `tools/call` becomes an HTTP request of the API. Whatever keeps the API from
 * answering (bad arguments, network, timeout, an error status) is a result with `isError` that a model can act on.
 */
export function createOpenApiUpstream(options: OpenApiUpstreamOptions): Upstream {
  const { api, net } = options;
  const redact = createRedactor([...secretsOf(options.credentials), ...(options.secrets ?? [])]);
  const sender = createApiSender(net);
  const tools = new Map(api.tools.map((tool) => [tool.name, prepare(tool, options)]));
  const description = describe(api);
  /** A modern server names itself in every result. */
  const complete = (result: JsonObject): Reply => {
    const meta = isObject(result._meta) ? result._meta : {};
    return { result: { ...result, resultType: 'complete', _meta: { ...meta, [META.serverInfo]: description.info } } };
  };
  const list = freezeList(api.tools, complete);
  const events = createEventHub();
  const inFlight = new Set<AbortController>();
  let closing: Promise<void> | undefined;
  let isSuspect = false;

  const closedError = (): HubError => new HubError('upstream.closed', `The connection to ${api.info.title} is closed.`);

  /** Runs one exchange that ends with the caller, and with this upstream. */
  const guarded = async <T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    if (inFlight.size >= MAX_CALLS_IN_FLIGHT) {
      throw new HubError(
        'upstream.overloaded',
        `${api.info.title} has ${MAX_CALLS_IN_FLIGHT} calls in flight already; call again in a moment.`,
        { retryAfterSeconds: 1 },
      );
    }
    const controller = new AbortController();
    const forward = (): void => controller.abort(signal?.reason);
    inFlight.add(controller);
    signal?.addEventListener('abort', forward, { once: true });
    try {
      return await work(controller.signal);
    } finally {
      inFlight.delete(controller);
      signal?.removeEventListener('abort', forward);
    }
  };

  const callTool = async (call: Call): Promise<Reply> => {
    const { name, arguments: given = {} } = call.params;
    const prepared = typeof name === 'string' ? tools.get(name) : undefined;
    if (prepared === undefined)
      return refusal(`Unknown tool: ${typeof name === 'string' ? cleanText(name, 100) : 'its name is no text'}`);
    if (!isObject(given)) return refusal('The arguments of a tool are an object.');
    const { tool } = prepared;
    const checked = tool.check(given);
    if (!checked.ok) return complete(problemsResult(tool, checked.problems));
    const built = tool.build(checked.values);
    if (!built.ok) return complete(problemsResult(tool, built.problems));
    return guarded(call.signal, async (signal) => {
      try {
        const sent = await sender.send(prepared, built.request, { signal, timeoutMs: call.timeoutMs });
        isSuspect = false;
        const context = { method: tool.method, url: sent.url, redact, output: tool.output };
        return complete(toToolResult(sent.response, context));
      } catch (error) {
        if (signal.aborted || !(error instanceof HubError)) throw error;
        if (error.code !== 'net.too_large') isSuspect = true;
        return complete(toErrorResult(redact(explainFailure(error))));
      }
    });
  };

  return {
    era: 'modern',
    description,
    events,
    async request(call) {
      if (closing !== undefined) throw closedError();
      call.signal?.throwIfAborted();
      if (call.method === 'tools/call') return callTool(call);
      if (call.method === 'tools/list') return list;
      if (call.method === 'ping') return complete({});
      const empty = EMPTY_LISTS[call.method];
      if (empty !== undefined) return complete({ [empty]: [], ttlMs: 0, cacheScope: 'private' });
      return { error: { code: METHOD_NOT_FOUND, message: `Method not found: ${call.method}` } };
    },
    /** A compiled document always answers. Only after a call met no API is the network tried: probes cost quota. */
    async ping(timeoutMs) {
      if (closing !== undefined) throw closedError();
      const [prepared] = tools.values();
      if (!isSuspect || prepared === undefined) return;
      await guarded(undefined, (signal) => sender.probe(prepared, { signal, timeoutMs }));
      isSuspect = false;
    },
    close() {
      closing ??= (async () => {
        for (const controller of inFlight) controller.abort(closedError());
        await sender.close();
        events.emit({ type: 'closed', reason: 'closed by the hub' });
      })();
      return closing;
    },
  };
}

/** Everything about a tool's requests that does not depend on the arguments. */
function prepare(tool: CompiledTool, options: OpenApiUpstreamOptions): PreparedTool {
  const { baseUrl, trust } = options.serverOf(tool);
  const url = new URL(baseUrl);
  const fixed: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers)) fixed[name.toLowerCase()] = value;
  return {
    tool,
    origin: url.origin,
    host: url.host,
    trust,
    basePath: url.pathname.replace(/\/+$/, ''),
    baseQuery: url.search.slice(1),
    fixed,
    credentials: planCredentials(tool.security, options.api.securitySchemes, options.credentials),
  };
}

function describe({ info }: CompiledApi): ServerDescription {
  const title = cleanText(info.title, 200) || 'API';
  const instructions = info.description === undefined ? '' : cleanText(info.description, MAX_INSTRUCTIONS);
  return {
    info: { name: title, title, version: cleanText(info.version, 100) || '0' },
    capabilities: { tools: {} },
    ...(instructions === '' ? {} : { instructions }),
    protocolVersion: MODERN_VERSIONS[0] ?? '',
  };
}

/** The list is built once; freezing shows whoever would change what all callers share. */
function freezeList(tools: readonly CompiledTool[], complete: (result: JsonObject) => Reply): Reply {
  const definitions = tools.map(({ definition }) => Object.freeze(definition));
  Object.freeze(definitions);
  const reply = complete({ tools: definitions, ttlMs: 0, cacheScope: 'private' });
  if ('result' in reply) Object.freeze(reply.result);
  return Object.freeze(reply);
}

function refusal(message: string): Reply {
  return { error: { code: INVALID_PARAMS, message } };
}

function problemsResult(tool: CompiledTool, problems: readonly string[]): JsonObject {
  const lines = problems.map((problem) => `- ${problem}`).join('\n');
  return toErrorResult(`${tool.name} was not called, because of its arguments:\n${lines}`);
}

function explainFailure(error: HubError): string {
  const advice: Partial<Record<HubError['code'], string>> = {
    'net.timeout': 'Whether the API did what was asked is not known.',
    'net.unreachable': 'The API may be down; the same call may work later.',
    'net.too_large': 'Ask for less: a smaller page, fewer fields, a narrower filter.',
  };
  return [error.message, advice[error.code]].filter((part) => part !== undefined).join(' ');
}
