import { Kysely } from 'kysely';
import { withDeadline } from '../../base/abort.ts';
import type { StoreType } from '../../config/settings.ts';
import type { RegistryStore, StoreOptions } from '../store.ts';
import { type SqlDatabase, TRANSACTION_TIMEOUT_MS } from './database.ts';
import { type LibsqlConnection, openLibsql } from './libsql-connection.ts';
import type { Tables } from './schema.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import { ensurePrivateFile, prepareFolder, sqlitePath } from './sqlite-file.ts';
import { lockDatabaseFile } from './sqlite-lock.ts';
import { fileSides, memorySides, type Sides } from './sqlite-sides.ts';
import { openSqlStore } from './store.ts';
import { createWriteQueue } from './write-queue.ts';

/** How long a statement waits for a lock that another program holds on the file. The event loop waits too. */
const BUSY_TIMEOUT_MS = 2000;
/** The write-ahead log is cut back to this size, in bytes, after it has grown. */
const MAX_LOG_BYTES: number = 64 * 1024 * 1024;
/** Writes that wait for their turn. */
const MAX_WAITING_WRITES = 50_000;

/**
 * Opens the store in a file, and makes the file when there is none.
 *
 * @throws HubError `config.bad_value`, `store.locked`, `store.unavailable`, `store.unsupported`
 */
export async function openSqliteFile(options: StoreOptions): Promise<RegistryStore> {
  const path = prepareFolder(sqlitePath(options.url));
  const lock = lockDatabaseFile(path);
  const connections: LibsqlConnection[] = [];
  const release = (): void => {
    for (const connection of connections) connection.close();
    lock.release();
  };
  try {
    ensurePrivateFile(path);
    const writer = openLibsql(path);
    connections.push(writer);
    configureWriter(writer);
    // FULL: a commit returns when the log is on the disk; NORMAL could lose the last ones with the machine.
    for (const pragma of ['journal_mode = wal', 'synchronous = full', `journal_size_limit = ${MAX_LOG_BYTES}`]) {
      writer.run(`pragma ${pragma}`, []);
    }
    const reader = openLibsql(path);
    connections.push(reader);
    for (const pragma of [`busy_timeout = ${BUSY_TIMEOUT_MS}`, 'query_only = on']) reader.run(`pragma ${pragma}`, []);
    return await openSqlStore(
      createDatabase('sqlite', fileSides(writer, reader), () => {
        try {
          // With an empty log, a copy of the one file is the whole database.
          writer.run('pragma wal_checkpoint(truncate)', []);
        } catch (error) {
          options.logger.warn({ err: error }, 'the log of the database could not be emptied; nothing is lost');
        }
        release();
      }),
      options,
    );
  } catch (error) {
    release();
    throw error;
  }
}

/** Opens a store that ends with the process. */
export async function openSqliteMemory(options: StoreOptions): Promise<RegistryStore> {
  const connection = openLibsql(':memory:');
  configureWriter(connection);
  return openSqlStore(
    createDatabase('memory', memorySides(connection), () => connection.close()),
    options,
  );
}

function configureWriter(writer: LibsqlConnection): void {
  for (const pragma of [`busy_timeout = ${BUSY_TIMEOUT_MS}`, 'foreign_keys = on']) writer.run(`pragma ${pragma}`, []);
}

function createDatabase(type: StoreType, sides: Sides, release: () => void): SqlDatabase {
  const writer = new Kysely<Tables>({ dialect: createSqliteDialect(sides.writer) });
  const reader = new Kysely<Tables>({ dialect: createSqliteDialect(sides.reader) });
  const queue = createWriteQueue(MAX_WAITING_WRITES);
  let closing: Promise<void> | undefined;
  return {
    type,
    words: {
      growingKey: 'integer primary key autoincrement not null',
      bytewise: 'collate binary',
      clustered: ' without rowid',
    },
    reader,
    // One writer: the queue serialises all transactions, whatever their keys.
    transaction: (_keys, work) =>
      queue.run(() =>
        writer
          .transaction()
          .execute((trx) =>
            withDeadline(TRANSACTION_TIMEOUT_MS, 'store.unavailable', 'The change', undefined, () => work(trx)),
          ),
      ),
    close() {
      closing ??= queue.idle().then(release);
      return closing;
    },
  };
}
