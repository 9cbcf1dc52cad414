import { type Kysely, type RawBuilder, sql } from 'kysely';
import { partKey, stemKey } from '../search-entry.ts';
import { endKey, typoKey } from '../search-keys.ts';
import { stemWord } from '../search-stem.ts';
import type { SearchTerms } from '../search-text.ts';
import { allowsTypo, isOneEditApart, typoKeys } from '../search-typo.ts';
import type { Tables } from './schema.ts';
import type { SoughtWord } from './search-match.ts';

/** Words looked at to find those one edit away. */
const MAX_CANDIDATES = 1000;
/** Spellings one edit away that count, in byte order. */
const MAX_TYPOS = 100;
/** Sorts behind every continuation of a text. */
const LAST = '\u{10ffff}';

/** A way to find, by an index, all versions that may match: a query for their ids, in a column `entry`, some twice. */
export type Source = RawBuilder<{ entry: number }>;

/** Looks up what words of the vocabulary are one edit away from those of a search, in one bounded statement. */
export async function withTypos(db: Kysely<Tables>, { words }: SearchTerms): Promise<SoughtWord[]> {
  const candidates = words.flatMap((word, at) =>
    allowsTypo(word)
      ? [
          sql`select ${sql.lit(at)} as place, word from (select distinct word from search_keys
            where key in (${sql.join(typoKeys(word).map(typoKey))})
            order by word limit ${sql.lit(MAX_CANDIDATES)}) as near`,
        ]
      : [],
  );
  if (candidates.length === 0) return words.map((word) => ({ word, typos: [] }));
  const rows = await db
    .selectFrom(sql<{ place: number; word: string }>`(${sql.join(candidates, sql` union all `)})`.as('found'))
    .select(['place', 'word'])
    .execute();
  return words.map((word, at) => {
    const stem = stemWord(word);
    const typos = rows
      .filter((row) => row.place === at && isOneEditApart(word, row.word))
      .map((row) => row.word)
      .filter((other) => !other.startsWith(word) && stemWord(other) !== stem);
    return { word, typos: typos.slice(0, MAX_TYPOS) };
  });
}

/** The versions in which a word is found, as it is written or one edit away. */
export function anywhere({ word, typos }: SoughtWord): Source {
  const stem = stemWord(word);
  return sql`select entry from search_postings where word >= ${word} and word < ${word + LAST}
    union all ${withWords([stem, stemKey(stem), ...typos])}
    union all ${partContains(word)}`;
}

/** The versions whose name contains a text, and maybe some others; undefined when no index tells. */
export function nameContains(text: string): Source | undefined {
  const parts = text.split('/');
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return partContains(text);
  if (last === '') return first === '' ? undefined : partContains(first);
  const [from, to] = [partKey(last), partKey(last) + LAST];
  return sql`select entry from search_postings where word >= ${from} and word < ${to}`;
}

function partContains(text: string): Source {
  const [from, to] = [endKey(text), endKey(text) + LAST];
  return sql`select posting.entry from search_keys as end_of_part cross join search_postings as posting
    where end_of_part.key >= ${from} and end_of_part.key < ${to} and posting.word = end_of_part.word`;
}

/** The versions that have one of these kept words. */
export function withWords(words: readonly string[]): Source {
  if (words.length === 0) return sql`select entry from search_postings where 1 = 0`;
  return sql`select entry from search_postings where word in (${sql.join([...new Set(words)])})`;
}

/** The versions whose name or its last part is the text. */
export function named(text: string): Source {
  return sql`select id as entry from search_entries where name_folded = ${text}
    union all select id as entry from search_entries where part_folded = ${text}`;
}

/** The versions whose name or its last part begins with the text. */
export function beginning(text: string): Source {
  const [from, to] = [text, text + LAST];
  return sql`select id as entry from search_entries where name_folded >= ${from} and name_folded < ${to}
    union all select id as entry from search_entries where part_folded >= ${from} and part_folded < ${to}`;
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
      sql`select ${sql.lit(at)} as place, count(*) as size from (select distinct entry from (${source}) as all_of_it
        limit ${sql.lit(atMost + 1)}) as counted`,
  );
  const rows = await db
    .selectFrom(sql<{ place: number; size: number }>`(${sql.join(counts, sql` union all `)})`.as('sizes'))
    .select(['place', 'size'])
    .execute();
  const [best] = rows.map(({ place, size }) => ({ place, size: Number(size) })).sort((a, b) => a.size - b.size);
  return best !== undefined && best.size <= atMost ? usable[best.place] : undefined;
}
