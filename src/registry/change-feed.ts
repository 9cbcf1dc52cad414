import type { ChangeRecord, RegistryStore } from '../store/store.ts';

/** A part of the feed. */
export interface ChangePage {
  changes: ChangeRecord[];
  /** The number after which the next part begins; at least the one that was asked for. */
  next: number;
}

/** Changes of server entries in the order of their commits, and the wait for the coming ones. */
export interface ChangeFeed {
  /** Changes of entries after `since`, oldest first, at most `limit`. */
  read(since: number, limit: number): Promise<ChangePage>;
  /** Number of the newest change, 0 when there is none. */
  newest(): Promise<number>;
  /** Resolves when there may be a change after `since`, when the time is over, or when the signal aborts. */
  wait(since: number, timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** Looks at once whether there is something new: this process has written. */
  wake(): void;
}

/** Changes of the hub itself are skipped: so many rows are looked at in one reading, so many readings for a page. */
const BATCH = 1_000;
const MAX_BATCHES = 10;
/** Longest time without a look at the store while somebody waits; other processes may write it too. */
const POLL_MS = 1_000;

/**
 * Makes a {@link ChangeFeed} over the change log of a store. One look at the store serves all who wait.
 *
 * @param isClosing - when it gives true, nobody is let wait any longer.
 */
export function createChangeFeed(store: Pick<RegistryStore, 'changes'>, isClosing: () => boolean): ChangeFeed {
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  /** A change with this number exists, or it is 0. */
  let known = 0;

  const firstAfter = async (seq: number): Promise<number | undefined> => (await store.changes(seq, 1))[0]?.seq;

  /** Numbers only grow: the newest is found by ever longer steps, then by halving what is left. */
  const newest = async (): Promise<number> => {
    let low = known;
    let high = low;
    for (let step = 0; ; step = step * 2 + 1) {
      const found = await firstAfter(low + step);
      high = low + step;
      if (found === undefined) break;
      low = found;
    }
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = await firstAfter(middle);
      if (found === undefined) high = middle;
      else low = found;
    }
    known = Math.max(known, low);
    return known;
  };

  const look = async (): Promise<void> => {
    const before = known;
    // A store that does not answer is told to those who wait by their own reading.
    const after = await newest().catch(() => undefined);
    if (after === before && !isClosing()) return;
    for (const done of [...waiting]) done();
  };

  return {
    newest,
    async read(since, limit) {
      const changes: ChangeRecord[] = [];
      let next = since;
      for (let batch = 0; batch < MAX_BATCHES && changes.length < limit; batch++) {
        const rows = await store.changes(next, BATCH);
        for (const row of rows) {
          if (changes.length === limit) break;
          next = row.seq;
          if (row.kind === 'entry') changes.push(row);
        }
        if (rows.length < BATCH) break;
      }
      return { changes, next };
    },
    wait(since, timeoutMs, signal) {
      if (signal.aborted || known > since) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(late);
          signal.removeEventListener('abort', done);
          waiting.delete(done);
          if (waiting.size === 0) {
            clearInterval(timer);
            timer = undefined;
          }
          resolve();
        };
        const late = setTimeout(done, timeoutMs).unref();
        signal.addEventListener('abort', done, { once: true });
        waiting.add(done);
        timer ??= setInterval(() => void look(), POLL_MS).unref();
      });
    },
    wake() {
      if (waiting.size > 0) void look();
    },
  };
}
