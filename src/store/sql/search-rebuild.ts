import type { Logger } from '../../telemetry/log.ts';
import { SEARCH_REVISION } from '../search-entry.ts';
import type { SqlDatabase } from './database.ts';
import { fromRow } from './entry-row.ts';
import type { ServerVersionRow } from './schema.ts';
import { writeSearchRow } from './search-write.ts';

/** Versions that one transaction indexes. */
const ROWS_PER_STEP = 200;
const FACT = 'search.revision';

/**
 * Indexes what an older version of the hub has written, or has indexed in another way. Work that a stop interrupts goes
 * on with the next start. Does nothing when the index is of this version.
 */
export async function rebuildSearch(database: SqlDatabase, logger: Logger): Promise<void> {
  const done = String(SEARCH_REVISION);
  const begun = `${done} is being made`;
  const fact = await database.reader.selectFrom('facts').select('value').where('key', '=', FACT).executeTakeFirst();
  if (fact?.value === done) return;
  if (fact?.value !== begun) await clear(database, begun);
  let rows = 0;
  for (let step = await indexSome(database); step.length > 0; step = await indexSome(database, step.at(-1))) {
    rows += step.length;
  }
  await putFact(database, done);
  if (rows > 0) logger.info({ versions: rows }, 'the search index was made anew');
}

function clear(database: SqlDatabase, fact: string): Promise<void> {
  return database.transaction([FACT], async (trx) => {
    for (const table of ['search_keys', 'search_words', 'search_postings', 'search_entries'] as const) {
      await trx.deleteFrom(table).execute();
    }
    await trx
      .insertInto('facts')
      .values({ key: FACT, value: fact })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: fact }))
      .execute();
  });
}

function putFact(database: SqlDatabase, value: string): Promise<void> {
  return database.transaction([FACT], async (trx) => {
    await trx.updateTable('facts').set({ value }).where('key', '=', FACT).execute();
  });
}

function indexSome(database: SqlDatabase, after?: ServerVersionRow): Promise<ServerVersionRow[]> {
  return database.transaction([FACT], async (trx) => {
    let missing = trx
      .selectFrom('server_versions as entry')
      .leftJoin('search_entries as found', (join) =>
        join.onRef('found.name', '=', 'entry.name').onRef('found.version', '=', 'entry.version'),
      )
      .selectAll('entry')
      .where('found.id', 'is', null);
    if (after !== undefined) {
      const { name, version } = after;
      missing = missing.where((eb) => eb(eb.refTuple('entry.name', 'entry.version'), '>', eb.tuple(name, version)));
    }
    const rows = await missing.orderBy('entry.name').orderBy('entry.version').limit(ROWS_PER_STEP).execute();
    for (const row of rows) await writeSearchRow(trx, fromRow(row));
    return rows;
  });
}
