import { randomUUID } from 'node:crypto';
import { stableStringify } from '../../base/json.ts';
import type { EntryTransaction, ServerDocument, ServerEntry } from '../../store/entry.ts';
import { compareInstants } from '../instant.ts';
import { writeVersions } from '../latest.ts';
import { isSameDocument, MAX_VERSIONS, newEntry } from '../publish.ts';
import type { RowFacts } from './row.ts';

/** A row that passed all checks. */
export interface CheckedRow {
  index: number;
  document: ServerDocument;
  facts: RowFacts;
}

/** What became of a row. */
export type Outcome =
  | { index: number; result: 'imported' | 'updated' | 'unchanged' }
  | { index: number; result: 'skipped'; reason: string };

/** What the rows of one run share. */
export interface ApplyContext {
  now(): string;
  /** Whether another version than `owner` (`name@version`) has this id, in the store or in this run. */
  isIdTaken(id: string, owner: string): Promise<boolean>;
}

/** Writes the rows of one server name, all in one transaction. */
export async function applyRows(
  context: ApplyContext,
  tx: EntryTransaction,
  name: string,
  rows: readonly CheckedRow[],
): Promise<Outcome[]> {
  const before = await tx.versions();
  const spelling = before.length === 0 ? await tx.spelling() : name;
  if (spelling !== undefined && spelling !== name) {
    const reason = `the name differs only in case from the server '${spelling}'`;
    return rows.map(({ index }) => ({ index, result: 'skipped', reason }));
  }
  const now = context.now();
  const after = new Map(before.map((entry) => [entry.version, entry]));
  const outcomes: Outcome[] = [];
  for (const row of rows) {
    const { index, document } = row;
    const stored = after.get(document.version);
    if (stored === undefined && after.size >= MAX_VERSIONS) {
      outcomes.push({ index, result: 'skipped', reason: `the server has ${MAX_VERSIONS} versions already` });
      continue;
    }
    const wanted = stored === undefined ? await freshEntry(context, row, now) : changedEntry(stored, row, now);
    if (wanted !== stored) after.set(document.version, wanted);
    outcomes.push({ index, result: stored === undefined ? 'imported' : wanted === stored ? 'unchanged' : 'updated' });
  }
  // A copy of another registry keeps its dates, also where a later row takes the latest flag from an earlier one.
  const areDated = rows.every(({ facts }) => facts.updatedAt !== undefined);
  await writeVersions(tx, before, [...after.values()], now, areDated);
  return outcomes;
}

async function freshEntry(context: ApplyContext, { document, facts }: CheckedRow, now: string): Promise<ServerEntry> {
  const { id, ...rest } = facts;
  const owner = `${document.name}@${document.version}`;
  const publishedAt = facts.publishedAt ?? now;
  const updatedAt = facts.updatedAt ?? facts.publishedAt ?? now;
  return {
    ...newEntry(document, now),
    publishedAt,
    updatedAt,
    statusChangedAt: publishedAt,
    ...rest,
    id: id !== undefined && !(await context.isIdTaken(id, owner)) ? id : randomUUID(),
  };
}

/** The stored row when it says the same, else the row as it is to be. What the new row does not tell stays. */
function changedEntry(stored: ServerEntry, { document, facts }: CheckedRow, now: string): ServerEntry {
  const { id: _, updatedAt, ...told } = facts;
  const hasStatus = told.status !== undefined;
  const wanted: ServerEntry = { ...stored, ...told, document };
  // A row that tells a status and no message says that there is none.
  if (hasStatus && told.statusMessage === undefined) delete wanted.statusMessage;
  const isNewer = updatedAt !== undefined && compareInstants(updatedAt, stored.updatedAt) > 0;
  if (!isNewer && isSameEntry(stored, wanted)) return stored;
  return { ...wanted, updatedAt: updatedAt ?? now };
}

function isSameEntry(a: ServerEntry, b: ServerEntry): boolean {
  return (
    isSameDocument(a.document, b.document) &&
    a.status === b.status &&
    a.statusMessage === b.statusMessage &&
    compareInstants(a.statusChangedAt, b.statusChangedAt) === 0 &&
    compareInstants(a.publishedAt, b.publishedAt) === 0 &&
    stableStringify(a.meta) === stableStringify(b.meta)
  );
}
