import { describe, expect, it } from 'vitest';
import { createWriteQueue } from './write-queue.ts';

describe('createWriteQueue', () => {
  it('runs one piece of work at a time, in order, and goes on after a failure', async () => {
    const queue = createWriteQueue(10);
    const order: string[] = [];
    const work = (label: string) => async (): Promise<string> => {
      order.push(`${label}+`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${label}-`);
      if (label === 'b') throw new Error('no');
      return label;
    };
    const results = await Promise.allSettled(['a', 'b', 'c'].map((label) => queue.run(work(label))));
    expect(order).toEqual(['a+', 'a-', 'b+', 'b-', 'c+', 'c-']);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('refuses work when too much waits, and takes it again later', async () => {
    const queue = createWriteQueue(1);
    const { promise: gate, open } = (() => {
      let release = (): void => {};
      const promise = new Promise<void>((resolve) => {
        release = resolve;
      });
      return { promise, open: () => release() };
    })();
    const running = queue.run(() => gate);
    await Promise.resolve();
    const waiting = queue.run(async () => 'waited');
    await expect(queue.run(async () => 'too much')).rejects.toMatchObject({
      code: 'store.unavailable',
      retryAfterSeconds: 1,
    });
    open();
    await running;
    expect(await waiting).toBe('waited');
    expect(await queue.run(async () => 'again')).toBe('again');
  });

  it('is idle when all that it has taken has ended, well or not', async () => {
    const queue = createWriteQueue(10);
    await queue.idle();
    let ended = 0;
    const works = [1, 2, 3].map((n) =>
      queue.run(async () => {
        ended++;
        if (n === 3) throw new Error('no');
      }),
    );
    const settled = Promise.allSettled(works);
    await queue.idle();
    expect(ended).toBe(3);
    await settled;
  });
});
