import { describe, expect, it } from 'vitest';
import type { EntryTransaction, ServerEntry } from '../../src/store/entry.ts';
import { add, entry, keys, list, names, pages, type StoreUnderTest } from './store-fixtures.ts';

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Keeping, finding and listing entries. */
export function entryContract({ store, reopen }: StoreUnderTest): void {
  describe('keeping an entry', () => {
    it('gives an entry back as it was given', async () => {
      const given = entry('com.example/all', {
        status: 'deprecated',
        statusMessage: 'use another one',
        meta: { 'com.example/x': { b: 1, a: [null, true, 'ü'] } },
        doc: { title: 'Ünïcödé 天気 🌦', remotes: [{ type: 'sse', url: 'https://a.example/' }], extra: { deep: [1.5] } },
      });
      await add(store(), given);
      expect(await store().entries.get(given.name, given.version)).toEqual(given);
    });

    it('keeps the order of the keys of a document', async () => {
      const document = { zeta: 1, version: '1.0.0', name: 'com.example/keys', alpha: 2, description: 'd' };
      await add(store(), entry('com.example/keys', { document }));
      const kept = await store().entries.get('com.example/keys', '1.0.0');
      expect(Object.keys(kept?.document ?? {})).toEqual(['zeta', 'version', 'name', 'alpha', 'description']);
    });

    it('leaves out what was not given, and keeps an empty message and an empty meta', async () => {
      await add(store(), entry('com.example/bare'), entry('com.example/empty', { statusMessage: '', meta: {} }));
      const bare = await store().entries.get('com.example/bare', '1.0.0');
      expect(Object.keys(bare ?? {})).not.toEqual(expect.arrayContaining(['statusMessage']));
      expect(Object.keys(bare ?? {})).not.toEqual(expect.arrayContaining(['meta']));
      expect(await store().entries.get('com.example/empty', '1.0.0')).toMatchObject({ statusMessage: '', meta: {} });
    });

    it('keeps dates as they were written', async () => {
      const dates = {
        updatedAt: '2025-09-10T13:57:43.256739Z',
        publishedAt: '2025-09-10T13:57:43Z',
        statusChangedAt: '2025-09-10T13:57:43.5Z',
      };
      await add(store(), entry('com.example/dates', dates));
      expect(await store().entries.get('com.example/dates', '1.0.0')).toMatchObject(dates);
    });

    it('keeps a document of one mebibyte, with every kind of character in it', async () => {
      const text = `${'天🌦"\\\u0001\u0000é'.repeat(60_000)}`.padEnd(1024 * 1024, 'x');
      const given = entry('com.example/large', { doc: { note: text } });
      await add(store(), given);
      expect((await store().entries.get('com.example/large', '1.0.0'))?.document).toEqual(given.document);
    });

    it('keeps an entry with thousands of remotes', async () => {
      const remotes = Array.from({ length: 3000 }, (_, i) => ({ type: 'sse', url: `https://h${i}.example/` }));
      await add(store(), entry('com.example/many', { doc: { remotes } }));
      const owners = await store().entries.change('com.example/other', (tx) =>
        tx.ownersOfRemote('https://h2999.example/'),
      );
      expect(owners).toEqual(['com.example/many']);
    });

    it('is not changed by what is done to the given or the returned value afterwards', async () => {
      const given = entry('com.example/copy');
      await add(store(), given);
      given.document.description = 'changed';
      const first = await store().entries.get('com.example/copy', '1.0.0');
      if (first !== undefined) first.document.description = 'changed too';
      expect((await store().entries.get('com.example/copy', '1.0.0'))?.document.description).toBe('A server.');
    });

    it('refuses an entry whose date cannot be read', async () => {
      await expect(add(store(), entry('com.example/when', { updatedAt: 'yesterday' }))).rejects.toMatchObject({
        code: 'request.invalid',
      });
      expect(await names(store())).toEqual([]);
    });
  });

  describe('finding an entry', () => {
    it('finds nothing under unknown names, versions and ids', async () => {
      await add(store(), entry('com.example/here'));
      expect(await store().entries.get('com.example/there', '1.0.0')).toBeUndefined();
      expect(await store().entries.get('com.example/here', '2.0.0')).toBeUndefined();
      expect(await store().entries.get('com.example/there', 'latest')).toBeUndefined();
      expect(await store().entries.byId('00000000-0000-0000-0000-000000000000')).toBeUndefined();
      expect(await store().entries.byId('')).toBeUndefined();
      expect(await store().entries.versions('com.example/there')).toEqual([]);
    });

    it('takes names and versions byte by byte', async () => {
      await add(store(), entry('com.example/Case', { version: '1.0.0-RC' }));
      expect(await store().entries.get('com.example/case', '1.0.0-RC')).toBeUndefined();
      expect(await store().entries.get('com.example/Case', '1.0.0-rc')).toBeUndefined();
      expect(await store().entries.get('com.example/Case ', '1.0.0-RC')).toBeUndefined();
      expect(await store().entries.get('com.example/Case', '1.0.0-RC')).toBeDefined();
    });

    it('finds an entry by its id, deleted or not', async () => {
      const given = entry('com.example/id', { status: 'deleted' });
      await add(store(), given);
      expect(await store().entries.byId(given.id)).toEqual(given);
    });

    it('gives the version with the latest mark for "latest", deleted or not, and none when none has it', async () => {
      await add(
        store(),
        entry('com.example/l', { version: '1.0.0', isLatest: false }),
        entry('com.example/l', { version: '2.0.0', status: 'deleted' }),
        entry('com.example/none', { isLatest: false }),
      );
      expect((await store().entries.get('com.example/l', 'latest'))?.version).toBe('2.0.0');
      expect(await store().entries.get('com.example/none', 'latest')).toBeUndefined();
    });

    it('gives all versions of a name, deleted ones too, and those of no other', async () => {
      await add(
        store(),
        entry('com.example/v', { version: '1.0.0', isLatest: false, status: 'deleted' }),
        entry('com.example/v', { version: '2.0.0' }),
        entry('com.example/v2'),
      );
      const versions = (await store().entries.versions('com.example/v')).map((one) => one.version);
      expect(versions.sort()).toEqual(['1.0.0', '2.0.0']);
    });

    it('counts names with a version that is not deleted, and all rows', async () => {
      expect(await store().entries.count()).toEqual({ names: 0, versions: 0 });
      await add(
        store(),
        entry('com.example/a', { version: '1.0.0', isLatest: false, status: 'deleted' }),
        entry('com.example/a', { version: '2.0.0' }),
        entry('com.example/b', { status: 'deprecated' }),
        entry('com.example/c', { status: 'deleted' }),
      );
      expect(await store().entries.count()).toEqual({ names: 2, versions: 4 });
    });
  });

  describe('listing', () => {
    it('is empty when nothing is kept', async () => {
      expect(await list(store())).toEqual([]);
    });

    it('orders names byte by byte: capitals first, then small letters, then letters with more bytes', async () => {
      const given = [
        'b/a',
        'a/b',
        'A/b',
        'a/B',
        'a-b/c',
        'a/',
        'ä/b',
        'z/z',
        '天/気',
        'Z/z',
        '_/x',
        '\u{1F326}/x',
        '\uFB01/x',
      ];
      await add(store(), ...given.map((name) => entry(name)));
      expect(await names(store())).toEqual([...given].sort(bytewise));
    });

    it('orders the versions of a name byte by byte, not as numbers', async () => {
      const given = ['10.0.0', '9.0.0', '1.0.0', '1.0.0-rc', '1.0.0-RC', 'v1'];
      await add(store(), ...given.map((version) => entry('com.example/v', { version, isLatest: version === 'v1' })));
      expect(keys(await list(store()))).toEqual([...given].sort(bytewise).map((version) => `com.example/v@${version}`));
    });

    it('gives no rank without a search', async () => {
      await add(store(), entry('com.example/a'));
      expect(await list(store())).toEqual([{ entry: expect.objectContaining({ name: 'com.example/a' }) }]);
    });

    it('leaves deleted rows out unless they are asked for, and keeps deprecated ones', async () => {
      await add(
        store(),
        entry('com.example/a'),
        entry('com.example/b', { status: 'deleted' }),
        entry('com.example/c', { status: 'deprecated' }),
      );
      expect(await names(store())).toEqual(['com.example/a', 'com.example/c']);
      expect(await names(store(), { includeDeleted: true })).toHaveLength(3);
    });

    it('gives only the latest rows, or only one exact version, when asked', async () => {
      await add(
        store(),
        entry('com.example/a', { version: '1.0.0', isLatest: false }),
        entry('com.example/a', { version: '2.0.0' }),
        entry('com.example/b', { version: '1.0.0' }),
      );
      expect(keys(await list(store(), { version: 'latest' }))).toEqual(['com.example/a@2.0.0', 'com.example/b@1.0.0']);
      expect(keys(await list(store(), { version: '1.0.0' }))).toEqual(['com.example/a@1.0.0', 'com.example/b@1.0.0']);
      expect(await list(store(), { version: '1.0' })).toEqual([]);
    });

    it('gives only rows updated later than an instant, however its fraction and zone are written', async () => {
      const at = (n: number, updatedAt: string): ServerEntry => entry(`com.example/${n}`, { updatedAt });
      await add(
        store(),
        at(1, '2025-09-10T13:57:43Z'),
        at(2, '2025-09-10T13:57:43.2Z'),
        at(3, '2025-09-10T13:57:43.25Z'),
        at(4, '2025-09-10T13:57:43.256739Z'),
        at(5, '2025-09-10T13:57:44Z'),
      );
      const since = (updatedSince: string): Promise<string[]> => names(store(), { updatedSince });
      expect(await since('2025-09-10T13:57:43.20Z')).toEqual(['com.example/3', 'com.example/4', 'com.example/5']);
      expect(await since('2025-09-10T13:57:43.256738Z')).toEqual(['com.example/4', 'com.example/5']);
      expect(await since('2025-09-10T13:57:43.256739Z')).toEqual(['com.example/5']);
      expect(await since('2025-09-10T15:57:43+02:00')).toHaveLength(4);
      expect(await since('2025-09-10T13:57:42.999999999Z')).toHaveLength(5);
      expect(await since('2025-09-10T13:57:44Z')).toEqual([]);
    });

    it('gives the same rows for few and for many later updates', async () => {
      const many = Array.from({ length: 1100 }, (_, i) =>
        entry(`com.example/${String(i).padStart(4, '0')}`, {
          updatedAt: new Date(Date.UTC(2026, 0, 1) + ((i * 37) % 1100) * 1000).toISOString(),
        }),
      );
      for (let start = 0; start < many.length; start += 500) {
        const part = many.slice(start, start + 500);
        await store().entries.changeMany(
          part.map((one) => one.name),
          async (tx) => {
            for (const one of part) await tx(one.name).insert(one);
          },
        );
      }
      for (const updatedSince of ['2025-12-31T00:00:00Z', '2026-01-01T00:03:00Z', '2026-01-01T00:18:00Z']) {
        const later = many.filter((one) => one.updatedAt > updatedSince).map((one) => one.name);
        const listed = await pages(store(), { updatedSince, limit: 300 });
        expect(listed.map((row) => row.entry.name)).toEqual(later);
      }
    });

    it('joins all filters with AND', async () => {
      await add(
        store(),
        entry('com.example/a', { updatedAt: '2026-01-01T00:00:00Z' }),
        entry('com.example/b', { updatedAt: '2026-02-01T00:00:00Z', isLatest: false }),
        entry('com.example/c', { updatedAt: '2026-02-01T00:00:00Z', status: 'deleted' }),
        entry('com.example/d', { updatedAt: '2026-02-01T00:00:00Z' }),
      );
      const both = { version: 'latest', updatedSince: '2026-01-15T00:00:00Z' };
      expect(await names(store(), both)).toEqual(['com.example/d']);
      expect(await names(store(), { ...both, search: 'server' })).toEqual(['com.example/d']);
      expect(await names(store(), { ...both, includeDeleted: true })).toEqual(['com.example/c', 'com.example/d']);
    });

    it.each([0, -1, 1.5, 10_001, Number.NaN])('refuses a page of %d rows', async (limit) => {
      await expect(list(store(), { limit })).rejects.toMatchObject({ code: 'request.invalid' });
    });

    it('refuses an instant that cannot be read', async () => {
      await expect(list(store(), { updatedSince: '2026' })).rejects.toMatchObject({ code: 'request.invalid' });
    });
  });

  describe('paging', () => {
    const fill = (): Promise<void> =>
      add(
        store(),
        ...['com.example/B', 'com.example/a', 'com.example/c'].flatMap((name) =>
          ['1.0.0', '1.1.0', '2.0.0'].map((version) => entry(name, { version, isLatest: version === '2.0.0' })),
        ),
      );

    it.each([1, 2, 4, 100])('gives each row once in pages of %d', async (limit) => {
      await fill();
      const all = keys(await list(store()));
      expect(all).toHaveLength(9);
      expect(keys(await pages(store(), { limit }))).toEqual(all);
    });

    it('begins after a row that does not exist any more, or never did', async () => {
      await fill();
      expect(keys(await list(store(), { limit: 1, after: { name: 'com.example/a', version: '1.0.5' } }))).toEqual([
        'com.example/a@1.1.0',
      ]);
    });

    it('begins after all versions of a name when the position has no version', async () => {
      await fill();
      expect(keys(await list(store(), { limit: 1, after: { name: 'com.example/a' } }))).toEqual([
        'com.example/c@1.0.0',
      ]);
      expect(await list(store(), { after: { name: 'com.example/c' } })).toEqual([]);
      expect(keys(await list(store(), { limit: 1, after: { name: 'com.example/' } }))).toEqual(['com.example/B@1.0.0']);
    });

    it('ignores a rank in the position when nothing is searched for', async () => {
      await fill();
      const after = { name: 'com.example/a', version: '2.0.0', rank: 3 };
      expect(keys(await list(store(), { limit: 1, after }))).toEqual(['com.example/c@1.0.0']);
    });

    it('gives every row that was there all the time once while others come and go', async () => {
      await fill();
      const before = keys(await list(store()));
      const rows = await pages(store(), { limit: 2 }, async (page) => {
        await add(store(), entry(`com.example/A${page}`), entry(`com.example/z${page}`));
        if (page === 1) await store().entries.change('com.example/A0', (tx) => tx.remove('1.0.0'));
      });
      const seen = keys(rows);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(before));
      expect(seen).toEqual([...seen].sort(bytewise));
    });
  });

  if (reopen === undefined) return;

  it('keeps everything when it is closed and opened again', async () => {
    const given = [entry('com.example/a', { meta: { x: 1 } }), entry('com.example/b', { status: 'deleted' })];
    await add(store(), ...given);
    const again = await reopen();
    expect(await again.entries.versions('com.example/a')).toEqual([given[0]]);
    expect(await again.entries.byId(given[1]?.id ?? '')).toEqual(given[1]);
    expect(await again.entries.list({ limit: 5, includeDeleted: true, search: 'server' })).toHaveLength(2);
  });

  it('goes on with the change feed where it was', async () => {
    await add(store(), entry('com.example/a'));
    const [first] = await store().changes(0, 10);
    const again = await reopen();
    await again.entries.change('com.example/b', (tx: EntryTransaction) => tx.insert(entry('com.example/b')));
    const all = await again.changes(0, 10);
    expect(all.map((change) => change.subject)).toEqual(['com.example/a', 'com.example/b']);
    expect(all[1]?.seq).toBeGreaterThan(first?.seq ?? Number.MAX_SAFE_INTEGER);
  });
}
