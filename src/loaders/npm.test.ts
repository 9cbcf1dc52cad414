import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toolCall } from '../../test/fixtures/calls.ts';
import { loadContext } from '../../test/fixtures/load-context.ts';
import { type FakePackage, type FakeRegistry, startFakeRegistry } from '../../test/fixtures/npm-registry.ts';
import { HubError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { DeploymentSettings } from '../config/settings.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { LoadContext } from './loader.ts';
import { npmLoader } from './npm.ts';

/** A server without dependencies that answers every call with its arguments and environment. */
const SERVER = `#!/usr/bin/env node
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  if (id === undefined) return;
  const result = method === 'initialize'
    ? { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: require('./package.json').name, version: require('./package.json').version } }
    : { args: process.argv.slice(2), key: process.env.API_KEY, cwd: process.cwd() };
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
}).on('close', () => process.exit(0));
`;
const pack = (name: string, version: string, more: JsonObject = {}): FakePackage => ({
  manifest: { name, version, bin: 'server.js', ...more },
  files: { 'server.js': SERVER },
});
const OFFERED: FakePackage[] = [
  pack('@example/server', '1.0.0'),
  pack('@example/server', '1.1.0', {
    scripts: { postinstall: `node -e "require('fs').writeFileSync('ran-a-script','')"` },
    dependencies: { 'example-dependency': '1.0.0' },
  }),
  pack('@example/server', '2.0.0'),
  pack('example-dependency', '1.0.0', { bin: {} }),
  pack('example-no-bin', '1.0.0', { bin: {} }),
];

let registry: FakeRegistry;
let cacheDir: string;
const open: Upstream[] = [];
beforeAll(async () => {
  registry = await startFakeRegistry(OFFERED);
  cacheDir = await mkdtemp(join(tmpdir(), 'mcp-hub-npm-'));
  // The made-up packages must neither come from nor stay in the npm client's own cache.
  process.env.npm_config_cache = join(cacheDir, 'npm-client');
});
afterEach(async () => {
  for (const upstream of open.splice(0)) await upstream.close();
});
afterAll(async () => {
  delete process.env.npm_config_cache;
  await registry?.close();
  await rm(cacheDir, { recursive: true, force: true });
});

function contextFor(pkg: JsonObject, settings: DeploymentSettings = {}, more: Partial<LoadContext> = {}) {
  const entry = { registryType: 'npm', registryBaseUrl: registry.url, transport: { type: 'stdio' }, ...pkg };
  return loadContext(settings, { packages: [entry] }, { cacheDir, ...more });
}
async function load(context: LoadContext): Promise<Upstream> {
  const upstream = await npmLoader.load(context);
  open.push(upstream);
  return upstream;
}
const installedFolders = async (): Promise<string[]> =>
  (await readdir(join(cacheDir, 'npm'))).filter((name) => !name.startsWith('.'));

describe('the npm loader', () => {
  it('installs the exact version with its dependencies, runs no script of it, and runs its command with Node.js', async () => {
    const context = contextFor(
      { identifier: '@example/server', version: '1.1.0', packageArguments: [{ type: 'positional', value: 'go' }] },
      { env: { API_KEY: `\${secret:key}` }, args: ['--more'] },
    );
    const upstream = await load(context);
    expect(upstream.description.info).toEqual({ name: '@example/server', version: '1.1.0' });
    const reply = await upstream.request(toolCall('any'));
    expect(reply).toMatchObject({ result: { args: ['go', '--more'], key: 'value of key' } });
    expect(context.progressed).toContain('installing @example/server 1.1.0');
    const [folder = ''] = await installedFolders();
    expect(folder).toMatch(/^@example\+server@1\.1\.0-[0-9a-f]{12}$/);
    expect(existsSync(join(cacheDir, 'npm', folder, 'node_modules/example-dependency/package.json'))).toBe(true);
    expect(existsSync(join(cacheDir, 'npm', folder, 'node_modules/@example/server/ran-a-script'))).toBe(false);
    const cwd = 'result' in reply ? String(reply.result.cwd) : '';
    expect(cwd.endsWith(join('work', '_test'))).toBe(true);
  });

  it('starts what is installed without asking the registry', async () => {
    await load(contextFor({ identifier: '@example/server', version: '1.0.0' }));
    const before = registry.seen.length;
    const context = contextFor({ identifier: '@example/server', version: '1.0.0' });
    await load(context);
    expect(registry.seen.length).toBe(before);
    expect(context.progressed).not.toContain('installing @example/server 1.0.0');
  });

  it('installs a package once for all who want it at the same time', async () => {
    registry.seen.length = 0;
    const contexts = Array.from({ length: 4 }, () => contextFor({ identifier: '@example/server', version: '2.0.0' }));
    await Promise.all(contexts.map(load));
    expect(registry.seen.filter((path) => path.endsWith('server-2.0.0.tgz'))).toHaveLength(1);
    const folders = (await installedFolders()).filter((name) => name.includes('2.0.0'));
    expect(folders).toHaveLength(1);
    expect((await readdir(join(cacheDir, 'npm'))).filter((name) => name.startsWith('.staging'))).toEqual([]);
  });

  it('resolves a range or a tag once and keeps to the answer', async () => {
    const ranged = contextFor(
      { identifier: '@example/server' },
      { npm: { package: '@example/server', version: '^1.0.0' } },
    );
    expect((await load(ranged)).description.info.version).toBe('1.1.0');
    const tagged = contextFor(
      { identifier: '@example/server' },
      { npm: { package: '@example/server', version: 'latest' } },
    );
    expect((await load(tagged)).description.info.version).toBe('2.0.0');
    OFFERED.push(pack('@example/server', '1.2.0'));
    registry.seen.length = 0;
    expect((await load(ranged)).description.info.version).toBe('1.1.0');
    expect(registry.seen).toEqual([]);
  });

  it('asks for what is missing before it downloads anything', async () => {
    registry.seen.length = 0;
    const context = contextFor({
      identifier: 'example-unseen',
      version: '1.0.0',
      environmentVariables: [{ name: 'API_KEY', isRequired: true, isSecret: true }],
    });
    await expect(npmLoader.load(context)).rejects.toMatchObject({ code: 'deployment.needs_input' });
    expect(registry.seen).toEqual([]);
  });

  it.each([
    ['no such package', 'example-none', '1.0.0', 'not_found'],
    ['no such version', '@example/server', '9.9.9', 'no_version'],
    ['no version in the range', '@example/server', '^7.0.0', 'no_version'],
  ])('says that there is %s', async (_what, identifier, version, reason) => {
    await expect(npmLoader.load(contextFor({ identifier, version }))).rejects.toMatchObject({
      code: 'loader.install_failed',
      data: { reason },
    });
  });

  it('says that the registry cannot be reached, with the words of npm', async () => {
    const gone = await startFakeRegistry([]);
    await gone.close();
    const context = contextFor({ identifier: 'example-away', version: '1.0.0', registryBaseUrl: gone.url });
    process.env.npm_config_fetch_retries = '0';
    const failed = await npmLoader.load(context).catch((error) => error);
    delete process.env.npm_config_fetch_retries;
    expect(failed).toMatchObject({ code: 'loader.install_failed', data: { reason: 'unreachable' } });
    expect(failed.message).toContain('ECONNREFUSED');
  });

  it('says that a package has no command', async () => {
    await expect(npmLoader.load(contextFor({ identifier: 'example-no-bin', version: '1.0.0' }))).rejects.toMatchObject({
      code: 'loader.unsupported',
    });
  });

  it('takes packages from another registry only on the word of the operator', async () => {
    const context = contextFor({ identifier: 'example-other', version: '1.0.0' }, {}, { trust: 'public' });
    await expect(npmLoader.load(context)).rejects.toMatchObject({
      code: 'loader.unsupported',
      message: expect.stringContaining('other registries'),
    });
  });

  it.each(['file:///etc', 'ftp://example.com/', 'not a url', 'https://user:pass@example.com/'])(
    'refuses the registry %s',
    async (registryBaseUrl) => {
      const context = contextFor({ identifier: 'x', version: '1.0.0', registryBaseUrl });
      await expect(npmLoader.load(context)).rejects.toMatchObject({ code: 'loader.unsupported' });
    },
  );

  it('does not run packages that speak HTTP', async () => {
    const transport = { type: 'streamable-http', url: 'http://localhost:8080/mcp' };
    const context = contextFor({ identifier: '@example/server', version: '1.0.0', transport });
    await expect(npmLoader.load(context)).rejects.toThrow('speaks streamable-http');
  });

  it('ends the installation when the load is given up, and leaves nothing half done', async () => {
    const controller = new AbortController();
    const context = contextFor(
      { identifier: 'example-dependency', version: '1.0.0' },
      {},
      {
        signal: controller.signal,
        progress: (text) => {
          if (text.startsWith('installing')) queueMicrotask(() => controller.abort(new HubError('hub.closing', 'bye')));
        },
      },
    );
    await expect(npmLoader.load(context)).rejects.toMatchObject({ code: 'hub.closing' });
    expect((await readdir(join(cacheDir, 'npm'))).filter((name) => /staging|dependency/.test(name))).toEqual([]);
  });

  it('leaves the installation running when only the time is over, so that the next try finds it done', async () => {
    const controller = new AbortController();
    const late = contextFor(
      { identifier: 'example-late', version: '1.0.0' },
      {},
      {
        signal: controller.signal,
        progress: (text) => {
          if (text.startsWith('installing'))
            queueMicrotask(() => controller.abort(new HubError('loader.timeout', 'late')));
        },
      },
    );
    OFFERED.push(pack('example-late', '1.0.0'));
    await expect(npmLoader.load(late)).rejects.toMatchObject({ code: 'loader.timeout' });
    const upstream = await load(contextFor({ identifier: 'example-late', version: '1.0.0' }));
    expect(upstream.description.info.name).toBe('example-late');
    expect(registry.seen.filter((path) => path.endsWith('example-late-1.0.0.tgz'))).toHaveLength(1);
  });
});
