import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import type { RegistryStore } from '../../src/store/store.ts';
import { createLogger } from '../../src/telemetry/log.ts';

const CHILD = join(import.meta.dirname, 'store-child.mjs');
const folder = mkdtempSync(join(tmpdir(), 'mcp-hub-processes-'));
const children: ChildProcessWithoutNullStreams[] = [];
let count = 0;

/** A process that opens the store in `file`, and the lines that it says. */
class Child {
  readonly lines: string[] = [];
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<unknown>;
  #onLine = (): void => {};

  constructor(file: string, ...task: string[]) {
    this.#process = spawn(process.execPath, [CHILD, file, ...task]);
    children.push(this.#process);
    this.#closed = once(this.#process, 'close');
    createInterface(this.#process.stdout).on('line', (line) => {
      this.lines.push(line);
      this.#onLine();
    });
    this.#process.stderr.pipe(process.stderr);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Waits until the process has said `n` lines, and gives them. */
  async said(n: number): Promise<string[]> {
    const enough = new Promise<void>((resolve) => {
      this.#onLine = () => {
        if (this.lines.length >= n) resolve();
      };
      this.#onLine();
    });
    await Promise.race([enough, this.#closed]);
    return this.lines;
  }

  /** Lets the process close its store and waits for its end. */
  async end(): Promise<void> {
    this.#process.stdin.end();
    await this.#closed;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#closed;
  }
}

const freshFile = (): string => join(folder, `${count++}.db`);
const open = (file: string): Promise<RegistryStore> =>
  openStore({ type: 'sqlite', url: `file:${file}`, logger: createLogger('silent') });

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('two processes and one SQLite file', () => {
  it('refuses the second process and names the first one', async () => {
    const file = freshFile();
    const child = new Child(file);
    expect(await child.said(1)).toEqual(['open']);
    await expect(open(file)).rejects.toMatchObject({
      code: 'store.locked',
      message: expect.stringContaining(`process ${child.pid} since`),
      data: { pid: child.pid },
    });
    await child.end();
    const store = await open(file);
    await store.close();
  });

  it('refuses another process while this one has the file', async () => {
    const file = freshFile();
    const store = await open(file);
    const [line] = await new Child(file).said(1);
    expect(line).toContain(`store.locked The database`);
    expect(line).toContain(`process ${process.pid} since`);
    await store.close();
    const next = new Child(file);
    expect(await next.said(1)).toEqual(['open']);
    await next.end();
  });

  it('lets exactly one of several win that start at once', async () => {
    const file = freshFile();
    const racers = Array.from({ length: 4 }, () => new Child(file));
    const answers = await Promise.all(racers.map(async (racer) => (await racer.said(1))[0]));
    const winner = racers[answers.indexOf('open')];
    expect(answers.filter((answer) => answer === 'open')).toHaveLength(1);
    expect(answers.filter((answer) => answer?.startsWith('store.locked'))).toHaveLength(3);
    await winner?.end();
  });

  it('takes the file over from a process that was killed, with every write that was acknowledged', async () => {
    const file = freshFile();
    for (const lines of [2, 40, 300]) {
      const child = new Child(file, 'publish');
      await child.said(lines);
      await child.kill();
      expect(existsSync(`${file}.pid`)).toBe(true);

      const store = await open(file);
      const acknowledged = child.lines.slice(1);
      expect(acknowledged.length).toBeGreaterThanOrEqual(lines - 1);
      for (const name of acknowledged)
        expect(await store.entries.get(name, 'latest')).toMatchObject({ name, id: name });
      const { versions } = await store.entries.count();
      expect(await store.entries.list({ limit: 10_000, includeDeleted: true, search: 'x' })).toHaveLength(versions);
      expect(await store.changes(0, 10_000)).toHaveLength(versions);
      await store.close();
    }
  });

  it('is not stopped by the note of a dead process whose id another one has got', async () => {
    const file = freshFile();
    const note = { pid: process.ppid, host: 'elsewhere', since: '2026-01-01T00:00:00.000Z' };
    writeFileSync(`${file}.pid`, JSON.stringify(note));
    const store = await open(file);
    await store.close();
  });
});
