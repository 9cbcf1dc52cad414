import type { EntryTransaction, ServerEntry } from '../store/entry.ts';
import { compareInstants } from './instant.ts';
import { compareVersions } from './versions.ts';

/**
 * The version that is latest: the highest of those that are not deleted, or of all when all are deleted. Of equal
 * ones the older stays (registry-api.md, section 6, with the repair of quirk 6.5).
 */
export function pickLatest(entries: readonly ServerEntry[]): ServerEntry | undefined {
  const visible = entries.filter((entry) => entry.status !== 'deleted');
  let best: ServerEntry | undefined;
  for (const entry of visible.length > 0 ? visible : entries) {
    if (best === undefined || outranks(entry, best)) best = entry;
  }
  return best;
}

function outranks(entry: ServerEntry, best: ServerEntry): boolean {
  const order =
    compareVersions(entry, best) ||
    compareInstants(best.publishedAt, entry.publishedAt) ||
    (entry.version < best.version ? 1 : -1);
  return order > 0;
}

/**
 * Writes the versions of one server as they are to be, with `isLatest` set anew. A row whose flag flips gets `now` as
 * `updatedAt`, so that followers of `updated_since` see both ends of the flip (section 13.4).
 *
 * @param before - what the transaction holds now.
 * @param after - what it is to hold; rows that did not change are the same objects as in `before`.
 * @param keepsDates - whether `updatedAt` stays as it is even when a flag flips.
 * @returns the rows as written, in the order of `after`.
 */
export async function writeVersions(
  tx: EntryTransaction,
  before: readonly ServerEntry[],
  after: readonly ServerEntry[],
  now: string,
  keepsDates = false,
): Promise<ServerEntry[]> {
  const latest = pickLatest(after);
  const wanted = after.map((entry) => {
    const isLatest = entry === latest;
    if (entry.isLatest === isLatest) return entry;
    return { ...entry, isLatest, updatedAt: keepsDates ? entry.updatedAt : now };
  });
  const old = new Map(before.map((entry) => [entry.version, entry]));
  for (const entry of before) {
    if (!after.some((kept) => kept.version === entry.version)) await tx.remove(entry.version);
  }
  // The store keeps the flag unique at every step: whoever loses it is written before the one who gets it.
  const inOrder = [...wanted].sort((a, b) => Number(a.isLatest) - Number(b.isLatest));
  for (const entry of inOrder) {
    const kept = old.get(entry.version);
    if (kept === undefined) await tx.insert(entry);
    else if (kept !== entry) await tx.update(entry);
  }
  return wanted;
}

/** Newest publication first; of equal dates the higher version first (registry-api.md, section 4.2). */
export function newestFirst(entries: readonly ServerEntry[]): ServerEntry[] {
  return [...entries].sort(
    (a, b) =>
      compareInstants(b.publishedAt, a.publishedAt) || compareVersions(b, a) || (a.version < b.version ? 1 : -1),
  );
}
