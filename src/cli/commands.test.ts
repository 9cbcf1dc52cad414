// biome-ignore-all lint/suspicious/noTemplateCurlyInString: clients have references that look like template strings
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestIo, type TestIoOptions } from '../../test/fixtures/cli-io.ts';
import { type HubStub, problem, startHubStub } from '../../test/fixtures/hub-stub.ts';
import { runCli } from './main.ts';

let hub: HubStub;
let cwd: string;
beforeEach(async () => {
  hub = await startHubStub();
  cwd = await mkdtemp(path.join(tmpdir(), 'mcp-hub-commands-'));
});
afterEach(async () => {
  await hub.close();
  await rm(cwd, { recursive: true, force: true });
});

function start(argv: string[], options: TestIoOptions = {}) {
  const env = { MCP_HUB_URL: hub.url, MCP_HUB_TOKEN: 'the-token', ...options.env };
  const test = createTestIo({ cwd, ...options, env });
  return { ...test, ended: runCli(argv, test.io) };
}

async function run(argv: string[], options: TestIoOptions = {}) {
  const test = start(argv, options);
  const code = await test.ended;
  return { code, out: test.out(), err: test.err() };
}

const view = {
  slug: 'weather',
  name: 'com.example/weather',
  version: '1.0.0',
  kind: 'npm',
  enabled: true,
  source: 'api',
  state: 'healthy',
  attempts: 0,
  mcpEndpoint: 'http://h/servers/weather/mcp',
  capabilities: { tools: ['forecast'], resources: [], resourceTemplates: [], prompts: [] },
  settings: {},
};
const status = {
  version: '0.1.0',
  name: 'Hub\x1b[2J',
  url: 'http://h',
  uptimeSeconds: 7300,
  database: { type: 'sqlite', ok: true },
  servers: { names: 2, versions: 3 },
  deployments: { total: 1, byState: { healthy: 1 } },
};
const row = (name: string) => ({ server: { name, version: '1.0.0', description: `About ${name}` }, _meta: {} });

describe('every command', () => {
  it('sends the token, and keeps it out of what it prints', async () => {
    hub.on('GET /api/v1/status', () => problem(403, 'auth.forbidden', 'You may not.'));
    const { code, out, err } = await run(['status']);
    expect(hub.seen[0]?.headers.authorization).toBe('Bearer the-token');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^error: You may not\. \(auth\.forbidden\)\n {2}next: ask an administrator/);
    expect(err).not.toContain('the-token');
  });

  it('says so when something else than a hub answers', async () => {
    hub.on('GET /api/v1/status', (_, response) => void response.end('<html>') as undefined);
    expect((await run(['status'])).err).toMatch(/What answers at http:\S+ is no MCP hub/);
  });

  it('does not follow a redirect with the token', async () => {
    hub.on('GET /api/v1/status', (_, response) => {
      response.writeHead(302, { location: `${hub.url}/elsewhere` }).end();
      return undefined;
    });
    const { code, err } = await run(['status']);
    expect(code).toBe(1);
    expect(err).toContain('answered with HTTP status 302');
    expect(hub.seen.map(({ url }) => url)).not.toContain('/elsewhere');
  });
});

describe('status', () => {
  beforeEach(() => {
    hub.on('GET /api/v1/status', () => ({ json: status }));
    hub.on('GET /api/v1/deployments', () => ({ json: { deployments: [view] } }));
  });

  it('shows the hub and its deployments', async () => {
    const { code, out } = await run(['status']);
    expect(code).toBe(0);
    expect(out).toContain('0.1.0 at http://h, up 2 h\n');
    expect(out).toContain('weather\thealthy\tnpm\tcom.example/weather 1.0.0\t1 tool\n');
  });

  it('lets nothing reach a terminal that could rewrite it', async () => {
    const { out } = await run(['status'], { columns: 120 });
    expect(out).not.toContain('\x1b[2J');
    expect(out).toContain('Hub[2J');
  });

  it('comes as one JSON value', async () => {
    expect(JSON.parse((await run(['status', '--json'])).out)).toMatchObject({
      name: 'Hub\x1b[2J',
      deployments: { total: 1, items: [{ slug: 'weather' }] },
    });
  });
});

