import type { Migration } from '../migrate.ts';

/** Words to search by, in place of one text for each version. `search-rebuild.ts` fills them from what is there. */
export const search: Migration = {
  name: '0002-search',
  statements: ({ growingKey, bytewise, clustered = '' }) => [
    'drop table server_search',
    `create table search_entries (
      id ${growingKey},
      name text ${bytewise} not null,
      version text ${bytewise} not null,
      status text not null,
      is_latest integer not null,
      updated_key text ${bytewise} not null,
      name_folded text ${bytewise} not null,
      part_folded text ${bytewise} not null,
      words text not null,
      foreign key (name, version) references server_versions (name, version) on delete cascade
    )`,
    // One row for a version, as there is one in server_versions. A walk in the order of names decides about most rows by
    // what stands here, and reads the words of the others only.
    'create index search_entries_order on search_entries (name, version, status, is_latest, name_folded)',
    'create index search_entries_name on search_entries (name_folded)',
    'create index search_entries_part on search_entries (part_folded)',

    // Which versions have a word. Without a foreign key: it would need an index by entry as large as the table.
    `create table search_postings (
      word text ${bytewise} not null,
      entry integer not null,
      primary key (word, entry)
    )${clustered}`,

    // The vocabulary: every word that some version has.
    `create table search_words (word text ${bytewise} not null primary key)${clustered}`,

    // By what a word is found besides its own spelling: ends of the parts of names, and what typos leave of plain words.
    `create table search_keys (
      key text ${bytewise} not null,
      word text ${bytewise} not null,
      primary key (key, word)
    )${clustered}`,
  ],
};
