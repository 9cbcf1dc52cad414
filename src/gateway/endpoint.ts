import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { allows } from '../auth/permissions.ts';
import type { Principal } from '../auth/principal.ts';
import { HubError, messageOf } from '../base/errors.ts';
import { type JsonValue, parseJson } from '../base/json.ts';
import type { Deployments } from '../hub/deployments.ts';
import type { Running } from '../hub/running.ts';
import type { Logger } from '../telemetry/log.ts';
import type { RpcError } from '../upstream/call.ts';
import { eraOf } from '../upstream/era.ts';
import { type RpcId, readMessage } from '../upstream/json-rpc.ts';
import { claimsModern } from './envelope.ts';
import { Exchange, MAX_BODY_BYTES } from './exchange.ts';
import { endLegacySession, serveBatch, serveLegacy, serveLegacyStream } from './legacy.ts';
import { serveModern } from './modern.ts';
import { type ClientMessage, responseOf, rpcErrorOf } from './rpc.ts';
import type { SessionSealer } from './session-token.ts';
import { Sessions } from './sessions.ts';
import type { Visit } from './visit.ts';

/** What the gateway is built from. */
export interface GatewayOptions {
  deployments: Deployments;
  sealer: SessionSealer;
  callTimeoutMs: number;
  authRequired: boolean;
  log: Logger;
}

/** Who asks: the principal, or why there is none. */
export type Caller = { principal: Principal } | { refused: HubError };

const JSON_LIMITS = { maxBytes: MAX_BODY_BYTES, maxDepth: 128 };
const MAX_BATCH = 100;
const METHODS = 'GET, POST, DELETE, OPTIONS';
const MCP_PATH = /^\/servers\/(.+)\/mcp\/?$/;

/** The MCP side of the hub: takes raw HTTP exchanges on MCP paths. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #sessions = new Sessions();
  readonly #open = new Set<Exchange>();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Whether a path (without query) belongs to the gateway. */
  handles(path: string): boolean {
    return MCP_PATH.test(path);
  }

  /** Serves one exchange; never rejects. `headers` are added to the answer (CORS). */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    caller: Caller,
    headers: Record<string, string>,
  ): Promise<void> {
    const exchange = new Exchange(request, response, randomUUID(), headers);
    this.#open.add(exchange);
    response.once('close', () => this.#open.delete(exchange));
    let id: RpcId | null = null;
    try {
      const visit = this.#admit(exchange, path, caller);
      if (request.method === 'GET') return await serveLegacyStream(visit);
      if (request.method === 'DELETE') return endLegacySession(visit);
      const body = await this.#readJson(exchange);
      if (Array.isArray(body)) return await serveBatch(visit, readBatch(body));
      const message = checkMessage(body);
      if (message.kind === 'request') id = message.id;
      await (isModern(exchange, message) ? serveModern(visit, message) : serveLegacy(visit, message));
    } catch (error) {
      this.#refuse(exchange, id, error);
    }
  }

  /** Ends the streams that would stay open for ever, so that the HTTP server can drain. */
  close(): void {
    for (const exchange of this.#open) exchange.drain();
  }

  #admit(exchange: Exchange, path: string, caller: Caller): Visit {
    const method = exchange.request.method ?? '';
    if (!['GET', 'POST', 'DELETE'].includes(method)) {
      exchange.setHeader('Allow', METHODS);
      throw new HubError('request.method', `${method} is not used here. Allowed: ${METHODS}.`);
    }
    if ('refused' in caller) throw caller.refused;
    const { principal } = caller;
    const running = this.#find(MCP_PATH.exec(path)?.[1] ?? '');
    const { slug, name } = running.deployment;
    const mayCall = allows(principal, 'call', slug) || allows(principal, 'call', name);
    if (this.#options.authRequired && !mayCall) {
      throw new HubError('auth.forbidden', `You may not use server "${slug}". It takes the permission call:${slug}.`);
    }
    return {
      exchange,
      principal,
      endpoint: slug,
      running,
      sealer: this.#options.sealer,
      sessions: this.#sessions,
      timeoutMs: this.#options.callTimeoutMs,
      rpcError: (error) => this.#rpcError(exchange, error),
    };
  }

  /** A slug, or a server name as two segments or with an encoded slash (once or, after a careless proxy, twice). */
  #find(segment: string): Running {
    let name = segment;
    try {
      for (let i = 0; i < 2 && name.includes('%'); i++) name = decodeURIComponent(name);
    } catch {
      throw new HubError('request.malformed', `"${segment.slice(0, 200)}" is not valid percent-encoding.`);
    }
    const { deployments } = this.#options;
    const running = deployments.get(name) ?? deployments.forServer(name);
    if (running === undefined) {
      throw new HubError(
        'deployment.not_found',
        `No server "${name.slice(0, 200)}" is deployed on this hub. GET /api/v1/deployments lists them.`,
      );
    }
    return running;
  }

  async #readJson(exchange: Exchange): Promise<JsonValue> {
    const type = exchange.header('content-type') ?? '';
    if (!/^application\/json\s*(;|$)/i.test(type)) {
      throw new HubError('request.media_type', `Content-Type must be application/json, not "${type.slice(0, 100)}".`);
    }
    return parseJson(await exchange.readBody(), JSON_LIMITS);
  }

  #rpcError(exchange: Exchange, error: unknown): RpcError {
    if (!(error instanceof HubError)) {
      const { stack } = error instanceof Error ? error : { stack: undefined };
      this.#options.log.error({ requestId: exchange.id, stack }, messageOf(error));
    }
    return rpcErrorOf(error, exchange.id);
  }

  #refuse(exchange: Exchange, id: RpcId | null, error: unknown): void {
    if (exchange.isOver) return;
    const status = error instanceof HubError ? error.status : 500;
    const headers: Record<string, string> = {};
    if (error instanceof HubError && error.retryAfterSeconds !== undefined) {
      headers['Retry-After'] = String(error.retryAfterSeconds);
    }
    if (status === 401) headers['WWW-Authenticate'] = 'Bearer realm="mcp-hub"';
    if (status === 413 || status === 408) headers.Connection = 'close';
    exchange.json(status, responseOf(id, { error: this.#rpcError(exchange, error) }), headers);
  }
}

/** The body decides; a modern version in the header alone is a modern client that forgot its envelope. */
function isModern(exchange: Exchange, message: ClientMessage): boolean {
  if (message.kind === 'response') return false;
  const header = exchange.header('mcp-protocol-version');
  return claimsModern(message.params ?? {}) || (header !== undefined && eraOf(header) === 'modern');
}

function readBatch(values: JsonValue[]): ClientMessage[] {
  if (values.length === 0) throw new HubError('request.malformed', 'The JSON-RPC batch is empty.');
  if (values.length > MAX_BATCH) {
    throw new HubError('request.malformed', `The batch has ${values.length} messages; at most ${MAX_BATCH} are taken.`);
  }
  return values.map(checkMessage);
}

/** @throws HubError `request.malformed` that says what is missing. */
function checkMessage(value: JsonValue): ClientMessage {
  const message = readMessage(value);
  if (message.kind !== 'invalid') return message;
  throw new HubError('request.malformed', `The body is not a JSON-RPC 2.0 message: ${message.problem}.`);
}
