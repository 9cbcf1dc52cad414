import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { HubError, messageOf } from '../base/errors.ts';
import type { HubConfig } from '../config/config.ts';
import type { Gateway } from '../gateway/endpoint.ts';
import type { Logger } from '../telemetry/log.ts';
import { createGuards, type Guards } from './guards.ts';
import type { Caller, RequestAuth } from './request-auth.ts';

/** What the HTTP server is built from. */
export interface HttpServerOptions {
  config: HubConfig;
  gateway: Gateway;
  /** Everything that is not MCP. */
  app: { fetch(request: Request, env?: object): Response | Promise<Response> };
  auth: RequestAuth;
  log: Logger;
}

/** Largest request head: names, versions, sessions and tokens fit with room to spare. */
const MAX_HEADER_BYTES = 32 * 1024;
const MAX_HEADERS = 100;
/** A connection whose head or body does not arrive in this time is closed (slow clients must not hold the hub). */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 65_000;
const DRAIN_POLL_MS = 50;

const MCP_ALLOW_HEADERS =
  'Authorization, Content-Type, Accept, Mcp-Session-Id, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Last-Event-ID';
const MCP_EXPOSE_HEADERS = 'Mcp-Session-Id, WWW-Authenticate, Retry-After';

/** The hub's HTTP side: listens, guards, hands MCP paths to the gateway as raw exchanges and the rest to the routes. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #guards: Guards;
  readonly #server: Server;
  readonly #routes: (request: IncomingMessage, response: ServerResponse) => Promise<void>;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#guards = createGuards(options.config);
    this.#routes = getRequestListener((request, env) => options.app.fetch(request, env), {
      overrideGlobalObjects: false,
    });
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: IDLE_TIMEOUT_MS,
      },
      (request, response) => void this.#take(request, response),
    );
    this.#server.maxHeadersCount = MAX_HEADERS;
  }

  /** Begins to listen. @returns the port, which the system chose when the configuration says 0. */
  async listen(): Promise<number> {
    const { host, port } = this.#options.config.api;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'EADDRINUSE' ? 'another process listens there' : messageOf(error);
        const hint = 'Choose another port with --port, MCP_HUB_API_PORT or api.port.';
        reject(new HubError('config.bad_value', `Cannot listen on ${host}:${port}: ${why}. ${hint}`, { cause: error }));
      });
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops taking connections, lets requests in flight finish for at most `timeoutMs`, then closes what is left. */
  async close(timeoutMs: number): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#options.gateway.close();
    const idle = setInterval(() => this.#server.closeIdleConnections(), DRAIN_POLL_MS);
    const cut = setTimeout(() => this.#server.closeAllConnections(), timeoutMs);
    this.#server.closeIdleConnections();
    await closed;
    clearInterval(idle);
    clearTimeout(cut);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    try {
      if (!this.#server.listening) response.setHeader('Connection', 'close');
      if (this.#options.gateway.handles(path)) await this.#serveMcp(request, response, path);
      else await this.#routes(request, response);
    } catch (error) {
      this.#options.log.error({ path }, `request failed: ${messageOf(error)}`);
      if (!response.headersSent) response.writeHead(500).end();
      else response.destroy();
    }
  }

  async #serveMcp(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { host, origin, authorization } = request.headers;
    const refused = this.#guards.checkHost(host) ?? this.#guards.checkOrigin(origin, host, true);
    const headers: Record<string, string> = {};
    if (refused === undefined && origin !== undefined) {
      headers['Access-Control-Allow-Origin'] = origin;
      headers.Vary = 'Origin';
      headers['Access-Control-Expose-Headers'] = MCP_EXPOSE_HEADERS;
    }
    if (refused === undefined && request.method === 'OPTIONS') {
      headers['Access-Control-Allow-Methods'] = 'GET, POST, DELETE, OPTIONS';
      headers['Access-Control-Allow-Headers'] = allowedHeaders(request);
      headers['Access-Control-Max-Age'] = '600';
      response.writeHead(204, headers).end();
      return;
    }
    const caller: Caller =
      refused === undefined
        ? await this.#options.auth.identify(authorization, this.#options.config.auth.required)
        : { refused };
    await this.#options.gateway.handle(request, response, path, caller, headers);
  }
}

/** Clients may mirror any tool argument into an `Mcp-Param-*` header, so those are allowed by name when asked for. */
function allowedHeaders(request: IncomingMessage): string {
  const asked = String(request.headers['access-control-request-headers'] ?? '').split(/\s*,\s*/);
  return [MCP_ALLOW_HEADERS, ...asked.filter((name) => /^mcp-param-[a-z0-9_-]+$/i.test(name))].join(', ');
}
