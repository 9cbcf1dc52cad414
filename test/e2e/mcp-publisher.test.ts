import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDnsServer, type TestDnsServer } from '../fixtures/dns-server.ts';
import { hasOpenssl, startHttpsServer, type TestHttpsServer } from '../fixtures/https-server.ts';
import { startTestHub, type TestHub } from './support/hub.ts';

/** Path of the official command line, where it could be built. */
const PUBLISHER = process.env.MCP_PUBLISHER;
const CI_TOKEN = 'ci-token-of-the-hub-0123456789';
const TIMEOUT_MS = 60_000;

/** An Ed25519 key as `--private-key` wants it, and its record. */
function makeKey(): { privateHex: string; record: string } {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const publicKey = Buffer.from(String(jwk.x), 'base64url').toString('base64');
  return {
    privateHex: Buffer.from(String(jwk.d), 'base64url').toString('hex'),
    record: `v=MCPv1; k=ed25519; p=${publicKey}`,
  };
}

/** The same for P-384. */
function makeP384Key(): { privateHex: string; record: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  const { d, x, y } = privateKey.export({ format: 'jwk' });
  const last = Buffer.from(String(y), 'base64url').at(-1) ?? 0;
  const point = Buffer.concat([Buffer.from([2 + (last & 1)]), Buffer.from(String(x), 'base64url')]);
  return {
    privateHex: Buffer.from(String(d), 'base64url').toString('hex'),
    record: `v=MCPv1; k=ecdsap384; p=${point.toString('base64')}`,
  };
}

describe.skipIf(PUBLISHER === undefined)('the real mcp-publisher (skipped without MCP_PUBLISHER=/path/to/it)', () => {
  const dnsKey = makeKey();
  const webKey = makeP384Key();
  let hub: TestHub;
  let dns: TestDnsServer;
  let web: TestHttpsServer | undefined;
  let home: string;
  let work: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'mcp-hub-publisher-cli-'));
    dns = await startDnsServer({ 'dns.example': [dnsKey.record] });
    if (hasOpenssl) web = await startHttpsServer(home, (_, response) => response.end(webKey.record));
    hub = await startTestHub({
      seed: { builtIn: false },
      net: web === undefined ? {} : { ca: [web.caFile] },
      auth: {
        tokens: [{ name: 'ci', token: CI_TOKEN, permissions: ['publish:com.acme/*'] }],
        publish: { methods: ['github-at', 'dns', 'http', 'none'] },
        dns: { servers: [dns.address] },
        http: web === undefined ? {} : { origins: { 'web.example': web.origin } },
      },
    });
  });
  afterAll(async () => {
    await hub?.close();
    await web?.close();
    await dns?.close();
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  });
  beforeEach(async () => {
    work = await mkdtemp(join(home, 'work-'));
    await mkdir(join(work, '.config'), { recursive: true });
  });

  const run = (...args: string[]): Promise<{ code: number; output: string }> =>
    new Promise((resolve) => {
      const env = { PATH: process.env.PATH ?? '', HOME: work, XDG_CONFIG_HOME: join(work, '.config') };
      execFile(PUBLISHER ?? '', args, { cwd: work, env, timeout: TIMEOUT_MS }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : 1, output: `${stdout}${stderr}` }),
      );
    });
  const write = (name: string, version: string, members = {}) =>
    writeFile(
      join(work, 'server.json'),
      JSON.stringify({
        $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
        name,
        description: 'A server of a test',
        version,
        ...members,
      }),
    );
  const works = async (...args: string[]): Promise<string> => {
    const { code, output } = await run(...args);
    expect(code, output).toBe(0);
    return output;
  };

  it.each([
    ['none', 'io.modelcontextprotocol.anonymous/cli', () => ['none']],
    ['dns', 'example.dns/cli', () => ['dns', '--domain', 'dns.example', '--private-key', dnsKey.privateHex]],
    [
      'http',
      'example.web/cli',
      () => ['http', '--domain', 'web.example', '--algorithm', 'ecdsap384', '--private-key', webKey.privateHex],
    ],
    ['a token of the hub', 'com.acme/cli', () => ['github', '--token', CI_TOKEN]],
  ])('logs in with %s, publishes and publishes again', async (_, name, login) => {
    await works('login', ...login(), '--registry', hub.url);
    await write(name, '1.0.0');
    expect(await works('publish')).toContain(name);
    await write(name, '1.1.0');
    expect(await works('publish')).toContain('1.1.0');
    const { server } = (await (await hub.fetch(`/v0/servers/${encodeURIComponent(name)}/versions/latest`)).json()) as {
      server: { version: string };
    };
    expect(server.version).toBe('1.1.0');
  });

  it('tells what is wrong with a login and with a file, and changes the status', async () => {
    const stranger = makeKey().privateHex;
    const args = ['dns', '--domain', 'dns.example', '--private-key', stranger, '--registry', hub.url];
    expect((await run('login', ...args)).output).toContain('signature verification failed');
    await works('login', 'github', '--token', CI_TOKEN, '--registry', hub.url);
    await write('com.other/cli', '1.0.0');
    expect((await run('publish')).output).toContain('You have permission to publish: com.acme/*');
    await write('com.acme/bad', '^1.0.0');
    expect((await run('publish')).code).toBe(1);
    await write('com.acme/status', '1.0.0');
    await works('validate');
    await works('publish');
    await works('status', '--status', 'deprecated', '--message', 'old', 'com.acme/status', '1.0.0');
    await works('status', '--status', 'active', '--all-versions', '-y', 'com.acme/status');
  });
});
