import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { createRateLimiter, withRateLimit } from './rate-limit.ts';

describe('the limiter', () => {
  it('lets a burst through, then says how long to wait, then gives back one request for each interval', () => {
    let now = 1000;
    const limiter = createRateLimiter({ perMinute: 6, burst: 3 }, () => now);
    expect([1, 2, 3, 4, 5].map(() => limiter.take('a'))).toEqual([0, 0, 0, 10, 10]);
    now += 9_999;
    expect(limiter.take('a')).toBe(1);
    now += 1;
    expect([limiter.take('a'), limiter.take('a')]).toEqual([0, 10]);
    now += 600_000;
    expect([1, 2, 3, 4].map(() => limiter.take('a'))).toEqual([0, 0, 0, 10]);
  });

  it('counts each client alone', () => {
    const limiter = createRateLimiter({ perMinute: 1, burst: 1 }, () => 0);
    expect([limiter.take('a'), limiter.take('b'), limiter.take('a')]).toEqual([0, 0, 60]);
  });

  it('remembers a bounded number of clients, and forgets the one that was quiet longest', () => {
    const limiter = createRateLimiter({ perMinute: 1, burst: 1 }, () => 0);
    for (let client = 0; client <= 10_000; client++) limiter.take(String(client));
    expect([limiter.take('10000'), limiter.take('0')]).toEqual([60, 0]);
  });
});

describe('the middleware', () => {
  const start = (perMinute: number): Hono => {
    const app = new Hono();
    app.use(withRateLimit({ perMinute, burst: 1 }));
    app.get('/', (c) => c.text('ok'));
    return app;
  };
  const ask = async (app: Hono, remoteAddress: string): Promise<number> =>
    (await app.request('/', {}, { incoming: { socket: { remoteAddress } } })).status;

  it('answers 429 as a problem with Retry-After that every page may read', async () => {
    const app = start(1);
    const env = { incoming: { socket: { remoteAddress: '192.0.2.1' } } };
    await app.request('/', {}, env);
    const answer = await app.request('/', {}, env);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('retry-after')).toBe('60');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toMatchObject({
      status: 429,
      title: 'Too Many Requests',
      code: 'request.rate_limited',
    });
  });

  it.each([
    ['one IPv4 address in both spellings', '192.0.2.1', '::ffff:192.0.2.1', 429],
    ['two IPv4 addresses', '192.0.2.1', '192.0.2.2', 200],
    ['two addresses of one IPv6 network', '2001:db8:1:2::1', '2001:db8:1:2:a:b:c:d', 429],
    ['two IPv6 networks', '2001:db8:1:2::1', '2001:db8:1:3::1', 200],
    ['a short and a long spelling of one network', '2001:db8::1', '2001:db8:0:0:9:9:9:9', 429],
  ])('sees %s', async (_, first, second, status) => {
    const app = start(1);
    expect([await ask(app, first), await ask(app, second)]).toEqual([200, status]);
  });

  it('does nothing when it is off', async () => {
    const app = start(0);
    for (let i = 0; i < 5; i++) expect(await ask(app, '192.0.2.1')).toBe(200);
  });
});
