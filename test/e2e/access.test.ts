import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineConfig } from '../../src/config/build.ts';
import { CLIENTS } from './support/clients.ts';
import { startTestHub, type TestHub } from './support/hub.ts';

const server = (name: string, version = '1.0.0') => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name,
  description: 'A server of a test',
  version,
});

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub({
    auth: {
      required: true,
      tokens: [
        { name: 'admin', token: 'admin-token-of-the-test', permissions: ['admin'] },
        { name: 'ci', token: 'ci-token-of-the-test', permissions: ['publish:com.example/*'] },
        { name: 'agent', token: 'agent-token-of-the-test', permissions: ['call:time'] },
      ],
    },
  });
  await test.state('time', 'healthy');
});
afterAll(() => test?.close());

function send(path: string, token?: string, method = 'GET', body?: unknown): Promise<Response> {
  return fetch(`${test.url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe('with auth.required', () => {
  it.each([
    ['GET', '/api/v1/status'],
    ['GET', '/api/v1/deployments'],
    ['POST', '/v0.1/publish'],
    ['POST', '/servers/time/mcp'],
    ['GET', '/servers/time/mcp'],
  ])('%s %s without a token is 401 with a challenge', async (method, path) => {
    const answer = await send(path, undefined, method, method === 'POST' ? server('com.example/none') : undefined);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  it('a wrong token is 401, also where none would be needed', async () => {
    expect((await send('/api/v1/status', 'wrong')).status).toBe(401);
    expect((await send('/servers/time/mcp', 'wrong', 'POST', {})).status).toBe(401);
  });

  it('the registry can be read by anybody, and tells no reasons', async () => {
    const answer = await send('/v0.1/servers/io.github.mcp-hub-registry%2Ftime/versions/latest');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      _meta: { 'io.github.mcp-hub-registry/runtime': { status: 'healthy' } },
    });
  });

  it('a token publishes in its namespaces and nowhere else', async () => {
    expect((await send('/v0.1/publish', 'ci-token-of-the-test', 'POST', server('com.example/weather'))).status).toBe(
      200,
    );
    const refused = await send('/v0.1/publish', 'ci-token-of-the-test', 'POST', server('com.other/weather'));
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('com.example/*');
  });

  it('a token calls what it may call and nothing else', async () => {
    const connect = CLIENTS['SDK 1.x'];
    if (connect === undefined) throw new Error('no client');
    const { client } = await connect(`${test.url}/servers/time/mcp`, 'agent-token-of-the-test');
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    await client.close();
    await expect(connect(`${test.url}/servers/registry/mcp`, 'agent-token-of-the-test')).rejects.toThrow(
      /call:registry/,
    );
    expect((await send('/api/v1/deployments', 'agent-token-of-the-test', 'POST', { name: 'x/yy' })).status).toBe(403);
  });

  it('shows a caller only the deployments that it may use', async () => {
    const { deployments } = (await (await send('/api/v1/deployments', 'agent-token-of-the-test')).json()) as {
      deployments: { slug: string }[];
    };
    expect(deployments.map(({ slug }) => slug)).toEqual(['time']);
  });

  it('a session is bound to the principal that began it', async () => {
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
    };
    const post = (token: string, body: object, session?: string) =>
      fetch(`${test.url}/servers/time/mcp`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          ...(session === undefined ? {} : { 'mcp-session-id': session }),
        },
        body: JSON.stringify(body),
      });
    const session = (await post('agent-token-of-the-test', initialize)).headers.get('mcp-session-id') ?? '';
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    expect((await post('agent-token-of-the-test', list, session)).status).toBe(200);
    expect((await post('admin-token-of-the-test', list, session)).status).toBe(404);
  });

  it('tokens made over the API work at once, and no longer after they are revoked', async () => {
    const made = await send('/api/v1/tokens', 'admin-token-of-the-test', 'POST', {
      name: 'tmp',
      permissions: ['call:time'],
    });
    expect(made.status).toBe(201);
    const { token } = (await made.json()) as { token: string };
    expect((await send('/api/v1/status', token)).status).toBe(200);
    const list = await (await send('/api/v1/tokens', 'admin-token-of-the-test')).text();
    expect(list).toContain('"tmp"');
    expect(list).not.toContain(token);
    expect((await send('/api/v1/tokens/tmp', 'admin-token-of-the-test', 'DELETE')).status).toBe(204);
    expect((await send('/api/v1/status', token)).status).toBe(401);
  });
});

describe('safe by default', () => {
  it('another address than loopback is refused, with the reason and the two ways out', () => {
    const bind = (input: object) => () => defineConfig({ api: { host: '0.0.0.0', ...input } });
    expect(bind({})).toThrow(/auth\.required.*api\.allowUnauthenticated/s);
    expect(bind({ allowUnauthenticated: true })).not.toThrow();
    expect(() => defineConfig({ api: { host: '0.0.0.0' }, auth: { required: true } })).not.toThrow();
  });
});

describe('secrets of a deployment', () => {
  it('are sealed before the deployment is kept, and never shown again', async () => {
    const made = await send('/api/v1/deployments', 'admin-token-of-the-test', 'POST', {
      slug: 'sealed',
      enabled: false,
      settings: { remote: { url: 'https://mcp.example.com/mcp', headers: { 'X-Api-Key': 'hush-hush-value' } } },
      env: { API_TOKEN: 'hush-hush-value', LOG_LEVEL: 'debug' },
    });
    expect(made.status).toBe(201);
    const text = await made.text();
    expect(text).not.toContain('hush-hush-value');
    expect(JSON.parse(text).settings).toMatchObject({
      remote: { headers: { 'X-Api-Key': `\${secret:sealed.header.X-Api-Key}` } },
      env: { API_TOKEN: `\${secret:sealed.env.API_TOKEN}`, LOG_LEVEL: 'debug' },
    });
    const kept = JSON.stringify(await test.hub.store.deployments.get('sealed'));
    expect(kept).not.toContain('hush-hush-value');
  });

  it('go with it', async () => {
    expect((await send('/api/v1/deployments/sealed', 'admin-token-of-the-test', 'DELETE')).status).toBe(204);
    const { secrets } = (await (await send('/api/v1/secrets', 'admin-token-of-the-test')).json()) as {
      secrets: unknown[];
    };
    expect(secrets).toEqual([]);
  });
});
