import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { HubError } from '../../base/errors.ts';
import type { SqlDatabase, SqlWords } from './database.ts';

/** One step of the schema. Once released it never changes; what is to be different comes in the next one. */
export interface Migration {
  /** `NNNN-what`, in ascending order. */
  name: string;
  statements(words: SqlWords): readonly string[];
}

const BOOKKEEPING = `create table if not exists migrations (
  name text not null primary key,
  hash text not null,
  applied_at text not null
)`;

/**
 * Brings the schema up to date: applies what is missing, in order, each in its own transaction. Two hubs may do so at
 * once; one works, the other waits and finds it done.
 *
 * @returns Names of the migrations that were applied now.
 * @throws HubError `store.unsupported` when the database was made by a newer version or by other statements.
 */
export async function migrate(
  database: SqlDatabase,
  migrations: readonly Migration[],
  clock: () => Date,
): Promise<string[]> {
  await runInLock(database, async (trx) => {
    await sql.raw(BOOKKEEPING).execute(trx);
  });
  const known = new Set(migrations.map(({ name }) => name));
  const applied = await database.reader.selectFrom('migrations').select('name').orderBy('name').execute();
  const foreign = applied.find(({ name }) => !known.has(name));
  if (foreign !== undefined) {
    throw new HubError(
      'store.unsupported',
      `The database has the schema step "${foreign.name}", which this version does not know: a newer version made it. Start that version, or restore a backup.`,
    );
  }
  const done: string[] = [];
  for (const migration of migrations) {
    if (await applyOnce(database, migration, clock)) done.push(migration.name);
  }
  return done;
}

function runInLock<T>(database: SqlDatabase, work: Parameters<typeof database.transaction<T>>[1]): Promise<T> {
  return database.transaction(['migrations'], work);
}

function applyOnce(database: SqlDatabase, migration: Migration, clock: () => Date): Promise<boolean> {
  const statements = migration.statements(database.words);
  const hash = hashOf(statements);
  return runInLock(database, async (trx) => {
    const row = await trx.selectFrom('migrations').select('hash').where('name', '=', migration.name).executeTakeFirst();
    if (row !== undefined) {
      if (row.hash === hash) return false;
      throw new HubError(
        'store.unsupported',
        `The schema step "${migration.name}" of the database was made by other statements than this version has. Start the version that made it, or restore a backup.`,
      );
    }
    for (const statement of statements) await sql.raw(statement).execute(trx);
    await trx
      .insertInto('migrations')
      .values({ name: migration.name, hash, applied_at: clock().toISOString() })
      .execute();
    return true;
  });
}

/** White space does not count, so that a statement may be indented anew. */
function hashOf(statements: readonly string[]): string {
  const text = statements.map((statement) => statement.replace(/\s+/g, ' ').trim()).join(';\n');
  return createHash('sha256').update(text).digest('hex');
}
