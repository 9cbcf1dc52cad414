import { HubError } from '../../base/errors.ts';

/** Runs one piece of work at a time, in the order in which it came. */
export interface WriteQueue {
  /** @throws HubError `store.unavailable` when too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when everything that was taken so far has ended. */
  idle(): Promise<void>;
}

/** Makes a {@link WriteQueue} in which at most `maxWaiting` pieces of work wait. */
export function createWriteQueue(maxWaiting: number): WriteQueue {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    async run(work) {
      if (waiting >= maxWaiting) {
        throw new HubError('store.unavailable', 'Too many writes are waiting for the database.', {
          retryAfterSeconds: 1,
        });
      }
      waiting++;
      const result = last.then(() => {
        waiting--;
        return work();
      });
      last = result.then(
        () => {},
        () => {},
      );
      return result;
    },
    idle: () => last,
  };
}
