import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SecretStore } from '../store/store.ts';
import { loadLocalAdmin, readLocalAdminToken } from './local-admin.ts';
import { createSecretVault, deriveKey, loadHubKey } from './secrets.ts';

function memorySecrets(): SecretStore & { rows: Map<string, { sealed: string; updatedAt: string }> } {
  const rows = new Map<string, { sealed: string; updatedAt: string }>();
  return {
    rows,
    list: async () => [...rows].map(([name, row]) => ({ name, updatedAt: row.updatedAt })),
    get: async (name) => rows.get(name)?.sealed,
    put: async (name, sealed, updatedAt) => {
      rows.set(name, { sealed, updatedAt });
    },
    remove: async (name) => rows.delete(name),
  };
}

describe('createSecretVault', () => {
  const key = randomBytes(32);

  it('gives back what was put, and keeps nothing readable', async () => {
    const store = memorySecrets();
    const vault = createSecretVault({ store, key, clock: () => new Date('2026-01-01T00:00:00Z') });
    await vault.put('API_KEY', 'hunter2 \u{1F511}');
    expect(await vault.get('API_KEY')).toBe('hunter2 \u{1F511}');
    expect(store.rows.get('API_KEY')?.sealed).not.toContain(Buffer.from('hunter2').toString('base64url').slice(0, 6));
    expect(await vault.list()).toEqual([{ name: 'API_KEY', updatedAt: '2026-01-01T00:00:00.000Z' }]);
    expect(await vault.remove('API_KEY')).toBe(true);
    expect(await vault.get('API_KEY')).toBeUndefined();
  });

  it('seals the same value differently each time', async () => {
    const store = memorySecrets();
    const vault = createSecretVault({ store, key });
    await vault.put('A', 'same');
    const first = store.rows.get('A')?.sealed;
    await vault.put('A', 'same');
    expect(store.rows.get('A')?.sealed).not.toBe(first);
  });

  it('does not open a value under another name', async () => {
    const store = memorySecrets();
    const vault = createSecretVault({ store, key });
    await vault.put('A', 'value');
    await store.put('B', (await store.get('A')) ?? '', '2026-01-01T00:00:00Z');
    await expect(vault.get('B')).rejects.toMatchObject({ code: 'secret.unreadable' });
  });

  it('does not open a value with another key, or a changed one', async () => {
    const store = memorySecrets();
    await createSecretVault({ store, key }).put('A', 'value');
    const other = createSecretVault({ store, key: randomBytes(32) });
    await expect(other.get('A')).rejects.toThrow(/does not open with this hub's key/);
    for (const sealed of ['', 'v1.', 'v2.abc', `${await store.get('A')}`.slice(0, -3)]) {
      await store.put('A', sealed, '2026-01-01T00:00:00Z');
      await expect(createSecretVault({ store, key }).get('A')).rejects.toMatchObject({ code: 'secret.unreadable' });
    }
  });

  it.each([
    ['', 'v', /name of a secret/],
    ['a b', 'v', /name of a secret/],
    ['-x', 'v', /name of a secret/],
    ['}', 'v', /name of a secret/],
    ['A', '', /is empty/],
    ['A', 'x'.repeat(70_000), /larger than 65536/],
  ])('refuses the name %j with its value', async (name, value, message) => {
    await expect(createSecretVault({ store: memorySecrets(), key }).put(name, value)).rejects.toThrow(message);
  });

  it('refuses a key of another size', () => {
    expect(() => createSecretVault({ store: memorySecrets(), key: randomBytes(16) })).toThrow(RangeError);
  });
});

describe('files of the data folder', () => {
  let dir: string;
  beforeEach(async () => {
    dir = path.join(await mkdtemp(path.join(tmpdir(), 'mcp-hub-auth-')), 'data');
  });
  afterEach(() => rm(path.dirname(dir), { recursive: true, force: true }));

  it('makes the hub key once, for its owner only', async () => {
    const key = await loadHubKey(dir, {});
    expect(key).toHaveLength(32);
    expect(await loadHubKey(dir, {})).toEqual(key);
    expect((await stat(path.join(dir, 'hub.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });

  it('makes one key when several start at once, and leaves nothing behind', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadHubKey(dir, {})));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(await readdir(dir)).toEqual(['hub.key']);
  });

  it('takes rights of others away', async () => {
    await loadHubKey(dir, {});
    await chmod(path.join(dir, 'hub.key'), 0o644);
    await loadHubKey(dir, {});
    expect((await stat(path.join(dir, 'hub.key'))).mode & 0o777).toBe(0o600);
  });

  it.each(['hex', 'base64', 'base64url'] as const)(
    'takes the key from MCP_HUB_KEY as %s, and makes no file',
    async (encoding) => {
      const key = randomBytes(32);
      expect(await loadHubKey(dir, { MCP_HUB_KEY: `${key.toString(encoding)}\n` })).toEqual(key);
      await expect(readdir(dir)).rejects.toThrow();
    },
  );

  it.each(['short', 'ab'.repeat(31), '!'.repeat(44)])('refuses MCP_HUB_KEY=%s without showing it', async (value) => {
    const error = await loadHubKey(dir, { MCP_HUB_KEY: value }).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/MCP_HUB_KEY must hold 32 bytes/);
    expect(String(error)).not.toContain(value);
  });

  it('refuses a broken key file and names it', async () => {
    await loadHubKey(dir, {});
    await writeFile(path.join(dir, 'hub.key'), 'broken');
    await expect(loadHubKey(dir, {})).rejects.toThrow(/hub\.key must hold 32 bytes/);
  });

  it('makes the local administrator once; a reader finds the same token', async () => {
    expect(await readLocalAdminToken(dir)).toBeUndefined();
    const made = await loadLocalAdmin(dir);
    expect(made.principal).toMatchObject({ kind: 'local', permissions: [{ action: 'admin', pattern: '*' }] });
    expect((await loadLocalAdmin(dir)).token).toBe(made.token);
    expect(await readLocalAdminToken(dir)).toBe(made.token);
    expect((await readFile(path.join(dir, 'admin.token'), 'utf8')).trim()).toBe(made.token);
  });
});

describe('deriveKey', () => {
  it('gives each purpose its own key, the same each time', () => {
    const key = randomBytes(32);
    expect(deriveKey(key, 'session')).toEqual(deriveKey(key, 'session'));
    expect(deriveKey(key, 'session')).not.toEqual(deriveKey(key, 'secrets'));
    expect(deriveKey(key, 'session')).toHaveLength(32);
  });
});
