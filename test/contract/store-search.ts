import { describe, expect, it } from 'vitest';
import type { EntryQuery, ListedEntry, ServerEntry } from '../../src/store/entry.ts';
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

    it('takes a word for the beginning of a longer one, and in the name for any part', async () => {
      await add(store(), entry('com.example/notebook', { doc: { title: 'Database', description: 'Tools' } }));
      for (const text of ['data', 'DATABASE', 'too', 'tebo', 'mple', 'k', 'example/note']) {
        expect(await search(text)).toEqual(['com.example/notebook']);
      }
      for (const text of ['atabas', 'ools', 'databasetools', 'notebooksx']) expect(await search(text)).toEqual([]);
    });

    it('is the host of a remote, not the rest of its address', async () => {
      const remotes = [{ type: 'sse', url: 'https://{tenant}.deep.zulu.example:8443/yankee?xray=1' }];
      await add(store(), entry('com.example/x', { doc: { remotes } }));
      for (const text of ['zulu', 'deep.zulu', 'tenant']) expect(await search(text)).toEqual(['com.example/x']);
      for (const text of ['yankee', 'xray', 'https']) expect(await search(text)).toEqual([]);
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

    it('does not care about accents', async () => {
      await add(store(), entry('com.example/x', { doc: { title: 'Crème brûlée' } }), entry('com.example/cafe'));
      expect(await search('creme BRULEE')).toEqual(['com.example/x']);
      expect(await search('café')).toEqual(['com.example/cafe']);
    });

    it('finds a character inside a text of a script without spaces', async () => {
      await add(store(), entry('com.example/x', { doc: { title: '天気予報サービス' } }));
      for (const text of ['気', '予報', '報 天', 'サービス']) expect(await search(text)).toEqual(['com.example/x']);
      expect(await search('雨')).toEqual([]);
    });

    it('cuts words at everything that is no letter and no digit', async () => {
      await add(store(), entry('com.example/x', { doc: { description: `100% snake_case a\\b it's "so" c++ v1.2.3` } }));
      for (const text of [
        '100',
        '100%',
        'snake_case',
        'case snake',
        'a\\b',
        `it's`,
        '"so"',
        'c++',
        'v1.2',
        '(so)',
        'so*',
      ]) {
        expect(await search(text)).toEqual(['com.example/x']);
      }
    });

    it('looks in the name for a text without words, and takes the characters of patterns as they are', async () => {
      await add(store(), entry('com.example/a_b'), entry('com.example/axb', { doc: { description: '_ % *' } }));
      expect(await search('_')).toEqual(['com.example/a_b']);
      for (const text of ['%', '*', '\\', '"', '__', '-']) expect(await search(text)).toEqual([]);
    });

    it('is not misled by what words are kept as', async () => {
      await add(store(), entry('com.example/x', { doc: { packages: [{ registryType: 'oci', identifier: 'p' }] } }));
      for (const text of ['#type=oci', 'type', 'oci', '=serv', '~server']) {
        expect(await search(text)).toEqual(text.endsWith('serv') || text.endsWith('server') ? ['com.example/x'] : []);
      }
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

  describe('forms of one word', () => {
    it.each([
      ['query', 'queries'],
      ['queries', 'query'],
      ['database', 'databases'],
      ['databases', 'database'],
      ['manages', 'managing'],
      ['managed', 'manage'],
      ['searching', 'searches'],
      ['mapping', 'maps'],
      ['boxes', 'box'],
      ['classes', 'class'],
      ['repositories', 'repository'],
    ])('%s finds %s', async (text, word) => {
      await add(store(), entry('com.example/x', { doc: { description: word } }), entry('com.example/y'));
      expect(await ranked(text)).toEqual(['3 com.example/x']);
    });

    it.each([
      ['using', 'use'],
      ['posting', 'postgres'],
      ['news', 'newer'],
    ])('%s does not find %s', async (text, word) => {
      await add(store(), entry('com.example/x', { doc: { description: word } }));
      expect(await search(text)).toEqual([]);
    });
  });

  describe('a word with one wrong letter', () => {
    it.each([
      ['a letter too few', 'kuberetes'],
      ['the first letter missing', 'ubernetes'],
      ['a letter too many', 'kuberrnetes'],
      ['a letter too many in front', 'xkubernetes'],
      ['another letter', 'kubermetes'],
      ['another letter at the end', 'kubernetez'],
      ['two neighbours exchanged', 'kubenretes'],
      ['the first two exchanged', 'ukbernetes'],
    ])('is found with %s', async (_what, text) => {
      await add(store(), entry('com.example/x', { doc: { description: 'Kubernetes clusters' } }));
      expect(await ranked(text)).toEqual(['4 com.example/x']);
      expect(await ranked(`${text} cluster`)).toEqual(['4 com.example/x']);
    });

    it.each([
      ['two letters are wrong', 'kubermetez', 'kubernetes'],
      ['two that are no neighbours are exchanged', 'kunerbetes', 'kubernetes'],
      ['the search word has four letters', 'jirs', 'jira'],
      ['it has digits', 'v2025x', 'v2024x'],
      ['only the beginning of a word is near', 'kubermet', 'kubernetes'],
    ])('is not found when %s', async (_what, text, word) => {
      await add(store(), entry('com.example/x', { doc: { description: word } }));
      expect(await search(text)).toEqual([]);
    });

    it('finds a word of four letters by five, and words of other scripts', async () => {
      await add(store(), entry('com.example/x', { doc: { description: 'jira Москва' } }));
      expect(await ranked('jirra')).toEqual(['4 com.example/x']);
      expect(await ranked('мсоква')).toEqual(['4 com.example/x']);
    });

    it('comes behind the words as they are written, and names are no exception', async () => {
      await add(
        store(),
        entry('com.example/stack'),
        entry('com.example/z', { doc: { description: 'slack' } }),
        entry('com.example/slack'),
        entry('com.example/a', { doc: { description: 'slack and stack' } }),
      );
      expect(await ranked('slack')).toEqual([
        '0 com.example/slack',
        '3 com.example/a',
        '3 com.example/z',
        '4 com.example/stack',
      ]);
    });

    it('is forgotten with the last version that has it', async () => {
      const both = ['1.0.0', '2.0.0'].map((version) =>
        entry('com.example/x', { version, isLatest: version === '2.0.0', doc: { description: 'slack' } }),
      );
      await add(store(), ...both);
      await store().entries.change('com.example/x', (tx) => tx.remove('1.0.0'));
      expect(await search('slakc')).toEqual(['com.example/x']);
      await store().entries.change('com.example/x', (tx) => tx.remove('2.0.0'));
      expect(await search('slakc')).toEqual([]);
      await add(store(), entry('com.example/y', { doc: { description: 'slack' } }));
      expect(await search('slakc')).toEqual(['com.example/y']);
    });
  });

  describe('the index of the words', () => {
    it('follows an edit of a document', async () => {
      const old = entry('com.example/x', { doc: { title: 'Old', description: 'kept alpha' } });
      await add(store(), old);
      const document = { ...old.document, title: 'New', description: 'kept bravo' };
      await store().entries.change(old.name, (tx) => tx.update({ ...old, document }));
      for (const text of ['old', 'alpha', 'alhpa']) expect(await search(text)).toEqual([]);
      for (const text of ['new', 'bravo', 'barvo', 'kept']) expect(await search(text)).toEqual(['com.example/x']);
    });

    it('knows nothing of a change that failed', async () => {
      const work = store().entries.change('com.example/x', async (tx) => {
        await tx.insert(entry('com.example/x', { doc: { description: 'alpha' } }));
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await search('alpha')).toEqual([]);
    });
  });

  describe('filters', () => {
    const found = async (query: Partial<EntryQuery>): Promise<string[]> =>
      (await names(store(), query)).map((name) => name.slice(name.indexOf('/') + 1));
    const fill = (): Promise<void> =>
      add(
        store(),
        entry('com.example/npm', {
          doc: {
            description: 'alpha',
            packages: [{ registryType: 'npm', identifier: 'n', transport: { type: 'stdio' } }],
          },
        }),
        entry('org.example/remote', {
          status: 'deprecated',
          doc: { description: 'alpha', remotes: [{ type: 'sse', url: 'https://r.example' }] },
        }),
        entry('com.example/tagged', { doc: { _meta: { [PUBLISHER]: { tags: ['Big Data'], keywords: ['Été'] } } } }),
        entry('com.example/gone', {
          status: 'deleted',
          doc: { packages: [{ registryType: 'oci', identifier: 'o', transport: { type: 'streamable-http' } }] },
        }),
      );

    it.each<[Partial<EntryQuery>, string[]]>([
      [{ type: 'npm' }, ['npm']],
      [{ type: 'NPM' }, ['npm']],
      [{ type: 'np' }, []],
      [{ type: '' }, []],
      [{ type: 'oci' }, []],
      [{ type: 'oci', includeDeleted: true }, ['gone']],
      [{ transport: 'stdio' }, ['npm']],
      [{ transport: 'sse' }, ['remote']],
      [{ transport: 'streamable-http', includeDeleted: true }, ['gone']],
      [{ tag: 'big data' }, ['tagged']],
      [{ tag: 'big' }, []],
      [{ tag: 'ÉTÉ' }, ['tagged']],
      [{ publisher: 'com.example' }, ['npm', 'tagged']],
      [{ publisher: 'COM.Example', includeDeleted: true }, ['gone', 'npm', 'tagged']],
      [{ publisher: 'com' }, []],
      [{ status: 'deprecated' }, ['remote']],
      [{ status: 'deleted' }, []],
      [{ status: 'deleted', includeDeleted: true }, ['gone']],
      [{ search: 'alpha', type: 'npm' }, ['npm']],
      [{ search: 'alpha', status: 'deprecated' }, ['remote']],
      [{ search: 'alhpa', publisher: 'org.example' }, ['remote']],
      [{ search: 'tagged', type: 'npm' }, []],
      [{ type: 'npm', transport: 'stdio', publisher: 'com.example', status: 'active', version: 'latest' }, ['npm']],
      [{ type: 'npm', transport: 'sse' }, []],
    ])('%j', async (query, expected) => {
      await fill();
      expect(await found(query)).toEqual(expected);
    });

    it('without a text keep the order of names and give no ranks, in pages of any size', async () => {
      await add(
        store(),
        ...['c/x', 'a/x', 'B/x', 'a/y'].map((name) => entry(name, { doc: { remotes: [{ type: 'sse' }] } })),
      );
      const whole = await list(store(), { transport: 'sse' });
      expect(whole.map(({ rank, entry: { name } }) => [rank, name])).toEqual(
        ['B/x', 'a/x', 'a/y', 'c/x'].map((name) => [undefined, name]),
      );
      expect(keys(await pages(store(), { transport: 'sse', limit: 1 }))).toEqual(keys(whole));
    });

    it('take any text', async () => {
      await fill();
      for (const text of ['\0', '\ud800', ' ', '%', '天'.repeat(500), '🌦'.repeat(150)]) {
        for (const kind of ['type', 'transport', 'tag', 'publisher']) expect(await found({ [kind]: text })).toEqual([]);
      }
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

    it('see the name with its signs', async () => {
      await add(store(), entry('com.example/a_b'), entry('com.example/a-b'), entry('com.example/xa_bc'));
      expect(await ranked('a_b')).toEqual(['0 com.example/a_b', '2 com.example/xa_bc', '3 com.example/a-b']);
      expect(await ranked('a_')).toEqual(['1 com.example/a_b', '2 com.example/xa_bc', '3 com.example/a-b'].slice(0, 3));
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

  describe('a search that finds thousands', () => {
    it('has the ranks and the order of a small one, whole and in pages', async () => {
      // Every third name has the word, every other description; some have a neighbour of it.
      const rows = Array.from({ length: 2600 }, (_, n) => {
        const name = `ns${n % 7}.example/${n % 3 === 0 ? 'tool-common' : 'tool'}-${String(n).padStart(4, '0')}`;
        const description = n % 2 === 0 ? 'a common thing' : n % 5 === 0 ? 'a comon thing' : 'a thing';
        return entry(name, { doc: { description } });
      });
      rows.push(
        entry('z.example/common'),
        entry('a.example/commons'),
        entry('z.example/zz', { doc: { title: 'rare' } }),
      );
      for (let start = 0; start < rows.length; start += 500) {
        const part = rows.slice(start, start + 500);
        await store().entries.changeMany(
          part.map((row) => row.name),
          async (tx) => {
            for (const row of part) await tx(row.name).insert(row);
          },
        );
      }
      const rank = ({ name, document }: ServerEntry): number => {
        const last = name.slice(name.indexOf('/') + 1);
        if (last.startsWith('common')) return last === 'common' ? 0 : 1;
        if (name.includes('common')) return 2;
        return document.description.includes('common') ? 3 : document.description.includes('comon') ? 4 : 5;
      };
      const expected = rows
        .map((row) => ({ rank: rank(row), name: row.name }))
        .filter((row) => row.rank < 5)
        .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
      const shown = (listed: ListedEntry[]): object[] =>
        listed.map((row) => ({ rank: row.rank, name: row.entry.name }));
      expect(shown(await list(store(), { search: 'COMMON', limit: 10_000 }))).toEqual(expected);
      const twoWords = expected
        .map((row) => ({ ...row, rank: Math.max(row.rank, 3) }))
        .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
      expect(shown(await list(store(), { search: 'example common', limit: 10_000 }))).toEqual(twoWords);
      for (const limit of [7, 400]) {
        expect(shown(await pages(store(), { search: 'common', limit }))).toEqual(expected);
      }
      expect(await search('common thing zz')).toEqual([]);
      expect(await search('example rare')).toEqual(['z.example/zz']);
      const inOne = await list(store(), { search: 'common', publisher: 'ns3.example', limit: 10_000 });
      expect(shown(inOne)).toEqual(expected.filter((row) => row.name.startsWith('ns3.')));
      const ns3 = rows.filter((row) => row.name.startsWith('ns3.')).map((row) => `${row.name}@1.0.0`);
      expect(keys(await pages(store(), { publisher: 'NS3.example', limit: 100 }))).toEqual(ns3.sort());
      const all = await pages(store(), { search: 'example', publisher: 'ns3.example', limit: 100 });
      expect(all).toHaveLength(ns3.length);
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
