import type { StoreType } from '../config/settings.ts';
import type { Logger } from '../telemetry/log.ts';
import type { DeploymentStore } from './deployment.ts';
import type { EntryStore } from './entry.ts';

/** An API token as it is kept: its value is not, only a hash of it. */
export interface TokenRecord {
  id: string;
  name: string;
  /** SHA-256 of the token's text, lower-case hex. */
  hash: string;
  /** `action:pattern` strings, see `auth/permissions.ts`. */
  permissions: string[];
  createdAt: string;
  expiresAt?: string;
  lastUsedAt?: string;
}

/** The kept tokens. A revoked token is removed. */
export interface TokenStore {
  /** All, ordered by name. */
  list(): Promise<TokenRecord[]>;
  byHash(hash: string): Promise<TokenRecord | undefined>;
  /** @throws HubError `store.conflict` when a token with this id, name or hash exists. */
  insert(token: TokenRecord): Promise<void>;
  /** By id, or by name when no token has this id; false when there was none. */
  remove(idOrName: string): Promise<boolean>;
  /** Sets `lastUsedAt`. It is a write like any other, so it is not for every request. */
  touch(id: string, usedAt: string): Promise<void>;
}

/** Sealed values: the store sees ciphertext only. */
export interface SecretStore {
  /** Names and dates, ordered by name. */
  list(): Promise<{ name: string; updatedAt: string }[]>;
  get(name: string): Promise<string | undefined>;
  /** Adds or replaces. */
  put(name: string, sealed: string, updatedAt: string): Promise<void>;
  remove(name: string): Promise<boolean>;
}

/** One line of the audit trail. It never holds a secret. */
export interface AuditRecord {
  at: string;
  /** Who: name of the principal. */
  actor: string;
  /** What, e.g. `publish`, `deployment.create`. */
  action: string;
  /** To what, e.g. `com.example/weather@1.0.0`. */
  target: string;
  result: 'ok' | 'refused' | 'failed';
  detail?: string;
}

/** What a driver works with. */
export interface StoreOptions {
  type: StoreType;
  /** Where the data is; `file:PATH` for `sqlite` (relative to the working directory), not used by `memory`. */
  url: string;
  logger: Logger;
  /** The time for the change feed; default: the system's. */
  clock?: () => Date;
}

/** Small facts of the hub itself, e.g. which seed was imported. */
export interface FactStore {
  get(key: string): Promise<string | undefined>;
  put(key: string, value: string): Promise<void>;
}

/** One change of the catalogue or of the hub, in the order in which it was committed. */
export interface ChangeRecord {
  seq: number;
  at: string;
  /** `entry` or `deployment`. */
  kind: 'entry' | 'deployment';
  /** Server name or slug. */
  subject: string;
}

/**
 * What is kept, behind one contract that every driver keeps (suite: `test/contract/store.ts`).
 * A promise that resolved is a write that survives a killed process. Every method may reject with
 * `store.unavailable` when the database cannot be reached.
 */
export interface RegistryStore {
  readonly type: StoreType;
  readonly entries: EntryStore;
  readonly deployments: DeploymentStore;
  readonly tokens: TokenStore;
  readonly secrets: SecretStore;
  readonly facts: FactStore;
  /** Adds a line to the audit trail. */
  audit(record: AuditRecord): Promise<void>;
  /** The newest audit lines first, at most `limit` and never more than 10,000. */
  auditTrail(limit: number): Promise<AuditRecord[]>;
  /**
   * Changes after `seq`, oldest first, at most `limit` and never more than 10,000. Entry and deployment writes add them
   * in their transaction, one for each name or slug that the transaction wrote.
   */
  changes(afterSeq: number, limit: number): Promise<ChangeRecord[]>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Ends all work; may be called twice. */
  close(): Promise<void>;
}
