import { describe, expect, it } from 'vitest';
import type { EntryTransaction, ServerEntry } from '../../src/store/entry.ts';
import { add, entry, names, type StoreUnderTest } from './store-fixtures.ts';

/** A promise that the case settles. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Transactions over entries, and the change feed. */
export function changeContract({ store }: StoreUnderTest): void {
  const NAME = 'com.example/n';

  describe('a change', () => {
    it('gives what its work gives', async () => {
      expect(await store().entries.change(NAME, async () => 42)).toBe(42);
    });

    it('sees its own writes', async () => {
      await store().entries.change(NAME, async (tx) => {
        const one = entry(NAME);
        await tx.insert(one);
        expect(await tx.versions()).toEqual([one]);
        await tx.update({ ...one, status: 'deprecated' });
        expect((await tx.versions())[0]?.status).toBe('deprecated');
        await tx.remove('1.0.0');
        expect(await tx.versions()).toEqual([]);
      });
    });

    it('replaces the whole row on an update, also what it is found by', async () => {
      const old = entry(NAME, { meta: { a: 1 }, doc: { title: 'Before', remotes: [{ url: 'https://old.example/' }] } });
      await add(store(), old);
      const { meta: _, ...rest } = old;
      const changed: ServerEntry = {
        ...rest,
        updatedAt: '2026-06-01T00:00:00Z',
        document: { ...old.document, title: 'After', remotes: [{ url: 'https://new.example/' }] },
      };
      await store().entries.change(NAME, (tx) => tx.update(changed));
      expect(await store().entries.get(NAME, '1.0.0')).toEqual(changed);
      expect(await names(store(), { search: 'before' })).toEqual([]);
      expect(await names(store(), { search: 'after' })).toEqual([NAME]);
      expect(await names(store(), { updatedSince: '2026-05-01T00:00:00Z' })).toEqual([NAME]);
      await store().entries.change('com.example/other', async (tx) => {
        expect(await tx.ownersOfRemote('https://old.example/')).toEqual([]);
        expect(await tx.ownersOfRemote('https://new.example/')).toEqual([NAME]);
      });
    });

    it('removes a version with everything it is found by, and its name can come again', async () => {
      await add(store(), entry(NAME, { doc: { remotes: [{ url: 'https://r.example/' }] } }));
      await store().entries.change(NAME, (tx) => tx.remove('1.0.0'));
      expect(await store().entries.get(NAME, '1.0.0')).toBeUndefined();
      expect(await names(store(), { search: 'server', includeDeleted: true })).toEqual([]);
      await add(store(), entry(NAME));
      expect(await names(store(), { search: 'server' })).toEqual([NAME]);
    });

    it('does nothing when it removes a version that is not there', async () => {
      await store().entries.change(NAME, (tx) => tx.remove('9.9.9'));
      expect(await store().changes(0, 10)).toEqual([]);
    });

    it('refuses a version that exists, an id that exists, and an update of nothing', async () => {
      const one = entry(NAME);
      await add(store(), one);
      const refused = { code: 'store.conflict', message: expect.stringContaining(NAME) };
      await expect(add(store(), entry(NAME, { isLatest: false }))).rejects.toMatchObject(refused);
      const sameId = entry(NAME, { version: '2.0.0', isLatest: false, id: one.id });
      await expect(add(store(), sameId)).rejects.toMatchObject(refused);
      const nothing = entry(NAME, { version: '3.0.0', isLatest: false });
      await expect(store().entries.change(NAME, (tx) => tx.update(nothing))).rejects.toMatchObject(refused);
    });

    it('keeps the latest mark unique at every step', async () => {
      const [one, two] = [entry(NAME), entry(NAME, { version: '2.0.0' })];
      await add(store(), one);
      await expect(add(store(), two)).rejects.toMatchObject({ code: 'store.conflict' });
      await store().entries.change(NAME, async (tx) => {
        await tx.update({ ...one, isLatest: false });
        await tx.insert(two);
      });
      const update = store().entries.change(NAME, (tx) => tx.update(one));
      await expect(update).rejects.toMatchObject({ code: 'store.conflict' });
      expect((await store().entries.get(NAME, 'latest'))?.version).toBe('2.0.0');
    });

    it('goes on after a conflict that the work has dealt with', async () => {
      await add(store(), entry(NAME));
      await store().entries.change(NAME, async (tx) => {
        const versions = await tx.versions();
        if (versions.some((one) => one.version === '1.0.0'))
          await tx.insert(entry(NAME, { version: '2.0.0', isLatest: false }));
      });
      expect(await store().entries.versions(NAME)).toHaveLength(2);
    });

    it('refuses an entry of another name', async () => {
      await expect(store().entries.change(NAME, (tx) => tx.insert(entry('com.example/other')))).rejects.toThrow(
        /com\.example\/other/,
      );
      expect(await names(store())).toEqual([]);
    });

    it('leaves nothing behind when its work throws, and passes the error on', async () => {
      const one = entry(NAME, { doc: { remotes: [{ url: 'https://r.example/' }] } });
      await add(store(), one);
      const seqs = (await store().changes(0, 100)).length;
      const failure = new Error('no');
      const change = store().entries.change(NAME, async (tx) => {
        await tx.update({ ...one, isLatest: false, document: { ...one.document, title: 'Gone' } });
        await tx.insert(entry(NAME, { version: '2.0.0' }));
        await tx.remove('1.0.0');
        throw failure;
      });
      await expect(change).rejects.toBe(failure);
      expect(await store().entries.versions(NAME)).toEqual([one]);
      expect(await names(store(), { search: 'gone' })).toEqual([]);
      expect(await store().changes(0, 100)).toHaveLength(seqs);
    });

    it('leaves nothing behind when a statement in it is refused', async () => {
      await add(store(), entry(NAME));
      const change = store().entries.change(NAME, async (tx) => {
        await tx.insert(entry(NAME, { version: '2.0.0', isLatest: false }));
        await tx.insert(entry(NAME, { version: '1.0.0', isLatest: false }));
      });
      await expect(change).rejects.toMatchObject({ code: 'store.conflict' });
      expect(await store().entries.versions(NAME)).toHaveLength(1);
    });

    it('leaves the store usable after a failure', async () => {
      await expect(store().entries.change(NAME, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      await add(store(), entry(NAME));
      expect(await names(store())).toEqual([NAME]);
    });

    it('is invisible outside until it is committed, and reads outside do not wait for it', async () => {
      await add(store(), entry(NAME, { version: '1.0.0' }));
      const { opened, open } = gate();
      const { opened: written, open: tellWritten } = gate();
      const change = store().entries.change(NAME, async (tx) => {
        await tx.update({ ...(await tx.versions())[0], status: 'deleted' } as ServerEntry);
        await tx.insert(entry(NAME, { version: '2.0.0', isLatest: false }));
        tellWritten();
        await opened;
        expect(await tx.versions()).toHaveLength(2);
        await tx.insert(entry(NAME, { version: '3.0.0', isLatest: false }));
      });
      await written;
      expect((await store().entries.versions(NAME)).map((one) => one.status)).toEqual(['active']);
      expect(await names(store())).toEqual([NAME]);
      expect(await store().changes(0, 10)).toHaveLength(1);
      await store().ping();
      open();
      await change;
      expect(await store().entries.versions(NAME)).toHaveLength(3);
    });

    it('may read through the store, which shows what is committed', async () => {
      await add(store(), entry(NAME));
      const seen = await store().entries.change(NAME, async (tx) => {
        await tx.remove('1.0.0');
        await store().deployments.get('none');
        return (await store().entries.versions(NAME)).length;
      });
      expect(seen).toBe(1);
      expect(await store().entries.versions(NAME)).toEqual([]);
    });

    it('runs alone among the changes of its name, in the order of their calls', async () => {
      const order: string[] = [];
      const change = (label: string): Promise<void> =>
        store().entries.change(NAME, async (tx) => {
          order.push(`${label}+`);
          const count = (await tx.versions()).length;
          await Promise.resolve();
          await tx.insert(entry(NAME, { version: `${count}`, isLatest: false }));
          order.push(`${label}-`);
        });
      await Promise.all(['a', 'b', 'c', 'd'].map(change));
      expect(order).toEqual(['a+', 'a-', 'b+', 'b-', 'c+', 'c-', 'd+', 'd-']);
      const versions = (await store().entries.versions(NAME)).map((one) => one.version);
      expect(versions.sort()).toEqual(['0', '1', '2', '3']);
    });

    it('keeps exactly one latest row when many publish at once', async () => {
      const publish = (n: number): Promise<void> =>
        store().entries.change(NAME, async (tx) => {
          const latest = (await tx.versions()).find((one) => one.isLatest);
          if (latest !== undefined) await tx.update({ ...latest, isLatest: false });
          await tx.insert(entry(NAME, { version: `${n}.0.0` }));
        });
      await Promise.all(Array.from({ length: 25 }, (_, n) => publish(n)));
      const versions = await store().entries.versions(NAME);
      expect(versions).toHaveLength(25);
      expect(versions.filter((one) => one.isLatest)).toHaveLength(1);
    });

    it('takes statements that are sent together', async () => {
      await store().entries.change(NAME, async (tx) => {
        await Promise.all(['1', '2', '3'].map((version) => tx.insert(entry(NAME, { version, isLatest: false }))));
      });
      expect(await store().entries.versions(NAME)).toHaveLength(3);
    });

    it('cannot be used after its end', async () => {
      const kept: EntryTransaction[] = [];
      await store().entries.change(NAME, async (tx) => {
        kept.push(tx);
      });
      const late = store().entries.change('com.example/other', async () => kept[0]?.insert(entry(NAME)));
      await expect(late).rejects.toThrow();
      await expect(kept[0]?.versions()).rejects.toThrow();
      expect(await names(store())).toEqual([]);
    });
  });

  describe('a change of many names', () => {
    it('happens as a whole', async () => {
      const given = ['a/1', 'a/2', 'a/3'];
      await store().entries.changeMany(given, async (tx) => {
        for (const name of given) await tx(name).insert(entry(name));
      });
      expect(await names(store())).toEqual(given);
      expect((await store().changes(0, 10)).map((change) => change.subject)).toEqual(given);
    });

    it('leaves nothing behind when one of them fails', async () => {
      const change = store().entries.changeMany(['a/1', 'a/2'], async (tx) => {
        await tx('a/1').insert(entry('a/1'));
        throw new Error('no');
      });
      await expect(change).rejects.toThrow('no');
      expect(await names(store())).toEqual([]);
      expect(await store().changes(0, 10)).toEqual([]);
    });

    it('keeps the names apart', async () => {
      await store().entries.changeMany(['a/1', 'a/2', 'a/1'], async (tx) => {
        await tx('a/1').insert(entry('a/1', { doc: { remotes: [{ url: 'https://r.example/' }] } }));
        expect(await tx('a/1').versions()).toHaveLength(1);
        expect(await tx('a/2').versions()).toEqual([]);
        expect(await tx('a/1').ownersOfRemote('https://r.example/')).toEqual([]);
        expect(await tx('a/2').ownersOfRemote('https://r.example/')).toEqual(['a/1']);
      });
    });

    it('gives no other name', async () => {
      const change = store().entries.changeMany(['a/1'], async (tx) => tx('a/2').versions());
      await expect(change).rejects.toThrow(/a\/2/);
    });

    it('takes 1 to 1,000 names', async () => {
      const change = (n: number): Promise<number> =>
        store().entries.changeMany(
          Array.from({ length: n }, (_, i) => `a/${i}`),
          async () => n,
        );
      expect(await change(1000)).toBe(1000);
      await expect(change(0)).rejects.toMatchObject({ code: 'request.invalid' });
      await expect(change(1001)).rejects.toMatchObject({ code: 'request.invalid' });
    });
  });

  describe('owners of a remote', () => {
    const remote = (name: string, more: Partial<ServerEntry> = {}): ServerEntry =>
      entry(name, { ...more, doc: { remotes: [{ url: 'https://r.example/mcp' }, { url: 'https://r.example/mcp' }] } });
    const owners = (name: string, url = 'https://r.example/mcp'): Promise<string[]> =>
      store().entries.change(name, (tx) => tx.ownersOfRemote(url));

    it('are the other names with this exact URL, each once and in order', async () => {
      await add(
        store(),
        remote('com.example/b'),
        remote('com.example/B'),
        remote('com.example/a', { version: '1.0.0', isLatest: false }),
        remote('com.example/a', { version: '2.0.0' }),
      );
      expect(await owners('com.example/none')).toEqual(['com.example/B', 'com.example/a', 'com.example/b']);
      expect(await owners('com.example/a')).toEqual(['com.example/B', 'com.example/b']);
      expect(await owners('com.example/none', 'https://r.example/mcp/')).toEqual([]);
      expect(await owners('com.example/none', 'https://R.example/mcp')).toEqual([]);
    });

    it('are not names whose versions with it are all deleted', async () => {
      await add(
        store(),
        remote('com.example/gone', { status: 'deleted' }),
        remote('com.example/half', { version: '1.0.0', isLatest: false, status: 'deleted' }),
        remote('com.example/half', { version: '2.0.0', status: 'deprecated' }),
        remote('com.example/moved', { version: '1.0.0', isLatest: false, status: 'deleted' }),
        entry('com.example/moved', { version: '2.0.0' }),
      );
      expect(await owners('com.example/none')).toEqual(['com.example/half']);
    });

    it('are found for a URL of any length', async () => {
      const url = `https://r.example/${'x'.repeat(20_000)}`;
      await add(store(), entry('com.example/long', { doc: { remotes: [{ url }] } }));
      expect(await owners('com.example/none', url)).toEqual(['com.example/long']);
    });
  });

  describe('the spelling of a name', () => {
    const spelling = (name: string): Promise<string | undefined> => store().entries.change(name, (tx) => tx.spelling());

    it('is the one that exists, compared without case, deleted or not', async () => {
      await add(store(), entry('io.github.Someone/Tool', { status: 'deleted' }));
      expect(await spelling('io.github.someone/tool')).toBe('io.github.Someone/Tool');
      expect(await spelling('io.github.Someone/Tool')).toBe('io.github.Someone/Tool');
      expect(await spelling('io.github.someone/tool2')).toBeUndefined();
    });

    it('is the exact one when there are several', async () => {
      await add(store(), entry('a/X'), entry('a/x'));
      expect(await spelling('a/x')).toBe('a/x');
      expect(await spelling('a/X')).toBe('a/X');
    });
  });

  describe('the change feed', () => {
    it('has one line for each name and slug that a transaction wrote, in the order of the commits', async () => {
      const one = entry('com.example/a');
      await add(store(), one);
      await store().entries.change('com.example/a', async (tx) => {
        await tx.update({ ...one, isLatest: false });
        await tx.insert(entry('com.example/a', { version: '2.0.0' }));
      });
      await store().entries.change('com.example/b', async (tx) => tx.versions());
      await store().entries.change('com.example/a', (tx) => tx.remove('1.0.0'));
      const changes = await store().changes(0, 100);
      expect(changes.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(Array(3).fill('entry com.example/a'));
      for (const { at } of changes) expect(new Date(at).toISOString()).toBe(at);
    });

    it('grows by ascending numbers and is read from any of them', async () => {
      for (let i = 0; i < 5; i++) await add(store(), entry(`a/${i}`));
      const all = await store().changes(0, 100);
      const seqs = all.map((change) => change.seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      expect(new Set(seqs).size).toBe(5);
      expect(await store().changes(seqs[1] ?? 0, 2)).toEqual(all.slice(2, 4));
      expect(await store().changes(seqs[4] ?? 0, 2)).toEqual([]);
      expect(await store().changes(0, 0)).toEqual([]);
      expect(await store().changes(0, -1)).toEqual([]);
    });
  });
}
