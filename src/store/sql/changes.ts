import type { Kysely, Transaction } from 'kysely';
import type { ChangeRecord } from '../store.ts';
import type { Tables } from './schema.ts';

/** Most rows of one reading. */
const MAX_CHANGES = 10_000;
/** Rows of one statement that inserts many. */
const ROWS_PER_STATEMENT = 500;

/** Adds to the change feed, within the transaction that makes the changes. */
export async function appendChanges(
  trx: Transaction<Tables>,
  kind: ChangeRecord['kind'],
  subjects: readonly string[],
  clock: () => Date,
): Promise<void> {
  const at = clock().toISOString();
  for (let start = 0; start < subjects.length; start += ROWS_PER_STATEMENT) {
    const part = subjects.slice(start, start + ROWS_PER_STATEMENT);
    await trx
      .insertInto('changes')
      .values(part.map((subject) => ({ at, kind, subject })))
      .execute();
  }
}

/** The changes after `afterSeq`, oldest first. */
export async function readChanges(db: Kysely<Tables>, afterSeq: number, limit: number): Promise<ChangeRecord[]> {
  return db
    .selectFrom('changes')
    .select(['seq', 'at', 'kind', 'subject'])
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(Math.max(0, Math.min(limit, MAX_CHANGES)))
    .execute();
}
