import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestIo } from '../../test/fixtures/cli-io.ts';
import { runCli } from './main.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'mcp-hub-serve-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const env = { MCP_HUB_SEED_IMPORT_ON_STARTUP: 'false', MCP_HUB_LOG_LEVEL: 'silent' };

describe('serve', () => {
  it('runs a hub that the other commands find, until it is told to stop', async () => {
    const hub = createTestIo({ cwd, env });
    const ended = runCli(['serve', '--port', '0', '--json'], hub.io);
    await hub.until(/\n/);
    const { url } = JSON.parse(hub.out()) as { url: string };
    expect((await fetch(`${url}/health/live`)).status).toBe(200);

    const status = createTestIo({ cwd, env });
    expect(await runCli(['status', '--json'], status.io)).toBe(0);
    expect(JSON.parse(status.out())).toMatchObject({ url, database: { type: 'sqlite', ok: true } });

    hub.stop();
    expect(await ended).toBe(0);
    expect(hub.exits).toEqual([]);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });

  it('is open to the command line of its own folder when it asks for tokens', async () => {
    const hub = createTestIo({ cwd, env: { ...env, MCP_HUB_AUTH_REQUIRED: 'true' } });
    const ended = runCli(['serve', '--port', '0', '--json'], hub.io);
    await hub.until(/\n/);
    const { url } = JSON.parse(hub.out()) as { url: string };

    const here = createTestIo({ cwd, env });
    expect(await runCli(['status', '--json'], here.io)).toBe(0);
    const elsewhere = createTestIo({ cwd: tmpdir(), env });
    expect(await runCli(['status', '--url', url], elsewhere.io)).toBe(1);
    expect(elsewhere.err()).toMatch(/\(auth\.missing\)\n {2}next: give a token/);

    hub.stop();
    await ended;
  });

  it('prints where everything is, and three things to try', async () => {
    const hub = createTestIo({ cwd, env });
    const ended = runCli(['serve', '--port', '0'], hub.io);
    await hub.until(/mcpServers.*\n/);
    const url = /page\s+(\S+)\//.exec(hub.out())?.[1] ?? '';
    expect(hub.out()).toContain(`${url}/v0.1/servers\n`);
    expect(hub.out()).toContain(`${url}/servers/{slug}/mcp\n`);
    expect(hub.out()).toMatch(/\n {2}curl '.*'\n {2}mcp-hub \w.*\n/);
    const [tried = ''] = /http\S*limit=3/.exec(hub.out()) ?? [];
    expect((await fetch(tried)).status).toBe(200);
    hub.stop();
    expect(await ended).toBe(0);
    expect(hub.err()).toContain('A second signal stops at once.');
  });

  it('ends at once at the second signal', async () => {
    const hub = createTestIo({ cwd, env });
    const ended = runCli(['serve', '--port', '0', '--json'], hub.io);
    await hub.until(/\n/);
    hub.stop();
    hub.stop();
    expect(hub.exits).toEqual([130]);
    await ended;
  });

  it('names the two ways out instead of listening for everybody', async () => {
    const hub = createTestIo({ cwd, env });
    expect(await runCli(['serve', '--host', '0.0.0.0', '--port', '0'], hub.io)).toBe(1);
    expect(hub.out()).toBe('');
    expect(hub.err()).toMatch(/^error: --host: api\.host: .*auth\.required: true.*api\.allowUnauthenticated: true/);
  });

  it('says which line of the configuration keeps it from starting', async () => {
    await writeFile(path.join(cwd, 'mcp-hub.toml'), '[api]\nprot = 1\n');
    const hub = createTestIo({ cwd, env });
    expect(await runCli(['serve'], hub.io)).toBe(1);
    expect(hub.err()).toMatch(/^error: mcp-hub\.toml:2: api\.prot: unknown key; did you mean "port"\?/);
  });
});
