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
  /** Rows wanted, 1 or more; the caller asks for one more than it shows to learn whether another page exists. */
  limit: number;
  /** Text to search for: every word must occur in name, title, description, package identifiers, remotes or tags. */
  search?: string;
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

/** What may be done to the versions of one server name inside {@link EntryStore.change}. */
export interface EntryTransaction {
  /** All versions of the name, deleted ones too, in no particular order. */
  versions(): Promise<ServerEntry[]>;
  /** Adds a version. The caller has made sure that it is new. */
  insert(entry: ServerEntry): Promise<void>;
  /** Replaces the row with the same name and version. */
  update(entry: ServerEntry): Promise<void>;
  /** Removes a version for good. */
  remove(version: string): Promise<void>;
  /** Names of other servers with a version that is not deleted and has this exact remote URL. */
  ownersOfRemote(url: string): Promise<string[]>;
  /** The spelling under which this name exists when compared without case, or undefined. */
  spelling(): Promise<string | undefined>;
}

/** Server entries: the catalogue. Names and versions are compared byte by byte and ordered so, on every driver. */
export interface EntryStore {
  /**
   * Rows in the order (name, version), or (rank, name, version) in a search.
   * Rank: 0 the name or its last part equals the text, 1 one of them begins with it, 2 the name contains it, 3 the rest.
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
   * When the promise resolves, the change survives a killed process.
   */
  change<T>(name: string, work: (tx: EntryTransaction) => Promise<T>): Promise<T>;
}
