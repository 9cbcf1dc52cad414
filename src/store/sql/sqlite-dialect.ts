import { performance } from 'node:perf_hooks';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { HubError } from '../../base/errors.ts';
import type { StatementResult } from './libsql-connection.ts';

/** What the dialect stands on: synchronous statements, and transactions if it is the writing side. */
export interface SqliteSide {
  read(sql: string, parameters: readonly unknown[]): StatementResult;
  write(sql: string, parameters: readonly unknown[]): StatementResult;
  begin(): void;
  commit(): void;
  rollback(): void;
}

/** After this much work in one turn of the event loop, in milliseconds, other work gets its turn. */
const MAX_TURN_MS = 10;

/**
 * Kysely's dialect for a synchronous SQLite connection. It does no queueing: the caller makes sure that at most one
 * transaction is open on a side.
 */
export function createSqliteDialect(side: SqliteSide): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => createDriver(side),
  };
}

function createDriver(side: SqliteSide): Driver {
  const takeTurn = createTurns();
  return {
    init: async () => {},
    acquireConnection: async () => new Lease(side, takeTurn),
    beginTransaction: async () => side.begin(),
    commitTransaction: async (connection) => {
      endLease(connection);
      side.commit();
    },
    rollbackTransaction: async (connection) => {
      endLease(connection);
      side.rollback();
    },
    releaseConnection: async (connection) => endLease(connection),
    destroy: async () => {},
  };
}

/**
 * The connection for as long as one query or transaction has it. A statement that somebody sends after the end of its
 * transaction is refused here; it would become part of the next one.
 */
class Lease implements DatabaseConnection {
  readonly #side: SqliteSide;
  readonly #takeTurn: () => Promise<void> | undefined;
  #hasEnded = false;

  constructor(side: SqliteSide, takeTurn: () => Promise<void> | undefined) {
    this.#side = side;
    this.#takeTurn = takeTurn;
  }

  end(): void {
    this.#hasEnded = true;
  }

  async executeQuery<R>(compiled: CompiledQuery): Promise<QueryResult<R>> {
    await this.#takeTurn();
    if (this.#hasEnded) throw new HubError('internal', 'A statement was sent after its transaction had ended.');
    const run = SelectQueryNode.is(compiled.query) ? this.#side.read : this.#side.write;
    const { rows, changes } = run(compiled.sql, compiled.parameters);
    return { rows: rows as R[], numAffectedRows: BigInt(changes) };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator, and nothing here streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new HubError('internal', 'Rows are read in pages, not streamed.');
  }
}

function endLease(connection: DatabaseConnection): void {
  if (connection instanceof Lease) connection.end();
}

/**
 * A synchronous driver settles its promises at once, so a loop of awaited statements would never let a request in.
 * The function made here gives a promise for the next turn of the event loop when this one has been used up.
 */
function createTurns(): () => Promise<void> | undefined {
  let startedAt: number | undefined;
  return () => {
    if (startedAt === undefined) {
      startedAt = performance.now();
      setImmediate(() => {
        startedAt = undefined;
      });
      return undefined;
    }
    if (performance.now() - startedAt < MAX_TURN_MS) return undefined;
    return new Promise((resolve) => setImmediate(resolve));
  };
}
