import { HubError } from '../../base/errors.ts';
import type { EntryStore, EntryTransaction } from '../entry.ts';
import { appendChanges } from './changes.ts';
import type { SqlDatabase } from './database.ts';
import { fromRow } from './entry-row.ts';
import { createEntryTransaction } from './entry-transaction.ts';
import { listEntries } from './listing.ts';

/** Names that one change may take. */
const MAX_NAMES = 1000;

/** Server entries in SQL. */
export function createEntryStore(database: SqlDatabase, clock: () => Date): EntryStore {
  const { reader } = database;

  const changeMany: EntryStore['changeMany'] = async (names, work) => {
    if (names.length < 1 || names.length > MAX_NAMES) {
      throw new HubError('request.invalid', `One change takes 1 to ${MAX_NAMES} names, not ${names.length}.`);
    }
    return database.transaction(names, async (trx) => {
      const written = new Set<string>();
      const parts = new Map<string, EntryTransaction>();
      for (const name of names)
        parts.set(
          name,
          createEntryTransaction(trx, name, () => written.add(name)),
        );
      const result = await work((name) => {
        const part = parts.get(name);
        if (part === undefined) throw new HubError('internal', `${name} is none of the names of this change.`);
        return part;
      });
      await appendChanges(trx, 'entry', [...written], clock);
      return result;
    });
  };

  return {
    list: (query) => listEntries(reader, query),
    async get(name, version) {
      const rows = reader.selectFrom('server_versions').selectAll().where('name', '=', name);
      const row = await (version === 'latest'
        ? rows.where((eb) => eb('is_latest', '=', eb.lit(1)))
        : rows.where('version', '=', version)
      ).executeTakeFirst();
      return row === undefined ? undefined : fromRow(row);
    },
    async byId(id) {
      const row = await reader.selectFrom('server_versions').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : fromRow(row);
    },
    async versions(name) {
      const rows = await reader.selectFrom('server_versions').selectAll().where('name', '=', name).execute();
      return rows.map(fromRow);
    },
    async count() {
      const { names, versions } = await reader
        .selectFrom('server_versions')
        .select((eb) => [
          eb.fn
            .count<number>(eb.case().when('status', '<>', 'deleted').then(eb.ref('name')).end())
            .distinct()
            .as('names'),
          eb.fn.countAll<number>().as('versions'),
        ])
        .executeTakeFirstOrThrow();
      return { names: Number(names), versions: Number(versions) };
    },
    change: (name, work) => changeMany([name], (tx) => work(tx(name))),
    changeMany,
  };
}
