import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { textOf, toolCall } from '../../test/fixtures/calls.ts';
import { loadContext } from '../../test/fixtures/load-context.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { commandLoader } from './command.ts';
import type { LoadContext, ServerLoader } from './loader.ts';
import { moduleLoader } from './module.ts';

const fixture = (name: string): string => resolve(import.meta.dirname, '../../test/fixtures', name);
const open: Upstream[] = [];
afterEach(async () => {
  for (const upstream of open.splice(0)) await upstream.close();
});
async function load(loader: ServerLoader, context: LoadContext): Promise<Upstream> {
  const upstream = await loader.load(context);
  open.push(upstream);
  return upstream;
}

describe('the command loader', () => {
  const command = { command: process.execPath, args: [fixture('probe-stdio.mjs')] };

  it('runs the operator s command', async () => {
    const upstream = await load(commandLoader, loadContext({ command, env: { KEY: `\${secret:k}` } }));
    expect(textOf(await upstream.request(toolCall('echo', { text: 'x' })))).toBe('x');
  });

  it('runs no command of anybody else', async () => {
    const context = loadContext({ command }, {}, { trust: 'public' });
    await expect(commandLoader.load(context)).rejects.toMatchObject({ code: 'loader.unsupported' });
  });

  it('puts no secret into the command line', async () => {
    const context = loadContext({ command: { ...command, args: [`--key=\${secret:k}`] } });
    await expect(commandLoader.load(context)).rejects.toMatchObject({ code: 'deployment.invalid' });
  });

  it('does not go through a shell', async () => {
    const context = loadContext({ command: { command: 'node --version; true' } });
    await expect(commandLoader.load(context)).rejects.toThrow('no such program');
  });

  it('needs a command', async () => {
    await expect(commandLoader.load(loadContext({ kind: 'command' }))).rejects.toThrow('has no command.command');
  });
});

describe('the module loader', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-hub-module-'));
    await mkdir(join(folder, 'seed'));
    await writeFile(join(folder, 'outside.mjs'), 'export default () => { throw new Error("must not run") }');
    await symlink(join(folder, 'outside.mjs'), join(folder, 'seed/link.mjs'));
    await writeFile(
      join(folder, 'seed/inside.mjs'),
      `export { default } from ${JSON.stringify(pathToFileURL(fixture('probe-server.mjs')).href)};`,
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const inFolder = (trust: 'operator' | 'public'): Partial<LoadContext> => ({
    trust,
    resolve: async (text) => text.replace(`\${hub:seed}`, join(folder, 'seed')).replace(`\${secret:k}`, 'opened'),
  });

  it('runs a module with its options and environment, secrets resolved at any depth', async () => {
    const options = { list: [{ key: `\${secret:k}` }], count: 3, none: null };
    const settings = { module: { path: fixture('probe-server.mjs'), options }, env: { KEY: `\${secret:k}` } };
    const upstream = await load(moduleLoader, loadContext(settings, {}, inFolder('operator')));
    expect(JSON.parse(textOf(await upstream.request(toolCall('given'))))).toEqual({
      options: { list: [{ key: 'opened' }], count: 3, none: null },
      env: { KEY: 'opened' },
      secret: null,
    });
  });

  it('takes a file: URL', async () => {
    const path = pathToFileURL(fixture('probe-server.mjs')).href;
    const upstream = await load(moduleLoader, loadContext({ module: { path } }));
    expect(upstream.description.info.name).toBe('probe');
  });

  it('runs what came with the hub for everybody', async () => {
    const settings = { module: { path: `\${hub:seed}/inside.mjs` } };
    const upstream = await load(moduleLoader, loadContext(settings, {}, inFolder('public')));
    expect(upstream.description.info.name).toBe('probe');
  });

  it.each([`\${hub:seed}/../outside.mjs`, `\${hub:seed}/link.mjs`])('does not run %s for everybody', async (path) => {
    const context = loadContext({ module: { path } }, {}, inFolder('public'));
    await expect(moduleLoader.load(context)).rejects.toMatchObject({ code: 'loader.unsupported' });
  });

  it.each([
    ['relative/path.mjs', 'deployment.invalid'],
    ['file://host/share.mjs', 'deployment.invalid'],
    ['/no/such/file.mjs', 'loader.start_failed'],
    ['/', 'loader.start_failed'],
  ])('refuses the path %s', async (path, code) => {
    await expect(moduleLoader.load(loadContext({ module: { path } }))).rejects.toMatchObject({ code });
  });
});
