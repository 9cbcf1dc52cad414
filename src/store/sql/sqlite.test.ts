import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../telemetry/log.ts';
import { openStore } from '../index.ts';
import type { RegistryStore } from '../store.ts';
import { TRANSACTION_TIMEOUT_MS } from './database.ts';
import { openLibsql } from './libsql-connection.ts';

const root = mkdtempSync(join(tmpdir(), 'mcp-hub-sqlite-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder = '';
let count = 0;
beforeEach(() => {
  folder = join(root, `${count++}`);
});

const openUrl = (url: string): Promise<RegistryStore> =>
  openStore({ type: 'sqlite', url, logger: createLogger('silent') });
const open = (name = 'hub.db'): Promise<RegistryStore> => openUrl(`file:${join(folder, name)}`);
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('the SQLite file', () => {
  it('and its folder are for their owner only, and so are the files beside it', async () => {
    const store = await open('deep/er/hub.db');
    await store.facts.put('a', 'b');
    expect(mode(join(folder, 'deep'))).toBe('700');
    expect(mode(join(folder, 'deep/er'))).toBe('700');
    for (const name of ['hub.db', 'hub.db-wal', 'hub.db-shm', 'hub.db.lock', 'hub.db.pid']) {
      expect(`${name} ${mode(join(folder, 'deep/er', name))}`).toBe(`${name} 600`);
    }
    await store.close();
  });

  it('leaves the mode of a folder alone that was there before', async () => {
    mkdirSync(folder, { mode: 0o755 });
    const store = await open();
    expect(mode(folder)).toBe('755');
    await store.close();
  });

  it('is complete in itself after closing', async () => {
    const store = await open();
    await store.facts.put('a', 'b');
    await store.close();
    expect(existsSync(join(folder, 'hub.db.pid'))).toBe(false);
    copyFileSync(join(folder, 'hub.db'), join(folder, 'copy.db'));
    const copy = await open('copy.db');
    expect(await copy.facts.get('a')).toBe('b');
    await copy.close();
  });

  it('keeps a write-ahead log and waits for the disk', async () => {
    const store = await open();
    const other = openLibsql(join(folder, 'hub.db'));
    expect(other.run('pragma journal_mode', []).rows).toEqual([{ journal_mode: 'wal' }]);
    other.close();
    await store.close();
  });

  it.each(['hub.db', './hub.db', 'a/../hub.db'])('is found at file:%s from the working directory', async (name) => {
    mkdirSync(folder);
    const store = await openUrl(`file:${relative(process.cwd(), folder)}/${name}`);
    expect(existsSync(join(folder, 'hub.db'))).toBe(true);
    await store.close();
  });

  it('is found at a whole file URL', async () => {
    const store = await openUrl(pathToFileURL(join(folder, 'with space.db')).href);
    expect(existsSync(join(folder, 'with space.db'))).toBe(true);
    await store.close();
  });

  it.each(['', './hub.db', 'file:', 'file:./folder/', 'postgres://h/db', 'file://host/x.db', 'file:a?mode=ro'])(
    'is not named by %j',
    async (url) => {
      await expect(openUrl(url)).rejects.toMatchObject({
        code: 'config.bad_value',
        message: expect.stringContaining('file:./.mcp-hub/hub.db'),
      });
    },
  );

  it('that is no database is refused with what to do, and stays as it is', async () => {
    mkdirSync(folder);
    const text = 'this is not a database, it is a text that is long enough to be looked at. '.repeat(20);
    writeFileSync(join(folder, 'hub.db'), text);
    await expect(open()).rejects.toMatchObject({
      code: 'store.unavailable',
      message: expect.stringMatching(/not an SQLite/),
    });
    expect(readFileSync(join(folder, 'hub.db'), 'utf8')).toBe(text);
    rmSync(join(folder, 'hub.db'));
    const store = await open();
    await store.close();
  });

  it('cannot be made where a file stands in the place of its folder', async () => {
    writeFileSync(folder, '');
    await expect(open()).rejects.toMatchObject({ code: 'store.unavailable', message: expect.stringContaining(folder) });
  });
});

describe('the lock of the SQLite file', () => {
  it('refuses a second store in the same process and says so', async () => {
    const store = await open();
    await expect(open()).rejects.toMatchObject({
      code: 'store.locked',
      message: expect.stringMatching(new RegExp(`process ${process.pid} since .*, which is this one`)),
    });
    // Not even after a refusal.
    await expect(open()).rejects.toMatchObject({ code: 'store.locked' });
    await store.facts.put('still', 'here');
    expect(await store.facts.get('still')).toBe('here');
    await store.close();
  });

  it('holds for every path of the file', async () => {
    const store = await open();
    symlinkSync(folder, `${folder}-link`);
    symlinkSync(join(folder, 'hub.db'), join(folder, 'other.db'));
    await expect(openUrl(`file:${folder}-link/hub.db`)).rejects.toMatchObject({ code: 'store.locked' });
    await expect(open('other.db')).rejects.toMatchObject({ code: 'store.locked' });
    await store.close();
  });

  it('does not hold for another file in the same folder', async () => {
    const [one, two] = [await open('one.db'), await open('two.db')];
    await one.close();
    await two.close();
  });

  it('ends when the store is closed or could not be opened', async () => {
    for (let i = 0; i < 3; i++) await (await open()).close();
    mkdirSync(join(folder, 'broken.db'));
    await expect(open('broken.db')).rejects.toMatchObject({ code: 'store.unavailable' });
    rmSync(join(folder, 'broken.db'), { recursive: true });
    await (await open('broken.db')).close();
  });
});

describe('the event loop', () => {
  it('gets its turn during a long row of statements', async () => {
    const store = await open();
    let hadTurn = false;
    setImmediate(() => {
      hadTurn = true;
    });
    let reads = 0;
    for (; !hadTurn && reads < 100_000; reads++) await store.facts.get('a');
    expect(reads).toBeLessThan(100_000);
    await store.close();
  });

  it('gets its turn during a long transaction', async () => {
    const store = await open();
    let hadTurn = false;
    setImmediate(() => {
      hadTurn = true;
    });
    const reads = await store.entries.change('a/b', async (tx) => {
      let n = 0;
      for (; !hadTurn && n < 100_000; n++) await tx.spelling();
      return n;
    });
    expect(reads).toBeLessThan(100_000);
    await store.close();
  });
});

describe('a change that does not end', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(['memory', 'sqlite'] as const)('is given up in time and undone in %s', async (type) => {
    const url = `file:${join(folder, 'hub.db')}`;
    const store = await openStore({ type, url, logger: createLogger('silent') });
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    let late: Promise<unknown> = Promise.resolve();
    const endless = store.entries.change('a/b', async () => {
      // A write through the store inside a change waits for that change.
      late = store.facts.put('inner', 'x');
      await late;
    });
    const refused = expect(endless).rejects.toMatchObject({ code: 'store.unavailable' });
    await vi.advanceTimersByTimeAsync(TRANSACTION_TIMEOUT_MS);
    await refused;
    await late;
    expect(await store.facts.get('inner')).toBe('x');
    await store.close();
  });
});

describe('a store of another type', () => {
  it.each(['postgres', 'mongodb'] as const)('%s is refused with what to set', async (type) => {
    const opened = openStore({ type, url: `${type}://h/db`, logger: createLogger('silent') });
    await expect(opened).rejects.toMatchObject({
      code: 'store.unsupported',
      message: expect.stringMatching(new RegExp(`not in "${type}".*database\\.type`)),
    });
  });

  it('memory is not shared between two stores, and leaves no file', async () => {
    const options = { type: 'memory', url: `file:${join(folder, 'x.db')}`, logger: createLogger('silent') } as const;
    const [one, two] = [await openStore(options), await openStore(options)];
    await one.facts.put('a', 'b');
    expect(await two.facts.get('a')).toBeUndefined();
    await one.close();
    await two.close();
    expect(existsSync(folder)).toBe(false);
  });
});
