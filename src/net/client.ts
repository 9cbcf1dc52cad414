import type { SecureContext } from 'node:tls';
import { Agent, type buildConnector, Pool } from 'undici';
import { withDeadline } from '../base/abort.ts';
import { HubError } from '../base/errors.ts';
import { parseAllowList } from './allow-list.ts';
import { createConnector } from './connector.ts';
import { ACCEPT_ENCODING } from './decode.ts';
import { type ExchangeLimits, exchange } from './exchange.ts';
import type { Net, NetRequest, NetResponse, Trust } from './net.ts';
import { type Hop, nextHop } from './redirect.ts';
import { parseTarget } from './target.ts';

/** What {@link createNet} needs to know. */
export interface NetOptions {
  /** `net.allow`: host names, `*.suffix`, addresses and networks that everybody's requests may reach. */
  allow: readonly string[];
  /** Sent as `user-agent` when a request names none. */
  userAgent: string;
  /** What TLS trusts, see `loadTrust`; absent: what Node.js trusts. */
  secureContext?: SecureContext | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const DEFAULT_MAX_REDIRECTS = 5;
/** Sockets that one pool, or one host of `fetch`, may hold open. */
const MAX_POOL_CONNECTIONS = 1024;
const MAX_FETCH_CONNECTIONS = 16;

/**
 * Makes the hub's way out. Connections made with trust `public` and with trust `operator` are never shared.
 *
 * @throws HubError `config.bad_value` when an entry of `allow` cannot be understood.
 */
export function createNet(options: NetOptions): Net {
  const allow = parseAllowList(options.allow);
  const connector = (trust: Trust) => createConnector(trust, allow, undefined, options.secureContext);
  const agents = { operator: createAgent(connector('operator')), public: createAgent(connector('public')) };
  const pools = new Set<Pool>();
  let closed = false;
  const assertOpen = (): void => {
    if (closed) throw new HubError('hub.closing', 'The hub is closing; no more requests go out.');
  };

  const follow = async (request: NetRequest, limits: ExchangeLimits): Promise<NetResponse> => {
    const maxRedirects = request.maxRedirects ?? DEFAULT_MAX_REDIRECTS;
    let hop = firstHop(request, options.userAgent);
    for (let redirects = 0; ; redirects++) {
      const answer = await exchange(
        agents[hop.trust],
        {
          origin: hop.url.origin,
          path: hop.url.pathname + hop.url.search,
          method: hop.method,
          headers: hop.headers,
          ...(hop.body === undefined ? {} : { body: hop.body }),
        },
        { ...limits, host: hop.url.host },
      );
      const next = maxRedirects === 0 ? undefined : nextHop(hop, answer);
      if (next === undefined) {
        return { status: answer.status, headers: answer.headers, body: answer.body, url: hop.url.href };
      }
      if (redirects >= maxRedirects) {
        throw new HubError(
          'net.too_many_redirects',
          `${request.method ?? 'GET'} ${hop.url.origin} was redirected more than ${maxRedirects} times.`,
        );
      }
      hop = next;
    }
  };

  return {
    async fetch(request) {
      assertOpen();
      const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
      const host = parseTarget(request.url).host;
      const limits = { timeoutMs, maxBytes: request.maxBytes ?? DEFAULT_MAX_BYTES, host };
      return withDeadline(timeoutMs, 'net.timeout', `The request to ${host}`, request.signal, (signal) =>
        follow(request, { ...limits, signal }),
      );
    },
    pool(origin, trust) {
      assertOpen();
      const pool = new Pool(parseTarget(origin).origin, {
        connect: connector(trust),
        connections: MAX_POOL_CONNECTIONS,
        pipelining: 1,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      for (const old of pools) if (old.closed || old.destroyed) pools.delete(old);
      pools.add(pool);
      return pool;
    },
    async close() {
      if (closed) return;
      closed = true;
      await Promise.all([agents.operator, agents.public, ...pools].map((dispatcher) => dispatcher.destroy()));
      pools.clear();
    },
  };
}

function createAgent(connect: buildConnector.connector): Agent {
  return new Agent({ connect, connections: MAX_FETCH_CONNECTIONS, pipelining: 1 });
}

function firstHop(request: NetRequest, userAgent: string): Hop {
  const headers: Record<string, string> = { 'user-agent': userAgent, 'accept-encoding': ACCEPT_ENCODING };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  return {
    url: parseTarget(request.url),
    method: (request.method ?? 'GET').toUpperCase(),
    headers,
    body: request.body,
    trust: request.trust,
  };
}
