import { describe, expect, it } from 'vitest';
import type { DeploymentSettings } from '../../src/config/settings.ts';
import { auditLine, DATE, deployment, entry, type StoreUnderTest, token } from './store-fixtures.ts';

/** Deployments, tokens, secrets, facts and the audit trail. */
export function partsContract({ store, reopen }: StoreUnderTest): void {
  describe('deployments', () => {
    const settings: DeploymentSettings = {
      kind: 'openapi',
      openapi: { document: { openapi: '3.1.0', 'x-ü': '天' }, auth: [{ type: 'bearer', token: 'by reference' }] },
      env: { B: '2', A: '' },
      args: [],
    };

    it('come back as they were given', async () => {
      const given = deployment('notes', { enabled: false, source: 'seed', settings });
      await store().deployments.insert(given);
      expect(await store().deployments.get('notes')).toEqual(given);
    });

    it('are listed by slug, byte by byte', async () => {
      for (const slug of ['b', 'a.1', 'B', 'a', 'a-1', '_']) await store().deployments.insert(deployment(slug));
      expect((await store().deployments.list()).map(({ slug }) => slug)).toEqual(['B', '_', 'a', 'a-1', 'a.1', 'b']);
    });

    it('have one slug each, and the second one is refused by its name', async () => {
      await store().deployments.insert(deployment('a', { version: '1.0.0' }));
      const second = store().deployments.insert(deployment('a', { version: '2.0.0' }));
      await expect(second).rejects.toMatchObject({
        code: 'deployment.exists',
        message: expect.stringContaining('"a"'),
      });
      expect((await store().deployments.get('a'))?.version).toBe('1.0.0');
      await store().deployments.insert(deployment('A'));
    });

    it('are replaced as a whole', async () => {
      await store().deployments.insert(deployment('a', { settings }));
      const changed = deployment('a', { enabled: false, version: '2.0.0', settings: { args: ['x'] } });
      expect(await store().deployments.update(changed)).toBe(true);
      expect(await store().deployments.get('a')).toEqual(changed);
      expect(await store().deployments.update(deployment('b'))).toBe(false);
      expect(await store().deployments.get('b')).toBeUndefined();
    });

    it('are removed once', async () => {
      await store().deployments.insert(deployment('a'));
      expect(await store().deployments.remove('a')).toBe(true);
      expect(await store().deployments.remove('a')).toBe(false);
      expect(await store().deployments.list()).toEqual([]);
    });

    it('add a line to the change feed for each write that changed something', async () => {
      await store().deployments.insert(deployment('a'));
      await expect(store().deployments.insert(deployment('a'))).rejects.toThrow();
      await store().deployments.update(deployment('a', { enabled: false }));
      await store().deployments.update(deployment('none'));
      await store().deployments.remove('a');
      await store().deployments.remove('a');
      const changes = await store().changes(0, 10);
      expect(changes.map(({ kind, subject }) => [kind, subject])).toEqual(Array(3).fill(['deployment', 'a']));
    });

    it('may be written by many at once', async () => {
      const slugs = Array.from({ length: 40 }, (_, i) => `s${i % 20}`);
      const results = await Promise.allSettled(slugs.map((slug) => store().deployments.insert(deployment(slug))));
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(20);
      expect(await store().deployments.list()).toHaveLength(20);
    });
  });

  describe('tokens', () => {
    it('come back as they were given', async () => {
      const full = token('ci', { expiresAt: DATE, lastUsedAt: DATE, permissions: ['publish:com.example/*', 'read:*'] });
      const bare = token('bare', { permissions: [] });
      await store().tokens.insert(full);
      await store().tokens.insert(bare);
      expect(await store().tokens.byHash(full.hash)).toEqual(full);
      expect(await store().tokens.byHash(bare.hash)).toEqual(bare);
      expect(await store().tokens.byHash('other')).toBeUndefined();
    });

    it('are listed by name', async () => {
      for (const name of ['b', 'C', 'a']) await store().tokens.insert(token(name));
      expect((await store().tokens.list()).map(({ name }) => name)).toEqual(['C', 'a', 'b']);
    });

    it('have ids, names and hashes of their own', async () => {
      const first = token('ci');
      await store().tokens.insert(first);
      for (const more of [{ id: first.id }, { name: 'ci' }, { hash: first.hash }]) {
        const second = store().tokens.insert(token('other', { hash: 'another', ...more }));
        await expect(second).rejects.toMatchObject({ code: 'store.conflict' });
      }
      expect(await store().tokens.list()).toEqual([first]);
    });

    it('are removed by id or by name', async () => {
      const [one, two] = [token('one'), token('two')];
      await store().tokens.insert(one);
      await store().tokens.insert(two);
      expect(await store().tokens.remove(one.id)).toBe(true);
      expect(await store().tokens.remove('two')).toBe(true);
      expect(await store().tokens.remove('two')).toBe(false);
      expect(await store().tokens.list()).toEqual([]);
    });

    it('are removed by id first when a name looks like an id', async () => {
      const one = token('one');
      const impostor = token(one.id);
      await store().tokens.insert(impostor);
      await store().tokens.insert(one);
      await store().tokens.remove(one.id);
      expect(await store().tokens.list()).toEqual([impostor]);
    });

    it('remember their last use', async () => {
      const given = token('ci');
      await store().tokens.insert(given);
      await store().tokens.touch(given.id, '2026-05-05T00:00:00Z');
      await store().tokens.touch('unknown', '2026-05-05T00:00:00Z');
      expect(await store().tokens.list()).toEqual([{ ...given, lastUsedAt: '2026-05-05T00:00:00Z' }]);
    });
  });

  describe('secrets', () => {
    it('are kept, replaced and removed by name', async () => {
      expect(await store().secrets.get('A')).toBeUndefined();
      await store().secrets.put('A', 'v1.sealed', DATE);
      await store().secrets.put('A', 'v2.sealed', '2026-05-05T00:00:00Z');
      await store().secrets.put('a', 'other', DATE);
      expect(await store().secrets.get('A')).toBe('v2.sealed');
      expect(await store().secrets.list()).toEqual([
        { name: 'A', updatedAt: '2026-05-05T00:00:00Z' },
        { name: 'a', updatedAt: DATE },
      ]);
      expect(await store().secrets.remove('A')).toBe(true);
      expect(await store().secrets.remove('A')).toBe(false);
      expect(await store().secrets.get('A')).toBeUndefined();
    });

    it('may be long', async () => {
      const sealed = 'x'.repeat(256 * 1024);
      await store().secrets.put('long', sealed, DATE);
      expect(await store().secrets.get('long')).toBe(sealed);
    });
  });

  describe('facts', () => {
    it('are kept and replaced by key', async () => {
      expect(await store().facts.get('seed')).toBeUndefined();
      await store().facts.put('seed', '');
      expect(await store().facts.get('seed')).toBe('');
      await store().facts.put('seed', 'a"b\n天');
      expect(await store().facts.get('seed')).toBe('a"b\n天');
      expect(await store().facts.get('Seed')).toBeUndefined();
    });
  });

  describe('the audit trail', () => {
    it('gives the newest lines first, as they were given', async () => {
      const lines = [
        auditLine(1, { detail: 'why' }),
        auditLine(2, { result: 'refused' }),
        auditLine(3, { detail: '' }),
      ];
      for (const line of lines) await store().audit(line);
      expect(await store().auditTrail(10)).toEqual([...lines].reverse());
    });

    it('is read up to a bound', async () => {
      for (let i = 0; i < 5; i++) await store().audit(auditLine(i));
      expect((await store().auditTrail(2)).map(({ target }) => target)).toEqual([
        'com.example/s4@1.0.0',
        'com.example/s3@1.0.0',
      ]);
      expect(await store().auditTrail(0)).toEqual([]);
      expect(await store().auditTrail(-1)).toEqual([]);
    });

    it('keeps lines of the same instant in the order in which they came', async () => {
      await Promise.all([1, 2, 3, 4].map((n) => store().audit(auditLine(n))));
      expect((await store().auditTrail(9)).map(({ target }) => target.at(13))).toEqual(['4', '3', '2', '1']);
    });
  });

  describe('opening and closing', () => {
    it('answers a ping while it is open', async () => {
      await store().ping();
    });

    it('may be closed twice, also at once', async () => {
      await Promise.all([store().close(), store().close()]);
      await store().close();
    });

    it('refuses everything after that with a clear error', async () => {
      await store().close();
      const closed = { code: 'store.unavailable', message: 'The store is closed.' };
      await expect(store().ping()).rejects.toMatchObject(closed);
      await expect(store().entries.get('a/b', 'latest')).rejects.toMatchObject(closed);
      await expect(store().entries.change('a/b', async () => {})).rejects.toMatchObject(closed);
      await expect(store().facts.put('a', 'b')).rejects.toMatchObject(closed);
    });

    it('finishes the writes that it has taken before it closes', async () => {
      const writes = Array.from({ length: 10 }, (_, i) =>
        store().entries.change(`a/${i}`, (tx) => tx.insert(entry(`a/${i}`))),
      );
      await store().close();
      expect(await Promise.allSettled(writes)).toEqual(Array(10).fill({ status: 'fulfilled', value: undefined }));
    });

    if (reopen === undefined) return;

    it('keeps every part when it is closed and opened again', async () => {
      const [one, ci, line] = [deployment('a'), token('ci'), auditLine(1)];
      await store().deployments.insert(one);
      await store().tokens.insert(ci);
      await store().secrets.put('S', 'sealed', DATE);
      await store().facts.put('f', 'v');
      await store().audit(line);
      const again = await reopen();
      expect(await again.deployments.list()).toEqual([one]);
      expect(await again.tokens.list()).toEqual([ci]);
      expect(await again.secrets.get('S')).toBe('sealed');
      expect(await again.facts.get('f')).toBe('v');
      expect(await again.auditTrail(5)).toEqual([line]);
    });
  });
}
