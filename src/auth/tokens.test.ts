import { beforeEach, describe, expect, it } from 'vitest';
import type { ConfiguredToken } from '../config/config.ts';
import type { TokenRecord, TokenStore } from '../store/store.ts';
import type { Principal } from './principal.ts';
import { createTokenAuthority, newTokenText, type TokenAuthority } from './tokens.ts';

/** The store contract over a map; it also counts the writes. */
function memoryTokens(): TokenStore & { rows: Map<string, TokenRecord>; touches: number } {
  const rows = new Map<string, TokenRecord>();
  const store = {
    rows,
    touches: 0,
    list: async () => [...rows.values()],
    byHash: async (hash: string) => [...rows.values()].find((row) => row.hash === hash),
    insert: async (row: TokenRecord) => {
      rows.set(row.id, row);
    },
    remove: async (idOrName: string) => {
      const row = [...rows.values()].find((it) => it.id === idOrName || it.name === idOrName);
      return row !== undefined && rows.delete(row.id);
    },
    touch: async (id: string, usedAt: string) => {
      store.touches++;
      const row = rows.get(id);
      if (row !== undefined) rows.set(id, { ...row, lastUsedAt: usedAt });
    },
  };
  return store;
}

const CI: ConfiguredToken = { name: 'ci', token: 'ci-secret', permissions: ['publish:com.example/*'] };
const LOCAL: Principal = { id: 'local:admin', name: 'local', kind: 'local', permissions: [] };

describe('createTokenAuthority', () => {
  let store: ReturnType<typeof memoryTokens>;
  let now: Date;
  let authority: TokenAuthority;

  beforeEach(() => {
    store = memoryTokens();
    now = new Date('2026-01-01T00:00:00Z');
    authority = createTokenAuthority({
      configured: [CI],
      store,
      extra: [{ token: 'local-secret', principal: LOCAL }],
      clock: () => now,
    });
  });

  it('knows the tokens of the configuration', async () => {
    expect(await authority.authenticate('ci-secret')).toEqual({
      id: 'token:ci',
      name: 'ci',
      kind: 'token',
      permissions: [{ action: 'publish', pattern: 'com.example/*' }],
    });
  });

  it('knows the tokens given besides', async () => {
    expect(await authority.authenticate('local-secret')).toBe(LOCAL);
  });

  it.each(['', 'ci-secre', 'ci-secret ', 'CI-SECRET', 'x'.repeat(5000)])('does not know %j', async (bearer) => {
    expect(await authority.authenticate(bearer)).toBeUndefined();
  });

  it('makes a token that works at once, and keeps only its hash', async () => {
    const { record, token } = await authority.create({ name: 'bot', permissions: ['call:notes', '*'] });
    expect(token).toMatch(/^mcphub_[A-Za-z0-9_-]{43}$/);
    expect(record).toMatchObject({ name: 'bot', permissions: ['call:notes', 'admin'], source: 'api' });
    expect(JSON.stringify([...store.rows.values()])).not.toContain(token);
    expect(JSON.stringify(record)).not.toContain([...store.rows.values()][0]?.hash);
    expect(await authority.authenticate(token)).toMatchObject({ id: `token:${record.id}`, name: 'bot' });
  });

  it('gives a token of an old name another identity', async () => {
    const first = await authority.create({ name: 'bot', permissions: ['admin'] });
    await authority.revoke('bot');
    const second = await authority.create({ name: 'bot', permissions: ['admin'] });
    expect(await authority.authenticate(first.token)).toBeUndefined();
    expect((await authority.authenticate(second.token))?.id).not.toBe(`token:${first.record.id}`);
  });

  it('ends a token at its time', async () => {
    const { record, token } = await authority.create({ name: 'short', permissions: ['read:*'], expiresInSeconds: 60 });
    expect(record.expiresAt).toBe('2026-01-01T00:01:00.000Z');
    now = new Date('2026-01-01T00:00:59.999Z');
    expect(await authority.authenticate(token)).toBeDefined();
    now = new Date('2026-01-01T00:01:00Z');
    expect(await authority.authenticate(token)).toBeUndefined();
  });

  it('notes the last use at most once a minute', async () => {
    const { token } = await authority.create({ name: 'busy', permissions: ['read:*'] });
    await authority.authenticate(token);
    await authority.authenticate(token);
    now = new Date('2026-01-01T00:00:59Z');
    await authority.authenticate(token);
    expect(store.touches).toBe(1);
    now = new Date('2026-01-01T00:01:00Z');
    await authority.authenticate(token);
    expect(store.touches).toBe(2);
    expect((await authority.list()).find((it) => it.name === 'busy')?.lastUsedAt).toBe('2026-01-01T00:01:00.000Z');
  });

  it('lets a caller in when the date of last use cannot be written', async () => {
    const { token } = await authority.create({ name: 'bot', permissions: ['read:*'] });
    store.touch = () => Promise.reject(new Error('read-only'));
    expect(await authority.authenticate(token)).toMatchObject({ name: 'bot' });
  });

  it.each([
    [{ name: '', permissions: ['admin'] }, /name of a token/],
    [{ name: 'a b', permissions: ['admin'] }, /name of a token/],
    [{ name: 'x', permissions: [] }, /1 to 200 permissions/],
    [{ name: 'x', permissions: ['fly:*'] }, /no known action/],
    [{ name: 'x', permissions: ['admin'], expiresInSeconds: 0 }, /whole number/],
    [{ name: 'x', permissions: ['admin'], expiresInSeconds: 1.5 }, /whole number/],
  ])('refuses %j', async (request, message) => {
    await expect(authority.create(request)).rejects.toThrow(message);
    expect(store.rows.size).toBe(0);
  });

  it.each(['ci', 'bot'])('refuses a second token named %s', async (name) => {
    await authority.create({ name: 'bot', permissions: ['admin'] });
    await expect(authority.create({ name, permissions: ['admin'] })).rejects.toMatchObject({ code: 'store.conflict' });
  });

  it('lists all without values', async () => {
    await authority.create({ name: 'bot', permissions: ['admin'] });
    expect((await authority.list()).map((it) => [it.name, it.source])).toEqual([
      ['ci', 'config'],
      ['bot', 'api'],
    ]);
    expect(JSON.stringify(await authority.list())).not.toContain('ci-secret');
  });

  it('revokes by name or id, and says when there was none', async () => {
    const { record } = await authority.create({ name: 'bot', permissions: ['admin'] });
    expect(await authority.revoke(record.id)).toBe(true);
    expect(await authority.revoke('bot')).toBe(false);
  });

  it.each(['ci', 'config:ci'])('does not revoke %s of the configuration', async (name) => {
    await expect(authority.revoke(name)).rejects.toThrow(/configuration/);
  });

  it('does not start with a bad permission in the configuration', () => {
    const configured = [{ name: 'bad', token: 'bad-secret', permissions: ['publish'] }];
    expect(() => createTokenAuthority({ configured, store })).toThrow(/auth\.tokens: token bad/);
  });
});

describe('newTokenText', () => {
  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 100 }, newTokenText)).size).toBe(100);
  });
});
