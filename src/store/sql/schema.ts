import type { Generated } from 'kysely';
import type { DeploymentSource } from '../deployment.ts';
import type { EntryStatus } from '../entry.ts';
import type { AuditRecord, ChangeRecord } from '../store.ts';

/** One version of one server. Dates are kept as they came; `updated_key` is the form that sorts. */
export interface ServerVersionRow {
  name: string;
  version: string;
  id: string;
  /** The name without case, for `spelling()`. */
  name_folded: string;
  status: EntryStatus;
  status_message: string | null;
  status_changed_at: string;
  published_at: string;
  updated_at: string;
  updated_key: string;
  /** 0 or 1; PostgreSQL's own type would need other literals in the indexes. */
  is_latest: number;
  /** JSON text, so that the order of its keys is kept. */
  document: string;
  meta: string | null;
}

/** What one version can be found by; see `search.ts`. Status, latest flag and date repeat those of the version. */
export interface SearchEntryRow {
  id: Generated<number>;
  name: string;
  version: string;
  status: EntryStatus;
  is_latest: number;
  updated_key: string;
  name_folded: string;
  part_folded: string;
  /** All words of the entry, each between two spaces. */
  words: string;
}

/** A version that has a word. */
export interface SearchPostingRow {
  word: string;
  entry: number;
}

/** A word that some version has. */
export interface SearchWordRow {
  word: string;
}

/** A spelling that leads to a word. */
export interface SearchKeyRow {
  key: string;
  word: string;
}

/** A remote of one version. The URL stands as its SHA-256, because an index entry has a largest size. */
export interface ServerRemoteRow {
  name: string;
  version: string;
  url_hash: string;
}

export interface DeploymentRow {
  slug: string;
  name: string;
  version: string;
  enabled: number;
  source: DeploymentSource;
  settings: string;
  created_at: string;
  updated_at: string;
}

export interface TokenRow {
  id: string;
  name: string;
  hash: string;
  permissions: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

export interface SecretRow {
  name: string;
  sealed: string;
  updated_at: string;
}

export interface FactRow {
  key: string;
  value: string;
}

export interface AuditRow {
  seq: Generated<number>;
  at: string;
  actor: string;
  action: string;
  target: string;
  result: AuditRecord['result'];
  detail: string | null;
}

export interface ChangeRow {
  seq: Generated<number>;
  at: string;
  kind: ChangeRecord['kind'];
  subject: string;
}

export interface MigrationRow {
  name: string;
  /** SHA-256 of its statements. */
  hash: string;
  applied_at: string;
}

/** All tables, as Kysely sees them. `migrations/` makes them. */
export interface Tables {
  server_versions: ServerVersionRow;
  search_entries: SearchEntryRow;
  search_postings: SearchPostingRow;
  search_words: SearchWordRow;
  search_keys: SearchKeyRow;
  server_remotes: ServerRemoteRow;
  deployments: DeploymentRow;
  tokens: TokenRow;
  secrets: SecretRow;
  facts: FactRow;
  audit: AuditRow;
  changes: ChangeRow;
  migrations: MigrationRow;
}
