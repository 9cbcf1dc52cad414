import { type Kysely, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import type { ServerEntry } from '../entry.ts';
import { foldText, lastPart, type SearchTerms, searchableText } from '../search-text.ts';
import type { Tables } from './schema.ts';

/** Rows that match a search: which version, and its relevance group. */
export type Matches = SelectQueryBuilder<Tables, 'server_search', { name: string; version: string; rank: number }>;

/** Keeps what an entry can be found by, in place of what was kept before. */
export async function writeSearchRow(trx: Transaction<Tables>, entry: ServerEntry): Promise<void> {
  const found = {
    name_folded: foldText(entry.name),
    part_folded: foldText(lastPart(entry.name)),
    text: searchableText(entry.document),
  };
  await trx
    .insertInto('server_search')
    .values({ name: entry.name, version: entry.version, ...found })
    .onConflict((conflict) => conflict.columns(['name', 'version']).doUpdateSet(found))
    .execute();
}

/**
 * The versions in whose text every word occurs, each with its rank (see `EntryStore.list`). This and
 * {@link writeSearchRow} are all that a full-text index would replace.
 */
export function matches(db: Kysely<Tables>, terms: SearchTerms): Matches {
  const { whole, words } = terms;
  let query = db.selectFrom('server_search').select((eb) => [
    'name',
    'version',
    eb
      .case()
      .when(eb.or([eb('name_folded', '=', whole), eb('part_folded', '=', whole)]))
      .then(eb.lit(0))
      .when(eb.or([like('name_folded', `${literal(whole)}%`), like('part_folded', `${literal(whole)}%`)]))
      .then(eb.lit(1))
      .when(like('name_folded', `%${literal(whole)}%`))
      .then(eb.lit(2))
      .else(eb.lit(3))
      .end()
      .as('rank'),
  ]);
  for (const word of words) query = query.where(like('text', `%${literal(word)}%`));
  return query;
}

function like(column: string, pattern: string): ReturnType<typeof sql<boolean>> {
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`;
}

/** Takes the meaning from the characters that mean something in a pattern. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
