import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../telemetry/log.ts';
import { openStore } from '../index.ts';
import type { SqlDatabase } from './database.ts';
import { openLibsql } from './libsql-connection.ts';
import { type Migration, migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Tables } from './schema.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import { memorySides } from './sqlite-sides.ts';
import { createWriteQueue } from './write-queue.ts';

const WORDS = { growingKey: 'integer primary key autoincrement not null', bytewise: 'collate binary' };
const clock = (): Date => new Date('2026-01-01T00:00:00Z');
const step = (name: string, ...statements: string[]): Migration => ({ name, statements: () => statements });
const ONE = step('0001-one', 'create table one (x integer)', 'insert into one values (1)');
const TWO = step('0002-two', 'create table two (x integer)', 'insert into one values (2)');

let database: SqlDatabase;
beforeEach(() => {
  const sides = memorySides(openLibsql(':memory:'));
  const writer = new Kysely<Tables>({ dialect: createSqliteDialect(sides.writer) });
  const queue = createWriteQueue(10);
  database = {
    type: 'memory',
    words: WORDS,
    reader: new Kysely<Tables>({ dialect: createSqliteDialect(sides.reader) }),
    transaction: (_keys, work) => queue.run(() => writer.transaction().execute(work)),
    close: async () => {},
  };
});

const rowsOf = async (table: string): Promise<unknown[]> =>
  database.transaction([], async (trx) => (await sql.raw(`select * from ${table}`).execute(trx)).rows);

describe('migrate', () => {
  it('applies what is missing, in order and once', async () => {
    expect(await migrate(database, [ONE], clock)).toEqual(['0001-one']);
    expect(await migrate(database, [ONE], clock)).toEqual([]);
    expect(await migrate(database, [ONE, TWO], clock)).toEqual(['0002-two']);
    expect(await database.reader.selectFrom('migrations').select(['name', 'applied_at']).execute()).toEqual([
      { name: '0001-one', applied_at: '2026-01-01T00:00:00.000Z' },
      { name: '0002-two', applied_at: '2026-01-01T00:00:00.000Z' },
    ]);
  });

  it('leaves nothing of a step that fails, and keeps the steps before it', async () => {
    const broken = step('0002-two', 'create table two (x integer)', 'insert into nowhere values (1)');
    await expect(migrate(database, [ONE, broken], clock)).rejects.toThrow(/nowhere/);
    expect(await database.reader.selectFrom('migrations').select('name').execute()).toEqual([{ name: '0001-one' }]);
    expect(await migrate(database, [ONE, TWO], clock)).toEqual(['0002-two']);
  });

  it('notices a step that was changed after it was applied, but not new white space', async () => {
    await migrate(database, [ONE], clock);
    const indented = step('0001-one', 'create table one\n    (x integer)', 'insert into one values (1)');
    expect(await migrate(database, [indented], clock)).toEqual([]);
    const changed = step('0001-one', 'create table one (x integer)', 'insert into one values (7)');
    await expect(migrate(database, [changed, TWO], clock)).rejects.toMatchObject({
      code: 'store.unsupported',
      message: expect.stringContaining('"0001-one"'),
    });
    expect(await rowsOf('one')).toEqual([{ x: 1 }]);
  });

  it('refuses a database that a newer version made, and leaves it as it is', async () => {
    await migrate(database, [ONE, TWO], clock);
    const three = step('0001-zero', 'create table zero (x integer)');
    await expect(migrate(database, [ONE, three], clock)).rejects.toMatchObject({
      code: 'store.unsupported',
      message: expect.stringMatching(/"0002-two".*newer version/),
    });
    await expect(rowsOf('zero')).rejects.toThrow();
  });

  it('works when two do it at once', async () => {
    const done = await Promise.all([migrate(database, [ONE, TWO], clock), migrate(database, [ONE, TWO], clock)]);
    expect(done.flat().sort()).toEqual(['0001-one', '0002-two']);
    expect(await rowsOf('one')).toHaveLength(2);
  });
});

describe('the list of migrations', () => {
  it('is numbered without gaps', () => {
    const numbers = MIGRATIONS.map(({ name }) => /^(\d{4})-[a-z-]+$/.exec(name)?.[1]);
    expect(numbers).toEqual(MIGRATIONS.map((_, i) => String(i + 1).padStart(4, '0')));
  });
});

describe('a database of a newer version', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-hub-migrate-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is refused by the store, which lets go of the file', async () => {
    const path = join(folder, 'hub.db');
    const options = { type: 'sqlite', url: `file:${path}`, logger: createLogger('silent') } as const;
    await (await openStore(options)).close();
    const outside = openLibsql(path);
    outside.exec(`insert into migrations values ('9999-future', 'x', 'y')`);
    await expect(openStore(options)).rejects.toMatchObject({ code: 'store.unsupported' });
    outside.exec(`delete from migrations where name = '9999-future'`);
    outside.close();
    await (await openStore(options)).close();
  });
});
