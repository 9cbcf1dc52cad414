import { expect, it } from 'vitest';
import { backoffDelay, createLimiter } from './limiter.ts';

it('never runs more than its limit, in order, and goes on after failures', async () => {
  const limiter = createLimiter(2);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const work = (n: number) =>
    limiter
      .run(async () => {
        order.push(n);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        if (n % 3 === 0) throw new Error('on purpose');
        return n;
      })
      .catch(() => -1);
  const first = Array.from({ length: 10 }, (_, n) => work(n));
  await first[0];
  const late = work(10);
  const results = await Promise.all([...first, late]);
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(results).toEqual([-1, 1, 2, -1, 4, 5, -1, 7, 8, -1, 10]);
});

it('waits longer each time, up to the longest wait', () => {
  const backoff = { delayMs: 100, factor: 3, maxDelayMs: 1_000 };
  expect([1, 2, 3, 4].map((attempt) => backoffDelay(backoff, attempt))).toEqual([100, 300, 900, 1_000]);
});
