import { Worker } from 'node:worker_threads';
import { messageOf } from '../base/errors.ts';
import type { JsonValue } from '../base/json.ts';

/** Bounds for a YAML text. */
export interface YamlLimits {
  /** Size of the result as JSON, in UTF-16 units. */
  maxBytes: number;
  maxDepth: number;
  /** Values after aliases are written out. */
  maxValues: number;
}

/** How often an anchor may be used before the text counts as an attempt to exhaust memory. */
const MAX_ALIASES = 10_000;
/** What the parser's thread may use. Real documents of several megabytes need a quarter of it. */
const MAX_HEAP_MB = 1024;
const MAX_TIME_MS = 20_000;
const MAX_REASON = 200;

/**
 * Reads YAML 1.2 into JSON values, in a thread of its own: a large text does not hold up the event loop, and a hostile
 * one meets limits of memory and time. Never rejects; a text that cannot be read comes back as the reason, with line
 * and column where there are any. When `signal` fires, the thread ends.
 */
export async function parseYaml(
  source: string,
  limits: YamlLimits,
  signal?: AbortSignal,
): Promise<{ value: JsonValue } | { reason: string }> {
  const worker = new Worker(new URL('./yaml-worker.mjs', import.meta.url), {
    workerData: { source, maxAliases: MAX_ALIASES, ...limits },
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    // Nothing of the hub's surroundings is of use there.
    env: {},
    execArgv: [],
  });
  try {
    const { json, reason } = await answerOf(worker, signal);
    if (json === undefined) return { reason: (reason ?? 'the parser gave up').slice(0, MAX_REASON) };
    return { value: JSON.parse(json) as JsonValue };
  } catch (error) {
    return { reason: messageOf(error).slice(0, MAX_REASON) };
  } finally {
    await worker.terminate();
  }
}

function answerOf(worker: Worker, signal: AbortSignal | undefined): Promise<{ json?: string; reason?: string }> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => done({ reason: `it could not be read within ${MAX_TIME_MS / 1000} seconds` }),
      MAX_TIME_MS,
    );
    const done = (answer: { json?: string; reason?: string }): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve(answer);
    };
    const giveUp = (): void => done({ reason: 'it was given up' });
    worker.once('message', done);
    worker.once('error', (error) => {
      const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      done({ reason: isMemory ? `reading it takes more than ${MAX_HEAP_MB} MB of memory` : messageOf(error) });
    });
    worker.once('exit', () => done({ reason: 'the parser ended without an answer' }));
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}
