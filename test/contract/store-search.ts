import { describe, expect, it } from 'vitest';
import { add, entry, keys, list, names, pages, type StoreUnderTest } from './store-fixtures.ts';

const PUBLISHER = 'io.modelcontextprotocol.registry/publisher-provided';

/** Searching the catalogue. */
export function searchContract({ store }: StoreUnderTest): void {
  const search = (text: string): Promise<string[]> => names(store(), { search: text });
  const ranked = async (text: string): Promise<string[]> =>
    (await list(store(), { search: text })).map((row) => `${row.rank} ${row.entry.name}`);

  describe('what a search finds', () => {
    it('is name, title, description, package identifiers, remotes and tags', async () => {
      await add(
        store(),
        entry('com.example/by-name-zulu'),
        entry('com.example/b', { doc: { title: 'Zulu time' } }),
        entry('com.example/c', { doc: { description: 'speaks zulu' } }),
        entry('com.example/d', { doc: { packages: [{ registryType: 'npm', identifier: '@zulu/pkg' }] } }),
        entry('com.example/e', { doc: { remotes: [{ type: 'sse', url: 'https://zulu.example/sse' }] } }),
        entry('com.example/f', { doc: { _meta: { [PUBLISHER]: { tags: ['ZULU'] } } } }),
        entry('com.example/g', { doc: { _meta: { [PUBLISHER]: { keywords: ['zulu'] } } } }),
        entry('com.example/h', { doc: { websiteUrl: 'https://zulu.example', _meta: { other: { tags: ['zulu'] } } } }),
      );
      expect((await search('zulu')).map((name) => name.at(-1))).toEqual(['u', 'b', 'c', 'd', 'e', 'f', 'g']);
    });

    it('holds every word, in any field and any order', async () => {
      await add(
        store(),
        entry('com.example/weather', { doc: { description: 'rain in spain' } }),
        entry('com.example/rain', { doc: { description: 'no sun' } }),
      );
      expect(await search('spain WEATHER')).toEqual(['com.example/weather']);
      expect(await search('rain')).toEqual(['com.example/rain', 'com.example/weather']);
      expect(await search('rain moon')).toEqual([]);
    });

    it('takes a word for a part of a longer one, but not across two fields', async () => {
      await add(store(), entry('com.example/x', { doc: { title: 'Database', description: 'Tools' } }));
      expect(await search('atabas')).toEqual(['com.example/x']);
      expect(await search('databasetools')).toEqual([]);
    });

    it('ignores case in every script, and how an accent is written', async () => {
      await add(
        store(),
        entry('com.example/x', { doc: { title: 'ÜBERGRÖSSE Москва ΑΘΗΝΑ', description: 'cafe\u0301' } }),
      );
      for (const text of ['übergrösse', 'МОСКВА', 'αθηνα', 'CAFÉ'])
        expect(await search(text)).toEqual(['com.example/x']);
    });

    it('finds characters of every plane', async () => {
      await add(store(), entry('com.example/x', { doc: { title: '天気 🌦' } }), entry('com.example/y'));
      expect(await search('天')).toEqual(['com.example/x']);
      expect(await search('🌦')).toEqual(['com.example/x']);
      expect(await search('🌧')).toEqual([]);
    });

    it('takes the characters of patterns as they are', async () => {
      await add(
        store(),
        entry('com.example/percent', { doc: { description: '100% sure' } }),
        entry('com.example/under', { doc: { description: 'snake_case' } }),
        entry('com.example/back', { doc: { description: 'a\\b' } }),
        entry('com.example/quote', { doc: { description: `it's "so"` } }),
        entry('com.example/plain', { doc: { description: '100 snakeXcase ab' } }),
      );
      expect(await search('%')).toEqual(['com.example/percent']);
      expect(await search('100%')).toEqual(['com.example/percent']);
      expect(await search('snake_case')).toEqual(['com.example/under']);
      expect(await search('_')).toEqual(['com.example/under']);
      expect(await search('a\\b')).toEqual(['com.example/back']);
      expect(await search('\\')).toEqual(['com.example/back']);
      expect(await search(`it's`)).toEqual(['com.example/quote']);
      expect(await search('"so"')).toEqual(['com.example/quote']);
      expect(await search('*')).toEqual([]);
    });

    it('is everything when the text is blank, without ranks', async () => {
      await add(store(), entry('com.example/a'));
      expect(await list(store(), { search: ' \t ' })).toEqual([{ entry: expect.anything() }]);
      expect(await search('')).toEqual(['com.example/a']);
    });

    it('takes any text without failing', async () => {
      await add(store(), entry('com.example/a'));
      for (const text of [
        '\0',
        'a\0b',
        '\ud800',
        "'; drop table x; --",
        '%%%___',
        '\\\\\\',
        '[a-z]',
        '天'.repeat(500),
      ]) {
        await expect(search(text)).resolves.toEqual(expect.any(Array));
      }
      expect(await search('a')).toEqual(['com.example/a']);
    });

    it('is bounded in length and words', async () => {
      await expect(search('x'.repeat(513))).rejects.toMatchObject({ code: 'request.invalid' });
      const words = Array.from({ length: 33 }, (_, i) => `w${i}`).join(' ');
      await expect(search(words)).rejects.toMatchObject({ code: 'request.invalid' });
      await expect(search(words.slice(0, words.lastIndexOf(' ')))).resolves.toEqual([]);
    });

    it('is filtered like any listing', async () => {
      await add(
        store(),
        entry('com.example/a', { version: '1.0.0', isLatest: false }),
        entry('com.example/a', { version: '2.0.0' }),
        entry('com.example/b', { status: 'deleted' }),
      );
      const found = async (more: object): Promise<string[]> => keys(await list(store(), { search: 'server', ...more }));
      expect(await found({})).toEqual(['com.example/a@1.0.0', 'com.example/a@2.0.0']);
      expect(await found({ version: 'latest' })).toEqual(['com.example/a@2.0.0']);
      expect(await found({ version: '1.0.0' })).toEqual(['com.example/a@1.0.0']);
      expect(await found({ includeDeleted: true })).toHaveLength(3);
      expect(await found({ updatedSince: '2030-01-01T00:00:00Z' })).toEqual([]);
    });
  });

  describe('the ranks of a search', () => {
    it('put equal names first, then beginnings, then names that contain the text, then the rest', async () => {
      await add(
        store(),
        entry('com.example/git'),
        entry('git/zzz'),
        entry('org.example/Git'),
        entry('com.example/github'),
        entry('gitlab.example/x'),
        entry('com.example/my-git-tool'),
        entry('com.example/other', { doc: { description: 'about git' } }),
      );
      expect(await ranked('GIT')).toEqual([
        '0 com.example/git',
        '0 org.example/Git',
        '1 com.example/github',
        '1 git/zzz',
        '1 gitlab.example/x',
        '2 com.example/my-git-tool',
        '3 com.example/other',
      ]);
    });

    it('are 0 for the whole name', async () => {
      await add(store(), entry('com.example/git'), entry('com.example/git-hub'));
      expect(await ranked('com.example/git')).toEqual(['0 com.example/git', '1 com.example/git-hub']);
    });

    it('look at the text as a whole, trimmed, not at its words', async () => {
      await add(
        store(),
        entry('com.example/notes', { doc: { description: 'my notes' } }),
        entry('com.example/x', { doc: { description: 'my notes' } }),
      );
      expect(await ranked('  notes ')).toEqual(['0 com.example/notes', '3 com.example/x']);
      expect(await ranked('my notes')).toEqual(['3 com.example/notes', '3 com.example/x']);
    });

    it('take the characters of patterns as they are', async () => {
      await add(store(), entry('com.example/a_b'), entry('com.example/axb', { doc: { description: 'a_b' } }));
      expect(await ranked('a_b')).toEqual(['0 com.example/a_b', '3 com.example/axb']);
      expect(await ranked('a_')).toEqual(['1 com.example/a_b', '3 com.example/axb']);
      expect(await ranked('_b')).toEqual(['2 com.example/a_b', '3 com.example/axb']);
    });

    it('are the same for all versions of a name', async () => {
      await add(
        store(),
        entry('com.example/git', { version: '1.0.0', isLatest: false, doc: { title: 'one' } }),
        entry('com.example/git', { version: '2.0.0', doc: { title: 'two' } }),
      );
      expect(await ranked('git')).toEqual(['0 com.example/git', '0 com.example/git']);
    });
  });

  describe('paging through a search', () => {
    const fill = (): Promise<void> =>
      add(
        store(),
        ...['a/git', 'z/git', 'b/gitx', 'Y/gitx', 'c/my-git', 'd/other', 'e/other'].flatMap((name) =>
          ['1.0.0', '2.0.0'].map((version) =>
            entry(name, { version, isLatest: version === '2.0.0', doc: { description: 'a git server' } }),
          ),
        ),
      );

    it.each([1, 2, 3, 5, 100])('gives each row once, best rank first, in pages of %d', async (limit) => {
      await fill();
      const all = keys(await list(store(), { search: 'git' }));
      expect(all).toHaveLength(14);
      const rows = await pages(store(), { search: 'git', limit });
      expect(keys(rows)).toEqual(all);
      const ranks = rows.map((row) => row.rank ?? 9);
      expect(ranks).toEqual([...ranks].sort());
    });

    it('begins after all versions of a name when the position has no version', async () => {
      await fill();
      const next = async (rank: number, name: string): Promise<string | undefined> =>
        keys(await list(store(), { search: 'git', limit: 1, after: { rank, name } }))[0];
      expect(await next(0, 'a/git')).toBe('z/git@1.0.0');
      expect(await next(0, 'z/git')).toBe('Y/gitx@1.0.0');
      expect(await next(2, 'c/my-git')).toBe('d/other@1.0.0');
      expect(await next(3, 'e/other')).toBeUndefined();
    });

    it('gives every row that was there all the time once while others come', async () => {
      await fill();
      const before = keys(await list(store(), { search: 'git' }));
      const rows = await pages(store(), { search: 'git', limit: 3 }, async (page) => {
        await add(store(), entry(`a${page}/git`), entry(`zz${page}/other`, { doc: { description: 'git' } }));
      });
      expect(new Set(keys(rows)).size).toBe(rows.length);
      expect(keys(rows)).toEqual(expect.arrayContaining(before));
    });
  });
}
