import { type RawBuilder, sql } from 'kysely';
import type { EntryQuery } from '../entry.ts';
import { toSortableInstant } from '../instant.ts';
import { labelWord, stemKey } from '../search-entry.ts';
import { stemWord } from '../search-stem.ts';

type Condition = RawBuilder<boolean>;

/** One word of a search and the spellings one edit away that the vocabulary has. */
export interface SoughtWord {
  word: string;
  typos: readonly string[];
}

/** A search text with its words; `words` is empty when it has none. */
export interface SoughtText {
  whole: string;
  words: readonly SoughtWord[];
}

/** The relevance groups, best first; see `EntryStore.list`. */
export const RANKS = [0, 1, 2, 3, 4] as const;

/** A relevance group. */
export type Rank = (typeof RANKS)[number];

/** Labels that a query narrows by, as kept words. */
export function labelWordsOf(query: EntryQuery): string[] {
  const kinds = ['type', 'transport', 'tag', 'publisher'] as const;
  return kinds.flatMap((kind) => {
    const value = query[kind];
    return value === undefined ? [] : [labelWord(kind, value)];
  });
}

/** Whether a row `found` of `search_entries` passes the filters of a query and has all labels. */
export function passesFilters(query: EntryQuery, labels: readonly string[]): Condition {
  const all: Condition[] = labels.map((label) => holds('found.words', ` ${label} `));
  if (!query.includeDeleted) all.push(sql`found.status <> 'deleted'`);
  if (query.status !== undefined) all.push(sql`found.status = ${query.status}`);
  if (query.updatedSince !== undefined) all.push(sql`found.updated_key > ${toSortableInstant(query.updatedSince)}`);
  if (query.version === 'latest') all.push(sql`found.is_latest = 1`);
  else if (query.version !== undefined) all.push(sql`found.version = ${query.version}`);
  return every(all);
}

/** Whether every word of the text is found in the row, as it is written or one edit away. */
export function matchesText(text: SoughtText): Condition {
  if (text.words.length === 0) return holds('found.name_folded', text.whole);
  return every(
    text.words.map((sought) =>
      some([isWritten(sought.word), ...sought.typos.map((typo) => holds('found.words', ` ${typo} `))]),
    ),
  );
}

/** The group of a row that matches. */
export function rankOf(text: SoughtText): RawBuilder<number> {
  const whens = RANKS.slice(0, -1).map((rank) => sql`when ${reaches(rank, text)} then ${sql.lit(rank)}`);
  return sql<number>`case ${sql.join(whens, sql` `)} else ${sql.lit(RANKS.length - 1)} end`;
}

/** Whether a row that matches is in this group. */
export function isOfRank(rank: Rank, text: SoughtText): Condition {
  const better = RANKS[rank - 1];
  return every([reaches(rank, text), ...(better === undefined ? [] : [sql<boolean>`not ${reaches(better, text)}`])]);
}

/** Whether a row that matches is in this group or in a better one. */
function reaches(rank: Rank, { whole, words }: SoughtText): Condition {
  switch (rank) {
    case 0:
      return sql`(found.name_folded = ${whole} or found.part_folded = ${whole})`;
    case 1:
      return sql`(${begins('found.name_folded', whole)} or ${begins('found.part_folded', whole)})`;
    case 2:
      return sql`(${holds('found.name_folded', whole)})`;
    case 3:
      return words.some(({ typos }) => typos.length > 0) ? every(words.map(({ word }) => isWritten(word))) : every([]);
    case 4:
      return every([]);
  }
}

function isWritten(word: string): Condition {
  const stem = stemWord(word);
  const ways = [holds('found.words', ` ${word}`), holds('found.name_folded', word)];
  if (stem !== word) ways.push(holds('found.words', ` ${stem} `));
  ways.push(holds('found.words', ` ${stemKey(stem)} `));
  return some(ways);
}

function holds(column: string, text: string): Condition {
  return sql`instr(${sql.ref(column)}, ${text}) > 0`;
}

function begins(column: string, text: string): Condition {
  return sql`instr(${sql.ref(column)}, ${text}) = 1`;
}

function every(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`(1 = 1)` : sql`(${sql.join(conditions, sql` and `)})`;
}

function some(conditions: readonly Condition[]): Condition {
  return sql`(${sql.join(conditions, sql` or `)})`;
}
