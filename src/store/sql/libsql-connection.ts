import Database from 'libsql';
import { HubError } from '../../base/errors.ts';
import { translateSqliteError } from './sqlite-error.ts';

/** Rows of a query, or what a statement changed. */
export interface StatementResult {
  rows: unknown[];
  changes: number;
}

/** One connection to an SQLite database. Its calls are synchronous: when one returns, the work is done. */
export interface LibsqlConnection {
  readonly inTransaction: boolean;
  /** Runs one prepared statement. */
  run(sql: string, parameters: readonly unknown[]): StatementResult;
  /** Runs statements that have neither parameters nor rows. */
  exec(sql: string): void;
  close(): void;
}

/** Prepared statements that a connection keeps. */
const MAX_KEPT_STATEMENTS = 200;

/**
 * Opens a connection. `path` is a file or `:memory:`.
 *
 * @throws HubError `store.unavailable` when the file cannot be opened.
 */
export function openLibsql(path: string): LibsqlConnection {
  const database = translated(() => new Database(path));
  const kept = new Map<string, Database.Statement>();
  let isOpen = true;

  const prepare = (sql: string): Database.Statement => {
    const known = kept.get(sql);
    // Taken out and put back, the map is in the order of last use.
    if (known !== undefined) kept.delete(sql);
    const statement = known ?? database.prepare(sql);
    kept.set(sql, statement);
    if (kept.size > MAX_KEPT_STATEMENTS) {
      const [oldest] = kept.keys();
      if (oldest !== undefined) kept.delete(oldest);
    }
    return statement;
  };

  const assertOpen = (): void => {
    if (!isOpen) throw new HubError('store.unavailable', 'The store is closed.');
  };

  return {
    get inTransaction() {
      return database.inTransaction;
    },
    run(sql, parameters) {
      assertOpen();
      try {
        const statement = prepare(sql);
        if (statement.reader) return { rows: statement.all(parameters), changes: 0 };
        return { rows: [], changes: statement.run(parameters).changes };
      } catch (error) {
        // A statement that failed half way may hold its snapshot; without a reference it is released.
        kept.delete(sql);
        throw translateSqliteError(error);
      }
    },
    exec(sql) {
      assertOpen();
      translated(() => database.exec(sql));
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      kept.clear();
      database.close();
    },
  };
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateSqliteError(error);
  }
}
