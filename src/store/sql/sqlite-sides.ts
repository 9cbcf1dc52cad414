import type { LibsqlConnection } from './libsql-connection.ts';
import type { SqliteSide } from './sqlite-dialect.ts';

/** The two ways to one database: all transactions go through one, all other reads through the other. */
export interface Sides {
  writer: SqliteSide;
  reader: SqliteSide;
}

/** Two connections to one file; the write-ahead log keeps what is not committed from the reader. */
export function fileSides(writer: LibsqlConnection, reader: LibsqlConnection): Sides {
  return {
    writer: {
      read: writer.run,
      write: writer.run,
      begin: () => writer.exec('begin immediate'),
      commit: () => writer.exec('commit'),
      rollback: () => rollBack(writer),
    },
    reader: readOnly(reader.run),
  };
}

/**
 * A database in memory has one connection only, so an outside read during a transaction would see what is not
 * committed. As nothing but the transaction writes, it can be undone, the read done and its statements done again, all
 * within one synchronous call.
 */
export function memorySides(connection: LibsqlConnection): Sides {
  let written: { sql: string; parameters: readonly unknown[] }[] = [];
  const begin = (): void => connection.exec('begin immediate');
  return {
    writer: {
      read: connection.run,
      write(sql, parameters) {
        const result = connection.run(sql, parameters);
        written.push({ sql, parameters });
        return result;
      },
      begin,
      commit() {
        connection.exec('commit');
        written = [];
      },
      rollback() {
        rollBack(connection);
        written = [];
      },
    },
    reader: readOnly((sql, parameters) => {
      if (written.length === 0) return connection.run(sql, parameters);
      connection.exec('rollback');
      try {
        return connection.run(sql, parameters);
      } finally {
        begin();
        for (const statement of written) connection.run(statement.sql, statement.parameters);
      }
    }),
  };
}

function readOnly(read: SqliteSide['read']): SqliteSide {
  const refuse = (): never => {
    throw new TypeError('The reading side of a database takes neither writes nor transactions.');
  };
  return { read, write: refuse, begin: refuse, commit: refuse, rollback: refuse };
}

/** A full disk and the like end the transaction before anybody asks for it. */
function rollBack(connection: LibsqlConnection): void {
  if (connection.inTransaction) connection.exec('rollback');
}
