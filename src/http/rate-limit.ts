import { isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { HubError } from '../base/errors.ts';
import { problemResponse } from './problem.ts';

/** How often one client may ask. */
export interface RateLimit {
  /** Requests in a minute over time; 0 switches the limit off. */
  perMinute: number;
  /** Requests that may come at once. */
  burst: number;
}

/** Counts requests. */
export interface RateLimiter {
  /** Counts a request of a client. @returns the seconds to wait when it is one too many, 0 when it may go on. */
  take(client: string): number;
}

/** Most clients that are remembered; the one that was seen first is forgotten for a new one. */
const MAX_CLIENTS = 10_000;
const MINUTE_MS = 60_000;
/** Instants are fractions of milliseconds, and their sums are not exact. */
const ROUNDING_MS = 0.01;

/**
 * Makes a {@link RateLimiter}. Of each client it keeps one number: the instant at which its allowance is whole again
 * (the generic cell rate algorithm).
 *
 * @param now - milliseconds that only grow.
 */
export function createRateLimiter(limit: RateLimit, now: () => number = () => performance.now()): RateLimiter {
  const interval = MINUTE_MS / limit.perMinute;
  const allowance = interval * limit.burst;
  const fullAt = new Map<string, number>();
  return {
    take(client) {
      const at = now();
      const next = Math.max(fullAt.get(client) ?? at, at) + interval;
      const wait = next - allowance - at;
      if (wait > ROUNDING_MS) return Math.ceil(wait / 1000);
      fullAt.delete(client);
      fullAt.set(client, next);
      if (fullAt.size > MAX_CLIENTS) forget(fullAt);
      return 0;
    },
  };
}

function forget(fullAt: Map<string, number>): void {
  const [oldest] = fullAt.keys();
  if (oldest !== undefined) fullAt.delete(oldest);
}

/**
 * Refuses requests of a client that asks too often with 429 and `Retry-After`; a client is an IPv4 address or an IPv6
 * network of 64 bits. Pages of any origin may read the refusal, as they may read the registry.
 */
export function withRateLimit(limit: RateLimit): MiddlewareHandler {
  if (limit.perMinute === 0) return (_, next) => next();
  const limiter = createRateLimiter(limit);
  return async (c, next) => {
    const wait = limiter.take(clientOf(c));
    if (wait === 0) return next();
    const answer = problemResponse(
      new HubError(
        'request.rate_limited',
        `Too many requests: at most ${limit.perMinute} a minute. Ask again in ${wait} s, or raise api.rateLimit.`,
        { retryAfterSeconds: wait },
      ),
    );
    answer.headers.set('access-control-allow-origin', '*');
    answer.headers.set('access-control-expose-headers', 'Retry-After');
    return answer;
  };
}

function clientOf(c: Context): string {
  const { address = '' } = getConnInfo(c).remote;
  const bare = address.replace(/^::ffff:/i, '');
  return isIPv6(bare) ? networkOf(bare) : bare;
}

/** The first four groups of an IPv6 address: one customer has them all. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - groups.length - last.length).fill('0');
  return [...groups, ...zeros, ...last].slice(0, 4).join(':');
}
