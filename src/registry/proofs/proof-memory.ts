import type { ProofContext } from './proof.ts';

/** How long an origin that did not answer is left alone. */
const SILENCE_MS = 60_000;
/** Most things that are remembered of each kind. */
const MAX_REMEMBERED = 200;

type Memory = Pick<ProofContext, 'remember' | 'isSilent' | 'noteSilence'>;

/**
 * What proofs remember between publishes: answers that may be used again, and origins that do not answer. Only an
 * impatient check leaves such an origin alone; a check that decides tries again.
 */
export function createProofMemory(now: () => number = () => performance.now()): (isImpatient: boolean) => Memory {
  const values = new Map<string, { value: unknown; until: number }>();
  const silent = new Map<string, number>();
  const keep = <V>(map: Map<string, V>, key: string, value: V): void => {
    map.delete(key);
    map.set(key, value);
    const [oldest] = map.keys();
    if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
  };
  const remember: Memory['remember'] = async <T>(key: string, ttlMs: number, make: () => Promise<T>): Promise<T> => {
    const kept = values.get(key);
    if (kept !== undefined && kept.until > now()) return kept.value as T;
    const value = await make();
    keep(values, key, { value, until: now() + ttlMs });
    return value;
  };
  return (isImpatient) => ({
    remember,
    isSilent: (origin) => isImpatient && (silent.get(origin) ?? 0) > now(),
    noteSilence: (origin) => keep(silent, origin, now() + SILENCE_MS),
  });
}
