import type { Transaction } from 'kysely';
import type { ServerEntry } from '../entry.ts';
import { toSortableInstant } from '../instant.ts';
import { searchableEntry } from '../search-entry.ts';
import { keysOfWord } from '../search-keys.ts';
import type { Tables } from './schema.ts';

/** Rows of one statement that inserts many, and values of one list. */
const ROWS_PER_STATEMENT = 500;

/** Keeps what an entry can be found by, in place of what was kept before. */
export async function writeSearchRow(trx: Transaction<Tables>, entry: ServerEntry): Promise<void> {
  const { nameFolded, partFolded, words } = searchableEntry(entry.document);
  const row = {
    status: entry.status,
    is_latest: entry.isLatest ? 1 : 0,
    updated_key: toSortableInstant(entry.updatedAt),
    name_folded: nameFolded,
    part_folded: partFolded,
    words: ` ${words.join(' ')} `,
  };
  const before = await findRow(trx, entry.name, entry.version);
  if (before === undefined) {
    const { id } = await trx
      .insertInto('search_entries')
      .values({ name: entry.name, version: entry.version, ...row })
      .returning('id')
      .executeTakeFirstOrThrow();
    await addWords(trx, id, words);
    return;
  }
  await trx.updateTable('search_entries').set(row).where('id', '=', before.id).execute();
  if (before.words === row.words) return;
  const old = new Set(toWords(before.words));
  const wanted = new Set(words);
  await addWords(
    trx,
    before.id,
    [...wanted].filter((word) => !old.has(word)),
  );
  await removeWords(
    trx,
    before.id,
    [...old].filter((word) => !wanted.has(word)),
  );
}

/** Forgets what a version can be found by; done before the version is removed. */
export async function removeSearchRow(trx: Transaction<Tables>, name: string, version: string): Promise<void> {
  const row = await findRow(trx, name, version);
  if (row === undefined) return;
  await removeWords(trx, row.id, toWords(row.words));
  await trx.deleteFrom('search_entries').where('id', '=', row.id).execute();
}

function findRow(
  trx: Transaction<Tables>,
  name: string,
  version: string,
): Promise<{ id: number; words: string } | undefined> {
  return trx
    .selectFrom('search_entries')
    .select(['id', 'words'])
    .where('name', '=', name)
    .where('version', '=', version)
    .executeTakeFirst();
}

function toWords(kept: string): string[] {
  return kept.split(' ').filter((word) => word !== '');
}

async function addWords(trx: Transaction<Tables>, entry: number, words: string[]): Promise<void> {
  // In the same order everywhere, so that two writers of a database with several wait for each other in no circle.
  for (const part of inParts([...words].sort())) {
    await trx
      .insertInto('search_postings')
      .values(part.map((word) => ({ word, entry })))
      .execute();
    const added = await trx
      .insertInto('search_words')
      .values(part.map((word) => ({ word })))
      .onConflict((conflict) => conflict.column('word').doNothing())
      .returning('word')
      .execute();
    const keys = added.flatMap(({ word }) => keysOfWord(word).map((key) => ({ key, word })));
    for (const some of inParts(keys)) await trx.insertInto('search_keys').values(some).execute();
  }
}

async function removeWords(trx: Transaction<Tables>, entry: number, words: string[]): Promise<void> {
  for (const part of inParts([...words].sort())) {
    await trx.deleteFrom('search_postings').where('word', 'in', part).where('entry', '=', entry).execute();
    const gone = await trx
      .deleteFrom('search_words')
      .where('word', 'in', part)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb.selectFrom('search_postings').select('entry').whereRef('search_postings.word', '=', 'search_words.word'),
          ),
        ),
      )
      .returning('word')
      .execute();
    for (const { word } of gone) {
      for (const keys of inParts(keysOfWord(word))) {
        await trx.deleteFrom('search_keys').where('key', 'in', keys).where('word', '=', word).execute();
      }
    }
  }
}

function* inParts<T>(rows: T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    yield rows.slice(start, start + ROWS_PER_STATEMENT);
  }
}
