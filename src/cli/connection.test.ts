import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestIo } from '../../test/fixtures/cli-io.ts';
import { type ConnectionOptions, findHub } from './connection.ts';

/** No process has this id: it is above every system's limit. */
const NO_PROCESS = 2 ** 30;

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'mcp-hub-connection-'));
  await mkdir(path.join(cwd, '.mcp-hub'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const write = (name: string, text: string): Promise<void> => writeFile(path.join(cwd, name), text);
const find = (options: ConnectionOptions = {}, env: NodeJS.ProcessEnv = {}) =>
  findHub(createTestIo({ cwd, env }).io, options);
const runs = (url: string, pid = process.pid): Promise<void> =>
  write('.mcp-hub/hub.json', JSON.stringify({ url, pid }));

describe('the address of the hub', () => {
  it('is the default when nothing says otherwise', async () => {
    expect(await find()).toMatchObject({ url: 'http://127.0.0.1:8080', found: 'the default' });
  });

  it('is what the configuration here says', async () => {
    await write('mcp-hub.yaml', 'api: {host: "::1", port: 9001}');
    expect(await find()).toMatchObject({ url: 'http://[::1]:9001', found: 'mcp-hub.yaml' });
  });

  it('is the hub that runs here, before the configuration', async () => {
    await write('mcp-hub.yaml', 'api: {port: 9001}');
    await runs('http://127.0.0.1:9002/');
    expect(await find()).toMatchObject({ url: 'http://127.0.0.1:9002', found: 'the hub that runs here' });
  });

  it('is found in another data folder, too', async () => {
    await write('mcp-hub.yaml', 'dataDir: elsewhere');
    await mkdir(path.join(cwd, 'elsewhere'));
    await write('elsewhere/hub.json', JSON.stringify({ url: 'http://127.0.0.1:9003', pid: process.pid }));
    expect((await find()).url).toBe('http://127.0.0.1:9003');
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ url: 'http://127.0.0.1:9002', pid: NO_PROCESS })],
    ['that is broken', '{'],
    ['of another form', '{"url":7}'],
  ])('is not taken from a file %s', async (_, text) => {
    await write('.mcp-hub/hub.json', text);
    expect((await find()).url).toBe('http://127.0.0.1:8080');
  });

  it('is what the user says, first of all', async () => {
    await runs('http://127.0.0.1:9002');
    const env = { MCP_HUB_URL: 'https://hub.example.com/base/' };
    expect(await find({}, env)).toMatchObject({ url: 'https://hub.example.com/base', found: 'MCP_HUB_URL' });
    expect(await find({ url: 'http://127.0.0.1:1' }, env)).toMatchObject({ url: 'http://127.0.0.1:1', found: '--url' });
  });

  it('must be an address', async () => {
    await expect(find({ url: 'localhost:8080' })).rejects.toThrow(/--url: "localhost:8080" is no address/);
    await expect(find({}, { MCP_HUB_URL: 'x' })).rejects.toThrow(/MCP_HUB_URL: "x"/);
  });

  it('does not depend on a configuration that cannot be used, unless the user named it', async () => {
    await write('mcp-hub.yaml', 'api: {prot: 1}');
    await runs('http://127.0.0.1:9002');
    expect((await find()).url).toBe('http://127.0.0.1:9002');
    await rm(path.join(cwd, '.mcp-hub/hub.json'));
    expect((await find()).found).toContain('unknown key');
    await expect(find({ config: 'mcp-hub.yaml' })).rejects.toThrow(/unknown key/);
  });
});

describe('the token', () => {
  it('is the local administrator’s for the hub of this folder', async () => {
    await write('.mcp-hub/admin.token', 'local-token\n');
    await runs('http://127.0.0.1:9002');
    expect((await find()).token).toBe('local-token');
    expect((await find({ url: 'http://127.0.0.1:9002' })).token).toBe('local-token');
  });

  it.each(['https://hub.example.com', 'http://127.0.0.1:9999', 'http://127.0.0.1.example.com:8080'])(
    'of the local administrator does not go to %s',
    async (url) => {
      await write('.mcp-hub/admin.token', 'local-token\n');
      await runs('http://127.0.0.1:9002');
      expect((await find({ url })).token).toBeUndefined();
    },
  );

  it('of the local administrator does not go to another machine that hub.json names', async () => {
    await write('.mcp-hub/admin.token', 'local-token\n');
    await runs('http://192.0.2.1:9002');
    expect((await find()).token).toBeUndefined();
  });

  it('is what the user says, first of all', async () => {
    await write('.mcp-hub/admin.token', 'local-token\n');
    expect((await find({}, { MCP_HUB_TOKEN: 'env' })).token).toBe('env');
    expect((await find({ token: 'option' }, { MCP_HUB_TOKEN: 'env' })).token).toBe('option');
    expect((await find({}, { MCP_HUB_TOKEN: '' })).token).toBe('local-token');
  });
});
