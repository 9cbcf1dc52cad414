import type { SecretStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';

/** Sealed secrets in SQL. */
export function createSecretStore(database: SqlDatabase): SecretStore {
  const { reader } = database;
  return {
    async list() {
      const rows = await reader.selectFrom('secrets').select(['name', 'updated_at']).orderBy('name').execute();
      return rows.map((row) => ({ name: row.name, updatedAt: row.updated_at }));
    },
    async get(name) {
      const row = await reader.selectFrom('secrets').select('sealed').where('name', '=', name).executeTakeFirst();
      return row?.sealed;
    },
    put: (name, sealed, updatedAt) =>
      database.transaction([name], async (trx) => {
        const value = { sealed, updated_at: updatedAt };
        await trx
          .insertInto('secrets')
          .values({ name, ...value })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(value))
          .execute();
      }),
    remove: (name) =>
      database.transaction([name], async (trx) => {
        const { numDeletedRows } = await trx.deleteFrom('secrets').where('name', '=', name).executeTakeFirstOrThrow();
        return numDeletedRows > 0n;
      }),
  };
}
