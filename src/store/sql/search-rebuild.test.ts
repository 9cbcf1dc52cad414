import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../telemetry/log.ts';
import type { ServerEntry } from '../entry.ts';
import { openStore } from '../index.ts';
import type { RegistryStore } from '../store.ts';
import { openLibsql } from './libsql-connection.ts';
import { search } from './migrations/0002-search.ts';

const folder = mkdtempSync(join(tmpdir(), 'mcp-hub-rebuild-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'hub.db');
const open = (): Promise<RegistryStore> =>
  openStore({ type: 'sqlite', url: `file:${path}`, logger: createLogger('silent') });
const DATE = '2026-01-01T00:00:00Z';
const entry = (n: number): ServerEntry => ({
  id: `id-${n}`,
  name: `com.example/s${n}`,
  version: '1.0.0',
  status: 'active',
  statusChangedAt: DATE,
  publishedAt: DATE,
  updatedAt: DATE,
  isLatest: true,
  document: { name: `com.example/s${n}`, version: '1.0.0', description: n % 2 === 0 ? 'even alpha' : 'odd bravo' },
});
const count = async (text: string): Promise<number> => {
  const store = await open();
  const rows = await store.entries.list({ search: text, limit: 10_000, includeDeleted: false });
  await store.close();
  return rows.length;
};
const outside = (...statements: string[]): void => {
  const connection = openLibsql(path);
  for (const statement of statements) connection.exec(statement);
  connection.close();
};

describe('a database that an older version has written', () => {
  it('is searched as a whole after the next start, wherever a start before it was stopped', async () => {
    const store = await open();
    const names = Array.from({ length: 450 }, (_, n) => `com.example/s${n}`);
    await store.entries.changeMany(names, async (tx) => {
      for (const [n, name] of names.entries()) await tx(name).insert(entry(n));
    });
    await store.close();

    // What the first version left: its own table, none of the new ones.
    const tables = ['search_entries', 'search_postings', 'search_words', 'search_keys'];
    outside(
      ...tables.map((table) => `drop table ${table}`),
      'create table server_search (name text)',
      `delete from migrations where name = '${search.name}'`,
      `delete from facts where key = 'search.revision'`,
    );
    expect(await count('alpha')).toBe(225);
    expect(await count('barvo')).toBe(225);

    outside(
      `update facts set value = '1 is being made' where key = 'search.revision'`,
      `delete from search_postings where entry in (select id from search_entries where name > 'com.example/s3')`,
      `delete from search_entries where name > 'com.example/s3'`,
    );
    expect(await count('alpha')).toBe(225);

    outside(
      `update facts set value = '0' where key = 'search.revision'`,
      `update search_entries set words = ' stale '`,
    );
    expect(await count('bravo')).toBe(225);
    expect(await count('stale')).toBe(0);
  });
});
