import { describe, expect, it } from 'vitest';
import type { ChangeRecord } from '../store/store.ts';
import { createChangeFeed } from './change-feed.ts';

/** A change log in memory that counts how often it is read. */
function createLog(seqs: number[], kind: ChangeRecord['kind'] = 'entry') {
  const rows: ChangeRecord[] = seqs.map((seq) => ({ seq, at: '2026-01-01T00:00:00Z', kind, subject: `a/${seq}` }));
  const log = {
    rows,
    reads: 0,
    async changes(after: number, limit: number) {
      log.reads++;
      return rows.filter(({ seq }) => seq > after).slice(0, limit);
    },
  };
  return log;
}
const never = new AbortController().signal;
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the newest change', () => {
  it.each([[[]], [[1]], [[7]], [numbers(1, 2)], [[1, 5, 6, 90, 1000]], [numbers(1, 300)], [numbers(500, 777)]])(
    'is found in a log with gaps %#',
    async (seqs) => {
      expect(await createChangeFeed(createLog(seqs), () => false).newest()).toBe(seqs.at(-1) ?? 0);
    },
  );

  it('is found in a long log without reading it, and known afterwards', async () => {
    const log = createLog(numbers(1, 100_000));
    const feed = createChangeFeed(log, () => false);
    expect(await feed.newest()).toBe(100_000);
    expect(log.reads).toBeLessThan(60);
    log.reads = 0;
    expect(await feed.newest()).toBe(100_000);
    expect(log.reads).toBe(1);
  });
});

describe('a reading', () => {
  it('gives changes in order, and the place where the next begins', async () => {
    const feed = createChangeFeed(createLog(numbers(1, 5)), () => false);
    const first = await feed.read(1, 2);
    expect([first.changes.map(({ seq }) => seq), first.next]).toEqual([[2, 3], 3]);
    const last = await feed.read(first.next, 10);
    expect([last.changes.map(({ seq }) => seq), last.next]).toEqual([[4, 5], 5]);
    expect(await feed.read(5, 10)).toEqual({ changes: [], next: 5 });
    expect(await feed.read(99, 10)).toEqual({ changes: [], next: 99 });
  });

  it('steps over what is not of the catalogue', async () => {
    const log = createLog(numbers(1, 2500), 'deployment');
    log.rows.push({ seq: 2501, at: '', kind: 'entry', subject: 'a/b' });
    expect(await createChangeFeed(log, () => false).read(0, 10)).toMatchObject({
      changes: [{ seq: 2501 }],
      next: 2501,
    });
  });
});

describe('a wait', () => {
  it('ends when something was written', async () => {
    const log = createLog([1]);
    const feed = createChangeFeed(log, () => false);
    await feed.newest();
    const waits = [feed.wait(1, 60_000, never), feed.wait(1, 60_000, never)];
    log.rows.push({ seq: 2, at: '', kind: 'entry', subject: 'a/b' });
    feed.wake();
    await Promise.all(waits);
  });

  it('does not begin when something newer is known', async () => {
    const feed = createChangeFeed(createLog([1, 2]), () => false);
    await feed.newest();
    await feed.wait(1, 60_000, never);
  });

  it('ends when another process has written, without being told', async () => {
    const log = createLog([]);
    const feed = createChangeFeed(log, () => false);
    const wait = feed.wait(0, 60_000, never);
    log.rows.push({ seq: 1, at: '', kind: 'entry', subject: 'a/b' });
    await wait;
  });

  it('ends with its signal, with its time, and when the hub stops', async () => {
    let closing = false;
    const feed = createChangeFeed(createLog([]), () => closing);
    const client = new AbortController();
    const left = feed.wait(0, 60_000, client.signal);
    client.abort();
    await left;
    await feed.wait(0, 1, never);
    const stopped = feed.wait(0, 60_000, never);
    closing = true;
    feed.wake();
    await stopped;
  });
});
