import { type Kysely, type RawBuilder, sql } from 'kysely';
import { stemKey } from '../search-entry.ts';
import { endKey, typoKey } from '../search-keys.ts';
import { stemWord } from '../search-stem.ts';
import type { SearchTerms } from '../search-text.ts';
import { allowsTypo, isOneEditApart, typoKeys } from '../search-typo.ts';
import type { Tables } from './schema.ts';
import type { SoughtWord } from './search-match.ts';

/** Words of the vocabulary that a source may have; with more, its rows are many anyway. */
const MAX_WORDS = 100;
/** Words looked at to find those one edit away. */
const MAX_CANDIDATES = 1000;
/** Spellings one edit away that count, in byte order. */
const MAX_TYPOS = 100;
/** Sorts behind every continuation of a text. */
const LAST = '\u{10ffff}';

/** A way to find, by an index, all versions that may match: a query for their ids, in a column `entry`. */
export type Source = RawBuilder<{ entry: number }>;

/** A search word after a look into the vocabulary. */
export interface KnownWord extends SoughtWord {
  /** Where all versions with the word are, near spellings too; undefined when too many words begin with it. */
  anywhere: Source | undefined;
  /** Where all versions are whose name contains the word; undefined likewise. */
  inName: Source | undefined;
}

/** Looks the words of a search up in the vocabulary, in one bounded statement. */
export async function lookUp(db: Kysely<Tables>, { words }: SearchTerms): Promise<KnownWord[]> {
  if (words.length === 0) return [];
  const parts = words.flatMap((word, at) => {
    const found = [
      sql`select ${sql.lit(at)} as place, 'plain' as sort, word from (select word from search_words
        where word >= ${word} and word < ${word + LAST} limit ${sql.lit(MAX_WORDS + 1)}) as plain`,
      sql`select ${sql.lit(at)} as place, 'name' as sort, word from (select distinct word from search_keys
        where key >= ${endKey(word)} and key < ${endKey(word) + LAST} limit ${sql.lit(MAX_WORDS + 1)}) as named`,
    ];
    if (!allowsTypo(word)) return found;
    const keys = sql.join(typoKeys(word).map(typoKey));
    const near = sql`select ${sql.lit(at)} as place, 'near' as sort, word from (select distinct word from search_keys
        where key in (${keys}) order by word limit ${sql.lit(MAX_CANDIDATES)}) as near`;
    return [...found, near];
  });
  const rows = await db
    .selectFrom(sql<{ place: number; sort: string; word: string }>`(${sql.join(parts, sql` union all `)})`.as('found'))
    .select(['place', 'sort', 'word'])
    .execute();
  return words.map((word, at) => {
    const of = (sort: string): string[] =>
      rows.filter((row) => row.place === at && row.sort === sort).map((row) => row.word);
    return knownWord(word, of('plain'), of('name'), of('near'));
  });
}

function knownWord(word: string, plain: string[], named: string[], near: string[]): KnownWord {
  const stem = stemWord(word);
  const typos = near
    .filter((other) => isOneEditApart(word, other) && !other.startsWith(word) && stemWord(other) !== stem)
    .slice(0, MAX_TYPOS);
  const inName = named.length > MAX_WORDS ? undefined : withWords(named);
  const anywhere =
    named.length > MAX_WORDS || plain.length > MAX_WORDS
      ? undefined
      : withWords([...plain, ...named, stem, stemKey(stem), ...typos]);
  return { word, typos, anywhere, inName };
}

/** The versions that have one of these kept words. */
export function withWords(words: readonly string[]): Source {
  if (words.length === 0) return sql`select entry from search_postings where 1 = 0`;
  return sql`select distinct entry from search_postings where word in (${sql.join([...new Set(words)])})`;
}

/** The versions whose name or its last part is the text. */
export function named(text: string): Source {
  return sql`select id as entry from search_entries where name_folded = ${text}
    union select id as entry from search_entries where part_folded = ${text}`;
}

/** The versions whose name or its last part begins with the text. */
export function beginning(text: string): Source {
  const [from, to] = [text, text + LAST];
  return sql`select id as entry from search_entries where name_folded >= ${from} and name_folded < ${to}
    union select id as entry from search_entries where part_folded >= ${from} and part_folded < ${to}`;
}

/**
 * The source with the fewest versions, when that is at most `atMost`. No more than that many, and one, are counted of each.
 */
export async function smallestSource(
  db: Kysely<Tables>,
  sources: readonly (Source | undefined)[],
  atMost: number,
): Promise<Source | undefined> {
  const usable = sources.filter((source) => source !== undefined);
  if (usable.length === 0) return undefined;
  const counts = usable.map(
    (source, at) =>
      sql`select ${sql.lit(at)} as place, count(*) as size from (select entry from (${source}) as all_of_it
        limit ${sql.lit(atMost + 1)}) as counted`,
  );
  const rows = await db
    .selectFrom(sql<{ place: number; size: number }>`(${sql.join(counts, sql` union all `)})`.as('sizes'))
    .select(['place', 'size'])
    .execute();
  const [best] = rows.map(({ place, size }) => ({ place, size: Number(size) })).sort((a, b) => a.size - b.size);
  return best !== undefined && best.size <= atMost ? usable[best.place] : undefined;
}
