import type { Transaction } from 'kysely';
import { HubError } from '../../base/errors.ts';
import type { EntryTransaction, ServerEntry } from '../entry.ts';
import { foldText } from '../search-text.ts';
import { fromRow, hashOfUrl, remoteUrls, toRow } from './entry-row.ts';
import type { Tables } from './schema.ts';
import { removeSearchRow, writeSearchRow } from './search-write.ts';

/** Rows of one statement that inserts many. */
const ROWS_PER_STATEMENT = 500;
/** Names that `ownersOfRemote` gives at most. */
const MAX_OWNERS = 100;

/** The versions of one name inside a transaction. `onWrite` is called after each write. */
export function createEntryTransaction(trx: Transaction<Tables>, name: string, onWrite: () => void): EntryTransaction {
  return {
    async versions() {
      const rows = await trx.selectFrom('server_versions').selectAll().where('name', '=', name).execute();
      return rows.map(fromRow);
    },
    async insert(entry) {
      assertName(entry, name);
      const row = toRow(entry);
      await explained(
        trx.insertInto('server_versions').values(row).execute(),
        `${label(entry)} cannot be added: this version or its id exists, or another version of the name is latest.`,
      );
      await writeSearchRow(trx, entry);
      await writeRemotes(trx, entry);
      onWrite();
    },
    async update(entry) {
      assertName(entry, name);
      const { numUpdatedRows } = await explained(
        trx
          .updateTable('server_versions')
          .set(toRow(entry))
          .where('name', '=', entry.name)
          .where('version', '=', entry.version)
          .executeTakeFirstOrThrow(),
        `${label(entry)} cannot be updated: another row has its id, or another version of the name is latest.`,
      );
      if (numUpdatedRows === 0n) {
        throw new HubError('store.conflict', `${label(entry)} cannot be updated: there is no such version.`);
      }
      await writeSearchRow(trx, entry);
      await trx
        .deleteFrom('server_remotes')
        .where('name', '=', entry.name)
        .where('version', '=', entry.version)
        .execute();
      await writeRemotes(trx, entry);
      onWrite();
    },
    async remove(version) {
      await removeSearchRow(trx, name, version);
      const { numDeletedRows } = await trx
        .deleteFrom('server_versions')
        .where('name', '=', name)
        .where('version', '=', version)
        .executeTakeFirstOrThrow();
      if (numDeletedRows > 0n) onWrite();
    },
    async ownersOfRemote(url) {
      const rows = await trx
        .selectFrom('server_remotes as remote')
        .innerJoin('server_versions as entry', (join) =>
          join.onRef('entry.name', '=', 'remote.name').onRef('entry.version', '=', 'remote.version'),
        )
        .select('remote.name')
        .distinct()
        .where('remote.url_hash', '=', hashOfUrl(url))
        .where('remote.name', '<>', name)
        .where('entry.status', '<>', 'deleted')
        .orderBy('remote.name')
        .limit(MAX_OWNERS)
        .execute();
      return rows.map((row) => row.name);
    },
    async spelling() {
      const row = await trx
        .selectFrom('server_versions')
        .select('name')
        .where('name_folded', '=', foldText(name))
        .orderBy((eb) => eb.case().when('name', '=', name).then(eb.lit(0)).else(eb.lit(1)).end())
        .orderBy('name')
        .limit(1)
        .executeTakeFirst();
      return row?.name;
    },
  };
}

async function writeRemotes(trx: Transaction<Tables>, entry: ServerEntry): Promise<void> {
  const rows = remoteUrls(entry.document).map((url) => ({
    name: entry.name,
    version: entry.version,
    url_hash: hashOfUrl(url),
  }));
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await trx
      .insertInto('server_remotes')
      .values(rows.slice(start, start + ROWS_PER_STATEMENT))
      .execute();
  }
}

function assertName(entry: ServerEntry, name: string): void {
  if (entry.name === name) return;
  throw new HubError('internal', `A change of ${name} was given an entry of ${entry.name}.`);
}

function label(entry: ServerEntry): string {
  return `Version ${entry.version} of ${entry.name}`;
}

async function explained<T>(statement: Promise<T>, message: string): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    if (error instanceof HubError && error.code === 'store.conflict') {
      throw new HubError('store.conflict', message, { cause: error });
    }
    throw error;
  }
}
