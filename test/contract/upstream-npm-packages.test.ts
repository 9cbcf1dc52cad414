import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { runNpm } from '../../src/loaders/npm/npm-client.ts';
import { npmLoader } from '../../src/loaders/npm.ts';
import { callOf, textOf, toolCall } from '../fixtures/calls.ts';
import { loadContext } from '../fixtures/load-context.ts';

const EVERYTHING = '@modelcontextprotocol/server-everything';
const FILESYSTEM = '@modelcontextprotocol/server-filesystem';

const signal = new AbortController().signal;
const args = ['view', '--fetch-retries=0', '--loglevel=error', '--', EVERYTHING, 'version'];
const isReachable = await runNpm({ args, cwd: tmpdir(), timeoutMs: 20_000, signal }).then(
  ({ code }) => code === 0,
  () => false,
);
const cacheDir = await mkdtemp(join(tmpdir(), 'mcp-hub-packages-'));
afterAll(() => rm(cacheDir, { recursive: true, force: true }));

describe.skipIf(!isReachable)(`real npm packages (${isReachable ? 'registry reached' : 'no package registry'})`, () => {
  it('server-everything is installed, run, used and started again without the network', async () => {
    const packages = [
      { registryType: 'npm', identifier: EVERYTHING, version: '2026.8.31', transport: { type: 'stdio' } },
    ];
    const upstream = await npmLoader.load(loadContext({}, { packages }, { cacheDir }));
    try {
      const reply = await upstream.request(callOf('tools/list'));
      const names = 'result' in reply ? (reply.result.tools as JsonObject[]).map((tool) => tool.name) : [];
      expect(names).toContain('echo');
      expect(textOf(await upstream.request(toolCall('echo', { message: 'hello' })))).toContain('hello');
    } finally {
      await upstream.close();
    }
    // An address where nothing listens stands for a machine without a network.
    process.env.npm_config_registry = 'http://127.0.0.1:9/';
    try {
      const again = loadContext({}, { packages }, { cacheDir });
      await (await npmLoader.load(again)).close();
      expect(again.progressed.filter((text) => text.startsWith('installing'))).toEqual([]);
    } finally {
      delete process.env.npm_config_registry;
    }
  }, 180_000);

  it('server-filesystem by a tag, with an argument, reads what it may and nothing else', async () => {
    const settings = { npm: { package: FILESYSTEM, version: 'latest' }, args: [cacheDir] };
    const upstream = await npmLoader.load(loadContext(settings, {}, { cacheDir }));
    try {
      expect(textOf(await upstream.request(toolCall('list_directory', { path: cacheDir })))).toContain('[DIR] npm');
      const outside = await upstream.request(toolCall('list_directory', { path: '/etc' }));
      expect('result' in outside && outside.result.isError).toBe(true);
    } finally {
      await upstream.close();
    }
  }, 180_000);
});