describe('servers', () => {
  beforeEach(() => {
    hub.on('GET /v0.1/servers', ({ url }) => {
      const cursor = new URL(url, hub.url).searchParams.get('cursor');
      const page = cursor === null ? ['a/a', 'a/b'] : ['a/c'];
      const metadata = { count: page.length, ...(cursor === null ? { nextCursor: 'x y' } : {}) };
      return { json: { servers: page.map(row), metadata } };
    });
  });

  it('list goes on until it has enough', async () => {
    const { out } = await run(['servers', 'list', '--all']);
    expect(out.split('\n')).toEqual([
      'NAME\tVERSION\tSTATE\tDESCRIPTION',
      ...['a/a', 'a/b', 'a/c'].map((name) => `${name}\t1.0.0\t\tAbout ${name}`),
      '',
    ]);
    expect(hub.seen.map(({ url }) => new URL(url, hub.url).searchParams.get('version'))).toEqual(['latest', 'latest']);
  });

  it('list says when there are more', async () => {
    const { out, err } = await run(['servers', 'list', '--limit', '2', '--json']);
    expect(JSON.parse(out)).toHaveLength(2);
    expect(err).toBe('');
    expect((await run(['servers', 'list', '--limit', '2'])).err).toContain('--all');
  });

  it('search asks for the text', async () => {
    await run(['servers', 'search', 'two words']);
    expect(new URL(hub.seen[0]?.url ?? '', hub.url).searchParams.get('search')).toBe('two words');
  });

  it('show tells what a deployment needs', async () => {
    const environmentVariables = [{ name: 'KEY', isRequired: true, isSecret: true, description: 'The key' }];
    hub.on('GET /v0.1/servers/a%2Fa/versions/latest', () => ({
      json: {
        server: {
          ...row('a/a').server,
          packages: [{ registryType: 'npm', identifier: 'p', version: '1', environmentVariables }],
        },
        _meta: {},
      },
    }));
    const { out } = await run(['servers', 'show', 'a/a']);
    expect(out).toContain('package     npm p 1\n  --env     KEY (required, secret): The key\n');
    expect(out).toContain('not deployed');
  });
});

describe('publish', () => {
  it('sends the document', async () => {
    hub.on('POST /v0.1/publish', ({ body }) => ({ json: { server: body, _meta: {} } }));
    await writeFile(path.join(cwd, 'server.json'), JSON.stringify(row('a/a').server));
    const { code, out } = await run(['publish', 'server.json']);
    expect([code, out]).toEqual([0, 'Published a/a 1.0.0.\n']);
    expect(hub.seen[0]?.body).toEqual(row('a/a').server);
  });

  it('tells every reason of a refusal on one line', async () => {
    const errors = [{ message: 'expected length <= 100', location: 'body.description' }, { message: 'and more' }];
    hub.on('POST /v0.1/publish', () => ({
      status: 422,
      json: { title: 'X', status: 422, detail: 'validation failed', errors },
    }));
    await writeFile(path.join(cwd, 'server.json'), '{}');
    const { code, err } = await run(['publish', 'server.json']);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: validation failed: body\.description: expected length <= 100; and more \(registry\.invalid\)\n/,
    );
  });

  it.each([
    ['{', /server\.json: Not valid JSON/],
    [undefined, /server\.json cannot be read: ENOENT/],
  ])('of %j says what is wrong with the file', async (text, message) => {
    if (text !== undefined) await writeFile(path.join(cwd, 'server.json'), text);
    const { code, err } = await run(['publish', 'server.json']);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(hub.seen).toHaveLength(0);
  });
});

describe('export', () => {
  const lines = `${JSON.stringify(row('a/a'))}\n${JSON.stringify(row('a/ä'))}\n`;
  beforeEach(() => {
    hub.on('GET /api/v1/export', (_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const bytes = Buffer.from(lines);
      // A cut inside of a letter must not break it.
      const cut = bytes.indexOf(0xc3) + 1;
      response.write(bytes.subarray(0, cut));
      response.end(bytes.subarray(cut));
      return undefined;
    });
  });

  it('goes to stdout as it is', async () => {
    expect(await run(['export'])).toEqual({ code: 0, out: lines, err: '' });
  });

  it('goes to a file, whole or not at all', async () => {
    expect((await run(['export', 'x.ndjson'])).out).toBe('Wrote 2 rows to x.ndjson.\n');
    expect(await readFile(path.join(cwd, 'x.ndjson'), 'utf8')).toBe(lines);
    hub.on('GET /api/v1/export', (_, response) => {
      response.writeHead(200).write(lines);
      response.destroy();
      return undefined;
    });
    expect((await run(['export', 'y.ndjson'])).code).toBe(1);
    expect(await readdir(cwd)).toEqual(['x.ndjson']);
  });
});

