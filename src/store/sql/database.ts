import type { Kysely, Transaction } from 'kysely';
import type { StoreType } from '../../config/settings.ts';
import type { Tables } from './schema.ts';

/** Words of SQL that the databases spell differently, for the migrations. */
export interface SqlWords {
  /** A primary key that grows by itself and is never given twice. */
  growingKey: string;
  /** Compares and orders a text column byte by byte. */
  bytewise: string;
  /** Behind a table whose rows stand in the tree of its primary key; default: nothing. */
  clustered?: string;
}

/**
 * What differs between the databases behind the one SQL implementation. Everything else is portable SQL over Kysely:
 * a new database is one file that makes this.
 */
export interface SqlDatabase {
  readonly type: StoreType;
  readonly words: SqlWords;
  /** For reads outside transactions: sees what is committed and nothing else, and never waits for a writer. */
  readonly reader: Kysely<Tables>;
  /**
   * Runs `work` as one transaction, alone among all that share a key with it. When it throws, nothing has happened.
   * It is given up after {@link TRANSACTION_TIMEOUT_MS}.
   *
   * @throws HubError `store.unavailable` when the database refuses, the wait is too long or the store is closed.
   */
  transaction<T>(keys: readonly string[], work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** Waits for the transactions at work and releases everything; may be called twice. */
  close(): Promise<void>;
}

/** A transaction that takes longer than this is rolled back. */
export const TRANSACTION_TIMEOUT_MS = 30_000;
