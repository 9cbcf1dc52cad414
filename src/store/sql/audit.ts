import type { AuditRecord } from '../store.ts';
import type { SqlDatabase } from './database.ts';

/** Most rows of one reading. */
const MAX_AUDIT_ROWS = 10_000;

/** Adds a line to the audit trail. */
export function appendAudit(database: SqlDatabase, record: AuditRecord): Promise<void> {
  const { at, actor, action, target, result, detail = null } = record;
  return database.transaction(['audit'], async (trx) => {
    await trx.insertInto('audit').values({ at, actor, action, target, result, detail }).execute();
  });
}

/** The newest lines first. */
export async function readAudit(database: SqlDatabase, limit: number): Promise<AuditRecord[]> {
  const rows = await database.reader
    .selectFrom('audit')
    .select(['at', 'actor', 'action', 'target', 'result', 'detail'])
    .orderBy('seq', 'desc')
    .limit(Math.max(0, Math.min(limit, MAX_AUDIT_ROWS)))
    .execute();
  return rows.map(({ detail, ...record }) => (detail === null ? record : { ...record, detail }));
}
