import type { JsonObject } from '../base/json.ts';

/** Life-cycle status of one version of a server (registry-api.md, section 5.3). */
export type EntryStatus = 'active' | 'deprecated' | 'deleted';

/** A `server.json` document after validation. Fields that the registry does not act on stay as they came. */
export interface ServerDocument extends JsonObject {
  $schema?: string;
  name: string;
  description: string;
  version: string;
  title?: string;
  packages?: JsonObject[];
  remotes?: JsonObject[];
}

/** One version of one server: its document plus what the registry knows of it. Dates are RFC 3339 in UTC. */
export interface ServerEntry {
  /** Stable, unique, chosen by the registry (UUID); the same for the life of the row. */
  id: string;
  name: string;
  version: string;
  status: EntryStatus;
  statusMessage?: string;
  statusChangedAt: string;
  publishedAt: string;
  updatedAt: string;
  /** True for at most one version of a name. */
  isLatest: boolean;
  document: ServerDocument;
  /** Foreign keys of the response-level `_meta`, kept and given back. */
  meta?: JsonObject;
}

/** Where a page begins: after this row in the order of the listing. */
export interface EntryPosition {
  name: string;
  /** Absent: after every version of `name`. */
  version?: string;
  /** Relevance group of the row; only in a search (0 is best). */
  rank?: number;
}

/** Filters and bounds of a listing; all filters are ANDed. */
export interface EntryQuery {
  after?: EntryPosition;
  /** Rows wanted, 1 to 10,000; the caller asks for one more than it shows to learn whether another page exists. */
  limit: number;
  /**
   * Text to search for: every word must be found (see {@link EntryStore.list}) in name, title, description, package
   * identifiers, hosts of remotes or tags. At most 512 characters and 32 different words; a blank text is no search.
   */
  search?: string;
  /** Only rows with a package of this `registryType`; like the next three, compared without case and accents. */
  type?: string;
  /** Only rows with a remote or a package of this transport, e.g. `stdio`. */
  transport?: string;
  /** Only rows with this tag or keyword of the publisher. */
  tag?: string;
  /** Only rows of this namespace: what stands before the `/` of the name. */
  publisher?: string;
  /** Only rows with this status; `deleted` needs `includeDeleted` too. */
  status?: EntryStatus;
  /** Only rows with `updatedAt` later than this instant. */
  updatedSince?: string;
  /** `latest`: only rows with `isLatest`; otherwise exactly this version. */
  version?: string;
  includeDeleted: boolean;
}

/** A row of a listing with its place in the order, from which the next page can begin. */
export interface ListedEntry {
  entry: ServerEntry;
  rank?: number;
}

/**
 * What may be done to the versions of one server name inside {@link EntryStore.change}. It sees its own writes, and it
 * is of no use after the change has ended. `isLatest` is kept unique at every step: take the flag from the old row
 * before the new one is written with it.
 */
export interface EntryTransaction {
  /** All versions of the name, deleted ones too, in no particular order. */
  versions(): Promise<ServerEntry[]>;
  /**
   * Adds a version. The caller has made sure that it is new.
   * @throws HubError `store.conflict` when the version or the id exists, or another version is latest.
   */
  insert(entry: ServerEntry): Promise<void>;
  /**
   * Replaces the row with the same name and version.
   * @throws HubError `store.conflict` when there is none, or another version is latest.
   */
  update(entry: ServerEntry): Promise<void>;
  /** Removes a version for good. Does nothing when there is none. */
  remove(version: string): Promise<void>;
  /** Names of other servers with a version that is not deleted and has this exact remote URL, ordered; at most 100. */
  ownersOfRemote(url: string): Promise<string[]>;
  /** The spelling under which this name exists when compared without case, or undefined. */
  spelling(): Promise<string | undefined>;
}

/** Server entries: the catalogue. Names and versions are compared byte by byte and ordered so, on every driver. */
export interface EntryStore {
  /**
   * Rows in the order (name, version), or (rank, name, version) in a search.
   *
   * A search compares without case and accents, by words: runs of letters and digits, and each character of scripts
   * without spaces, each pictograph. A word of the text is found when a word of the entry begins with it, has the same
   * stem (`stemWord`), or when the name contains it; else, if it has five letters or more and nothing but letters, when
   * a word of the entry is one edit away (a letter more, less or other, two neighbours exchanged). A text without any
   * word must be contained in the name. Of more than 100 spellings one edit away, the first 100 in byte order count.
   *
   * Rank: 0 the name or its last part equals the text, 1 one of them begins with it, 2 the name contains it, 3 every
   * word is found as it is written, 4 some word is only one edit away.
   * @throws HubError `request.invalid` when a bound of the query is not kept or `updatedSince` is not a date-time.
   */
  list(query: EntryQuery): Promise<ListedEntry[]>;
  /** One version, or the one that is latest when `version` is `latest`. Deleted rows are found. */
  get(name: string, version: string): Promise<ServerEntry | undefined>;
  /** The row with this stable id. */
  byId(id: string): Promise<ServerEntry | undefined>;
  /** All versions of a name, deleted ones too. */
  versions(name: string): Promise<ServerEntry[]>;
  /** Numbers for the status page: names with a version that is not deleted, and rows. */
  count(): Promise<{ names: number; versions: number }>;
  /**
   * Runs `work` as one transaction, alone among all changes to this name. When it throws, nothing has happened.
   * When the promise resolves, the change survives a killed process. Reads outside see the state before it until then.
   * `work` may read through the store, but a write through the store inside it would wait for itself. A change that
   * takes longer than 30 seconds is given up.
   */
  change<T>(name: string, work: (tx: EntryTransaction) => Promise<T>): Promise<T>;
  /**
   * The same over several names at once, 1 to 1,000: all of it happens or nothing. It is meant for imports, where one
   * transaction for each row would cost one wait for the disk each; 100 to 500 names are a good batch. `tx` gives the
   * transaction of one of the names.
   */
  changeMany<T>(names: readonly string[], work: (tx: (name: string) => EntryTransaction) => Promise<T>): Promise<T>;
}