describe('deploy', () => {
  it('sends everything the user gave', async () => {
    hub.on('POST /api/v1/deployments', () => ({ status: 201, json: view }));
    const argv = [
      'deploy',
      'com.example/weather',
      '--version',
      '1.0.0',
      '--slug',
      'w',
      '--env',
      'A=1=2',
      '--env',
      'KEY',
    ];
    const more = [
      '--arg',
      '--verbose',
      '--arg',
      'x',
      '--header',
      'X-Key=v',
      '--var',
      'city=Berlin',
      '--set',
      '{"npm":{"package":"p"}}',
    ];
    const { code, out } = await run([...argv, ...more], { env: { KEY: 'from the shell' } });
    expect(code).toBe(0);
    expect(out).toContain('weather is healthy: com.example/weather 1.0.0 (npm)\n');
    expect(hub.seen[0]?.body).toEqual({
      name: 'com.example/weather',
      version: '1.0.0',
      slug: 'w',
      env: { A: '1=2', KEY: 'from the shell' },
      args: ['--verbose', 'x'],
      headers: { 'X-Key': 'v' },
      variables: { city: 'Berlin' },
      settings: { npm: { package: 'p' } },
    });
  });

  it('waits until the server is healthy, and says what happens meanwhile', async () => {
    const states = ['resolving', 'starting', 'healthy'];
    hub.on('POST /api/v1/deployments', () => ({ status: 201, json: { ...view, state: 'pending' } }));
    hub.on('GET /api/v1/deployments/weather', () => ({
      json: { ...view, state: states.shift(), progress: 'installing p' },
    }));
    const { code, out, err } = await run(['deploy', 'com.example/weather', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ state: 'healthy' });
    expect(err).toBe('');
    expect(states).toEqual([]);
  });

  it('comes back at once with --no-wait', async () => {
    hub.on('POST /api/v1/deployments', () => ({ status: 201, json: { ...view, state: 'pending' } }));
    expect(await run(['deploy', 'x/y', '--no-wait'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('is pending'),
    });
    expect(hub.seen).toHaveLength(1);
  });

  it('fails with the reason, and with the options that are missing', async () => {
    const missing = [
      { name: 'API_KEY', kind: 'env', isSecret: true, description: 'The key' },
      { name: '--root', kind: 'argument' },
    ];
    const reason = { code: 'deployment.needs_input', message: 'It needs API_KEY.' };
    hub.on('POST /api/v1/deployments', () => ({
      status: 201,
      json: { ...view, state: 'needs_input', missing, reason },
    }));
    const { code, out, err } = await run(['deploy', 'com.example/weather']);
    expect(code).toBe(1);
    expect(out).toContain('missing   API_KEY (env): The key');
    expect(err).toMatch(/^error: weather is needs_input: It needs API_KEY\. \(deployment\.needs_input\)\n/);
    expect(err).toContain('mcp-hub deploy com.example/weather --slug weather --env API_KEY=… --var root=…');
  });
});

describe('changes of a deployment', () => {
  it.each(['enable', 'restart', 'disable'])('%s asks the hub for it', async (action) => {
    hub.on(`POST /api/v1/deployments/a%2Fb/${action}`, () => ({ json: view }));
    expect((await run([action, 'a/b'])).code).toBe(0);
  });

  it('undeploy tells what the hub refuses, and what to do', async () => {
    hub.on('DELETE /api/v1/deployments/w', () => problem(409, 'deployment.read_only', 'It is declared in the file.'));
    const { code, err } = await run(['undeploy', 'w']);
    expect(code).toBe(1);
    expect(err).toContain('next: change the configuration file');
    hub.on('DELETE /api/v1/deployments/w', () => ({ status: 204 }));
    expect(await run(['undeploy', 'w'])).toMatchObject({ code: 0, out: 'w is stopped and removed.\n' });
  });
});

describe('logs', () => {
  const line = (text: string) => ({ at: '2026-01-01T00:00:00.000Z', stream: 'stderr', text });

  it('shows the last lines', async () => {
    hub.on('GET /api/v1/deployments/w/logs', () => ({ json: { lines: [line('one'), line('two')] } }));
    expect((await run(['logs', 'w', '--tail', '5'])).out).toBe(
      '2026-01-01T00:00:00.000Z stderr one\n2026-01-01T00:00:00.000Z stderr two\n',
    );
    expect(hub.seen[0]?.url).toContain('tail=5');
  });

  it('follows until the user stops it', async () => {
    hub.on('GET /api/v1/deployments/w/logs', ({ headers }, response) => {
      expect(headers.accept).toBe('text/event-stream');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(line('one'))}\n\n`);
      return undefined;
    });
    const following = start(['logs', 'w', '-f']);
    await following.until(/one\n/);
    following.stop();
    expect(await following.ended).toBe(0);
  });

  it('fails with the hub’s reason', async () => {
    hub.on('GET /api/v1/deployments/w/logs', () => problem(404, 'deployment.not_found', 'No deployment "w".'));
    expect((await run(['logs', 'w', '-f'])).err).toMatch(/No deployment "w"\. \(deployment\.not_found\)\n {2}next/);
  });
});

describe('tokens and secrets', () => {
  it('a new token is the only thing on stdout', async () => {
    const record = {
      id: '1',
      name: 'ci',
      permissions: ['publish:a/*'],
      source: 'api',
      expiresAt: '2027-01-01T00:00:00Z',
    };
    hub.on('POST /api/v1/tokens', () => ({ status: 201, json: { token: 'mcphub_x', record } }));
    const argv = ['token', 'create', 'ci', '--permission', 'publish:a/*', '--permission', 'call:*', '--expires', '30d'];
    const { code, out, err } = await run(argv);
    expect([code, out]).toEqual([0, 'mcphub_x\n']);
    expect(err).toContain('only time the token is shown');
    expect(hub.seen[0]?.body).toEqual({
      name: 'ci',
      permissions: ['publish:a/*', 'call:*'],
      expiresInSeconds: 2_592_000,
    });
  });

  it('tokens are listed and revoked', async () => {
    const tokens = [{ id: '1', name: 'ci', permissions: ['admin'], source: 'config' }];
    hub.on('GET /api/v1/tokens', () => ({ json: { tokens } }));
    hub.on('DELETE /api/v1/tokens/ci', () => ({ status: 204 }));
    expect((await run(['token', 'list'])).out).toContain('ci\tconfig\tnever\t\tadmin\n');
    expect((await run(['token', 'revoke', 'ci'])).code).toBe(0);
  });

  it('a secret comes from stdin, without the line end', async () => {
    hub.on('PUT /api/v1/secrets/KEY', () => ({ status: 204 }));
    const { code, out, err } = await run(['secret', 'set', 'KEY'], { stdin: 'hunter2\n' });
    expect(code).toBe(0);
    expect(hub.seen[0]?.body).toEqual({ value: 'hunter2' });
    expect(out + err).not.toContain('hunter2');
    expect((await run(['secret', 'set', 'KEY'], { stdin: '' })).code).toBe(2);
  });

  it('secrets are listed and removed', async () => {
    hub.on('GET /api/v1/secrets', () => ({ json: { secrets: [{ name: 'KEY', updatedAt: '2026-01-01T00:00:00Z' }] } }));
    hub.on('DELETE /api/v1/secrets/KEY', () => ({ status: 204 }));
    expect((await run(['secret', 'list'])).out).toContain('KEY\t2026-01-01T00:00:00Z\n');
    expect((await run(['secret', 'remove', 'KEY', '--json'])).out).toBe('{"name":"KEY","removed":true}\n');
  });
});

describe('client-config', () => {
  beforeEach(() => {
    hub.on('GET /api/v1/deployments', () => ({
      json: { deployments: [view, { ...view, slug: 'off', enabled: false }] },
    }));
  });

  it('writes all servers that are switched on, with the hub’s own addresses', async () => {
    hub.on('GET /api/v1/status', () => ({ json: status }));
    const { out } = await run(['client-config', 'claude-code']);
    expect(JSON.parse(out)).toEqual({ mcpServers: { weather: { type: 'http', url: view.mcpEndpoint } } });
  });

  it('lets the client send a token to a hub that asks for one', async () => {
    hub.on('GET /api/v1/status', () => problem(401, 'auth.missing', 'no'));
    const { out, err } = await run(['client-config', 'claude-code', 'weather']);
    expect(out).toContain('Bearer ${MCP_HUB_TOKEN}');
    expect(err).toContain('mcp-hub token create');
    expect(hub.seen.find(({ url }) => url === '/api/v1/status')?.headers.authorization).toBeUndefined();
  });

  it('does not write a server that is not there', async () => {
    hub.on('GET /api/v1/status', () => ({ json: status }));
    expect((await run(['client-config', 'cursor', 'nope'])).err).toContain('No deployment "nope"');
  });
});
