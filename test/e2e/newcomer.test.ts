import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubProcess, isBuilt, runCommand, startHubProcess } from './support/process.ts';

describe.skipIf(!isBuilt)('somebody who starts the hub for the first time', () => {
  let dir: string;
  let hub: HubProcess;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'mcp-hub-newcomer-'));
    hub = await startHubProcess(dir);
  });
  afterAll(async () => {
    await hub?.stop('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  const cli = (...args: string[]) => runCommand(dir, args);

  it('is told the addresses and three things to try', async () => {
    await expect.poll(() => hub.output()).toMatch(/"mcpServers"/);
    const printed = hub.output();
    expect(printed).toContain(`${hub.url}/`);
    expect(printed).toContain('/v0.1/servers');
    expect(printed).toMatch(/curl .*\/v0\.1\/servers/);
    expect(printed).toMatch(/(mcp-hub|main\.js) call time get_current_time/);
    expect(printed).toMatch(/"mcpServers"/);
  });

  it('finds the data in a folder that is private', async () => {
    const folder = await stat(join(dir, '.mcp-hub'));
    expect(folder.mode & 0o777).toBe(0o700);
    for (const file of ['hub.db', 'hub.key', 'admin.token']) {
      expect((await stat(join(dir, '.mcp-hub', file))).mode & 0o077).toBe(0);
    }
  });

  it('has a registry with entries and two healthy deployments', async () => {
    const ready = () => fetch(`${hub.url}/health/ready`).then((answer) => answer.json());
    await expect.poll(ready, { timeout: 20_000 }).toMatchObject({ deployments: { byState: { healthy: 2 } } });
    const { stdout, code } = await cli('status', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      database: { type: 'sqlite', ok: true },
      deployments: { total: 2, byState: { healthy: 2 } },
    });
    const list = (await (await fetch(`${hub.url}/v0.1/servers?version=latest`)).json()) as {
      servers: { server: { name: string } }[];
    };
    expect(list.servers.map(({ server }) => server.name)).toEqual(
      expect.arrayContaining([
        'io.github.mcp-hub-registry/registry',
        'io.github.mcp-hub-registry/time',
        'io.github.modelcontextprotocol/everything',
        'io.github.modelcontextprotocol/filesystem',
        'io.github.modelcontextprotocol/memory',
      ]),
    );
  });

  it('calls tools from the command line', async () => {
    const time = await cli('call', 'time', 'get_current_time', 'timezone=Europe/Berlin');
    expect(time.code).toBe(0);
    expect(time.stdout).toContain('Europe/Berlin');
    const found = await cli('call', 'registry', 'list_servers', '--args', '{"search":"memory"}');
    expect(found.stdout).toContain('modelcontextprotocol/memory');
    const tools = await cli('tools', 'time', '--json');
    expect(JSON.stringify(JSON.parse(tools.stdout))).toContain('get_current_time');
  });

  it('publishes without configuring anything, and finds it again', async () => {
    const file = join(dir, 'server.json');
    const document = {
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
      name: 'com.example/newcomer',
      description: 'My first server',
      version: '1.0.0',
    };
    await import('node:fs/promises').then(({ writeFile }) => writeFile(file, JSON.stringify(document)));
    const published = await cli('publish', file);
    expect(published).toMatchObject({ code: 0 });
    expect((await cli('servers', 'search', 'newcomer')).stdout).toContain('com.example/newcomer');
    expect((await cli('servers', 'show', 'com.example/newcomer')).stdout).toContain('My first server');
  });

  it('is helped when something is wrong', async () => {
    const unknown = await cli('call', 'tine', 'get_current_time');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr.trim().split('\n').length).toBeLessThanOrEqual(2);
    expect(unknown.stderr).toContain('tine');
    expect((await cli('frobnicate')).code).toBe(2);
    const nobody = await runCommand(tmpdir(), ['status', '--url', 'http://127.0.0.1:9']);
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toContain('mcp-hub serve');
  });

  it('cannot start a second hub on the same data', async () => {
    const second = await runCommand(dir, ['serve', '--port', '0']);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(String(hub.child.pid));
  });

  it('stops it without leaving anything behind', async () => {
    expect(await hub.stop()).toBe(0);
    await expect(readFile(join(dir, '.mcp-hub/hub.json'))).rejects.toThrow();
    hub = await startHubProcess(dir);
    const { stdout } = await cli('servers', 'show', 'com.example/newcomer', '--json');
    expect(stdout).toContain('My first server');
  });
});
