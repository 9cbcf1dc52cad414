/** Runs at most `limit` pieces of work at once; the rest wait in order. */
export interface Limiter {
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Makes a {@link Limiter}. */
export function createLimiter(limit: number): Limiter {
  let running = 0;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    // The slot goes straight to the one who waited longest; somebody new cannot slip in between.
    if (next !== undefined) next();
    else running--;
  };
  return {
    async run(work) {
      if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
      else running++;
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}

/** How retries spread: the first waits `delayMs`, each next `factor` times longer, never more than `maxDelayMs`. */
export interface Backoff {
  delayMs: number;
  factor: number;
  maxDelayMs: number;
}

/** The wait before retry number `attempt` (1 is the first retry), in milliseconds. */
export function backoffDelay(backoff: Backoff, attempt: number): number {
  return Math.min(backoff.maxDelayMs, backoff.delayMs * backoff.factor ** Math.max(0, attempt - 1));
}
