import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { EntryPosition, EntryQuery, ListedEntry } from '../entry.ts';
import type { SearchTerms } from '../search-text.ts';
import { fromRow } from './entry-row.ts';
import type { ServerVersionRow, Tables } from './schema.ts';
import {
  isOfRank,
  labelWordsOf,
  matchesText,
  passesFilters,
  RANKS,
  type Rank,
  rankOf,
  type SoughtText,
} from './search-match.ts';
import {
  anywhere,
  beginning,
  nameContains,
  named,
  type Source,
  smallestSource,
  withTypos,
  withWords,
} from './search-source.ts';

/** So many versions are found by their words and sorted; more are met often enough on a walk in the order of names. */
const MAX_SORTED = 1000;
/** Rows of one statement of a walk, so that none holds the event loop for long. */
const ROWS_PER_STEP = 2000;

type Condition = RawBuilder<boolean>;
type Place = Pick<EntryPosition, 'name' | 'version'>;
type Found = Selectable<ServerVersionRow> & { rank: number };

/** What is wanted of the rows of `search_entries`, called `found`. */
interface Wanted {
  condition: Condition;
  rank: RawBuilder<number>;
  after: EntryPosition | undefined;
  limit: number;
}

/** Whether a query needs the words of the versions; without, the catalogue itself is listed. */
export function needsWords(query: EntryQuery, terms: SearchTerms | undefined): boolean {
  return terms !== undefined || labelWordsOf(query).length > 0;
}

/**
 * One page of the versions that match a text, by rank, or that have the wanted labels, in order; see `EntryStore.list`.
 *
 * Few versions are found by their words, sorted and cut. When every word leads to many, the groups of rank are taken
 * one after the other: each by an index if that gives few, else on a walk in the order of names, which ends with the
 * page. So no page costs more than about {@link MAX_SORTED} rows, unless many words that are all common seldom meet.
 */
export async function searchEntries(
  db: Kysely<Tables>,
  query: EntryQuery,
  terms: SearchTerms | undefined,
): Promise<ListedEntry[]> {
  const { after, limit } = query;
  const labels = labelWordsOf(query);
  const filters = passesFilters(query, labels);
  const labelSources = labels.map((label) => withWords([label]));
  if (terms === undefined) {
    const source = await smallestSource(db, labelSources, MAX_SORTED);
    const rows = await find(db, source, { condition: filters, rank: sql.lit(0), after: withoutRank(after), limit });
    return rows.map((row) => ({ entry: fromRow(row) }));
  }

  const words = await withTypos(db, terms);
  const text: SoughtText = { whole: terms.whole, words };
  const condition = sql<boolean>`(${filters} and ${matchesText(text)})`;
  const sources = [...labelSources, ...words.map(anywhere)];
  const source = await smallestSource(db, sources, MAX_SORTED);
  if (source !== undefined) {
    const rows = await find(db, source, {
      condition,
      rank: rankOf(text),
      after: after && { rank: 0, ...after },
      limit,
    });
    return rows.map(toListed);
  }

  const typos = words.flatMap((word) => word.typos);
  const ownSources: Readonly<Record<Rank, readonly (Source | undefined)[]>> = {
    0: [named(text.whole)],
    1: [beginning(text.whole)],
    2: [nameContains(text.whole)],
    3: [],
    4: [withWords(typos)],
  };
  const page: Found[] = [];
  for (const rank of RANKS) {
    if (page.length >= limit) break;
    if ((after?.rank ?? 0) > rank) continue;
    page.push(
      ...(await find(db, await smallestSource(db, ownSources[rank], MAX_SORTED), {
        // A name that contains the text has all its words.
        condition: sql`(${isOfRank(rank, text)} and ${rank < 3 ? filters : condition})`,
        rank: sql.lit(rank),
        after: (after?.rank ?? 0) === rank ? withoutRank(after) : undefined,
        limit: limit - page.length,
      })),
    );
  }
  return page.map(toListed);
}

function toListed(row: Found): ListedEntry {
  return { entry: fromRow(row), rank: row.rank };
}

function withoutRank(after: EntryPosition | undefined): Place | undefined {
  if (after === undefined) return undefined;
  const { rank: _rank, ...place } = after;
  return place;
}

function find(db: Kysely<Tables>, source: Source | undefined, wanted: Wanted): Promise<Found[]> {
  return source === undefined ? walk(db, wanted) : sorted(db, source, wanted);
}

function sorted(db: Kysely<Tables>, source: Source, wanted: Wanted): Promise<Found[]> {
  const { condition, rank, after, limit } = wanted;
  // A cross join, because SQLite keeps its order: all candidates once, then the row of each.
  const page = sql<{ name: string; version: string; rank: number }>`(
    select found.name, found.version, ${rank} as rank from (select distinct entry from (${source}) as all_of_it) as source cross join search_entries as found
    where found.id = source.entry and ${condition}${after?.rank === undefined ? isBehind(after) : sql``})`;
  const ranked = after?.rank === undefined ? sql`` : isBehindRank(after.rank, after);
  return withDocuments(
    db,
    sql`(select * from ${page} as matching where 1 = 1${ranked}
    order by rank, name, version limit ${limit})`,
  );
}

async function walk(db: Kysely<Tables>, wanted: Wanted): Promise<Found[]> {
  const { condition, rank, limit } = wanted;
  const rows: Found[] = [];
  let after: Place | undefined = wanted.after;
  do {
    const end: Place | undefined = await stepEnd(db, after);
    const upTo = end === undefined ? sql`` : sql` and (found.name, found.version) <= (${end.name}, ${end.version})`;
    rows.push(
      ...(await withDocuments(
        db,
        sql`(select found.name, found.version, ${rank} as rank from search_entries as found
          where 1 = 1${isBehind(after)}${upTo} and ${condition}
          order by found.name, found.version limit ${limit - rows.length})`,
      )),
    );
    after = end;
  } while (after !== undefined && rows.length < limit);
  return rows;
}

/** Where the next step of a walk ends; undefined when it is the last. */
function stepEnd(db: Kysely<Tables>, after: Place | undefined): Promise<Place | undefined> {
  return db
    .selectFrom('search_entries as found')
    .select(['name', 'version'])
    .where(sql<boolean>`1 = 1${isBehind(after)}`)
    .orderBy('name')
    .orderBy('version')
    .limit(1)
    .offset(ROWS_PER_STEP - 1)
    .executeTakeFirst();
}

function isBehind(after: Place | undefined): RawBuilder<unknown> {
  if (after === undefined) return sql``;
  const { name, version } = after;
  if (version === undefined) return sql` and found.name > ${name}`;
  return sql` and (found.name, found.version) > (${name}, ${version})`;
}

function isBehindRank(rank: number, { name, version }: Place): RawBuilder<unknown> {
  if (version === undefined) return sql` and (rank, name) > (${rank}, ${name})`;
  return sql` and (rank, name, version) > (${rank}, ${name}, ${version})`;
}

/** Only the documents of the page are read. */
function withDocuments(
  db: Kysely<Tables>,
  page: RawBuilder<{ name: string; version: string; rank: number }>,
): Promise<Found[]> {
  return db
    .selectFrom(page.as('page'))
    .crossJoin('server_versions as entry')
    .whereRef('entry.name', '=', 'page.name')
    .whereRef('entry.version', '=', 'page.version')
    .selectAll('entry')
    .select('page.rank')
    .orderBy('page.rank')
    .orderBy('page.name')
    .orderBy('page.version')
    .execute();
}
