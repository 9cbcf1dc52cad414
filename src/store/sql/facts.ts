import type { FactStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';

/** The hub's own facts in SQL. */
export function createFactStore(database: SqlDatabase): FactStore {
  return {
    async get(key) {
      const row = await database.reader.selectFrom('facts').select('value').where('key', '=', key).executeTakeFirst();
      return row?.value;
    },
    put: (key, value) =>
      database.transaction([key], async (trx) => {
        await trx
          .insertInto('facts')
          .values({ key, value })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
          .execute();
      }),
  };
}
