import type { Dispatcher } from 'undici';
import { ACCEPT_ENCODING } from '../net/decode.ts';
import { type ExchangeLimits, exchange } from '../net/exchange.ts';
import type { Net, Trust } from '../net/net.ts';
import type { CompiledTool } from '../openapi/compile.ts';
import type { ToolRequest } from '../openapi/request.ts';
import type { ToolResponse } from '../openapi/response.ts';
import type { CredentialPlan } from '../openapi/security.ts';
import { USER_AGENT } from './client-identity.ts';

/** A tool with everything about its requests that does not depend on arguments. */
export interface PreparedTool {
  readonly tool: CompiledTool;
  readonly origin: string;
  readonly host: string;
  readonly trust: Trust;
  /** Without a slash at its end. */
  readonly basePath: string;
  readonly baseQuery: string;
  /** The operator's headers, names in lower case. */
  readonly fixed: Readonly<Record<string, string>>;
  readonly credentials: CredentialPlan;
}

/** What one call may cost. */
export interface SendLimits {
  signal: AbortSignal;
  timeoutMs: number;
}

/** Sends the requests of one API over its own connection pools. */
export interface ApiSender {
  /**
   * `url` names the request without its credentials.
   *
   * @throws HubError `net.*`; the signal's reason.
   */
  send(tool: PreparedTool, request: ToolRequest, limits: SendLimits): Promise<{ response: ToolResponse; url: string }>;
  /** Resolves when the API answers with anything. */
  probe(tool: PreparedTool, limits: SendLimits): Promise<void>;
  close(): Promise<void>;
}

/** Largest answer that is taken, in bytes. */
export const MAX_ANSWER_BYTES: number = 10 * 1024 * 1024;
/** Redirects followed on reading requests. */
const MAX_REDIRECTS = 3;

/** Makes an {@link ApiSender}. Each origin has a pool of its own, so that one slow host does not hold up another. */
export function createApiSender(net: Net): ApiSender {
  const pools = new Map<string, Dispatcher>();

  const poolFor = ({ origin, trust }: PreparedTool): Dispatcher => {
    const key = `${trust} ${origin}`;
    const known = pools.get(key);
    if (known !== undefined) return known;
    const pool = net.pool(origin, trust);
    pools.set(key, pool);
    return pool;
  };

  const toHeaders = (tool: PreparedTool, request: ToolRequest): Record<string, string> => {
    const headers: Record<string, string> = {
      'user-agent': USER_AGENT,
      'accept-encoding': ACCEPT_ENCODING,
      ...request.headers,
      ...tool.fixed,
      ...tool.credentials.headers,
    };
    // A body's own type holds, and a multipart one its boundary.
    const contentType = request.headers['content-type'];
    if (contentType !== undefined) headers['content-type'] = contentType;
    const cookies = [...request.cookies, ...tool.credentials.cookies];
    if (cookies.length > 0)
      headers.cookie = [headers.cookie, ...cookies].filter((pair) => pair !== undefined).join('; ');
    return headers;
  };

  const send: ApiSender['send'] = async (tool, request, { signal, timeoutMs }) => {
    const shownQuery = [tool.baseQuery, ...request.query].filter((pair) => pair !== '').join('&');
    const query = [shownQuery, ...tool.credentials.query].filter((pair) => pair !== '').join('&');
    const path = tool.basePath + request.path;
    const url = `${tool.origin}${path}${shownQuery === '' ? '' : `?${shownQuery}`}`;
    const headers = toHeaders(tool, request);
    const limits: ExchangeLimits = { timeoutMs, maxBytes: MAX_ANSWER_BYTES, signal, host: tool.host };
    const response = await exchange(
      poolFor(tool),
      {
        path: query === '' ? path : `${path}?${query}`,
        method: request.method,
        headers,
        ...(request.body === undefined ? {} : { body: request.body }),
      },
      limits,
    );
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || response.headers.location === undefined || response.status < 300 || response.status > 399) {
      return { response, url };
    }
    return { response: await followRedirect(tool, request.method, response, url, headers, limits), url };
  };

  /** On the API's own origin with everything, elsewhere like a stranger: no credentials, public addresses only. */
  const followRedirect = async (
    tool: PreparedTool,
    method: string,
    first: ToolResponse,
    from: string,
    headers: Record<string, string>,
    limits: ExchangeLimits,
  ): Promise<ToolResponse> => {
    let response = first;
    let current = from;
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const target = parseLocation(response.headers.location ?? '', current);
      const isRedirect = [301, 302, 303, 307, 308].includes(response.status);
      if (!isRedirect || response.headers.location === undefined || target === undefined) return response;
      if (target.origin !== tool.origin) {
        const { accept = '*/*' } = headers;
        const { timeoutMs, maxBytes, signal } = limits;
        const answer = await net.fetch({
          url: target.href,
          method,
          headers: { accept, 'user-agent': USER_AGENT },
          trust: 'public',
          timeoutMs,
          maxBytes,
          maxRedirects: MAX_REDIRECTS,
          ...(signal === undefined ? {} : { signal }),
        });
        return { ...answer, statusText: '', body: Buffer.from(answer.body) };
      }
      current = target.href;
      response = await exchange(poolFor(tool), { path: target.pathname + target.search, method, headers }, limits);
    }
    return response;
  };

  return {
    send,
    async probe(tool, { signal, timeoutMs }) {
      const headers = { 'user-agent': USER_AGENT, ...tool.fixed };
      const limits = { timeoutMs, maxBytes: MAX_ANSWER_BYTES, signal, host: tool.host };
      await exchange(poolFor(tool), { path: tool.basePath || '/', method: 'HEAD', headers }, limits);
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}

function parseLocation(location: string, from: string): URL | undefined {
  return URL.canParse(location, from) ? new URL(location, from) : undefined;
}
