import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from './support/hub.ts';
import { rawRequest } from './support/raw-http.ts';

const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub({
    servers: [
      {
        slug: 'broken',
        command: { command: process.execPath, args: ['-e', 'console.error("no luck"); process.exit(3)'] },
      },
      { slug: 'off', enabled: false, module: { path: './nothing.mjs' } },
    ],
    loader: { retry: { attempts: 1, delayMs: 60_000 } },
  });
  await test.state('time', 'healthy');
  await test.state('broken', 'failed');
});
afterAll(() => test?.close());

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${test.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

function modern(
  path: string,
  method: string,
  params: object = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return post(
    path,
    { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: ENVELOPE } },
    { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...headers },
  );
}

async function initialize(
  slug = 'time',
  protocolVersion = '2025-06-18',
): Promise<{ session: string; result: Record<string, unknown> }> {
  const answer = await post(`/servers/${slug}/mcp`, {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  });
  expect(answer.status).toBe(200);
  const { result } = (await answer.json()) as { result: Record<string, unknown> };
  return { session: answer.headers.get('mcp-session-id') ?? '', result };
}

describe('paths', () => {
  it.each([
    '/servers/time/mcp',
    '/servers/io.github.mcp-hub-registry/time/mcp',
    '/servers/io.github.mcp-hub-registry%2Ftime/mcp',
    '/servers/io.github.mcp-hub-registry%252Ftime/mcp',
    '/servers/time/mcp/',
  ])('%s is the time server', async (path) => {
    const answer = await modern(path, 'server/discover');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      id: 1,
      result: { supportedVersions: ['2026-07-28'], resultType: 'complete' },
    });
  });

  it('an unknown server is 404 with a JSON-RPC error that says where to look', async () => {
    const answer = await modern('/servers/com.example/none/mcp', 'tools/list');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { message: expect.stringContaining('com.example/none') } });
  });
});

describe('legacy clients', () => {
  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    'of revision %s get what they ask for',
    async (version) => {
      const { result } = await initialize('time', version);
      expect(result.protocolVersion).toBe(version);
    },
  );

  it('of an unknown revision are offered the newest legacy one', async () => {
    expect((await initialize('time', '1999-01-01')).result.protocolVersion).toBe('2025-11-25');
  });

  it('are refused without a session, and with one that is not theirs', async () => {
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    expect((await post('/servers/time/mcp', list)).status).toBe(400);
    expect((await post('/servers/time/mcp', list, { 'mcp-session-id': 'made-up' })).status).toBe(404);
    const { session } = await initialize('time');
    expect((await post('/servers/registry/mcp', list, { 'mcp-session-id': session })).status).toBe(404);
  });

  it('end their session with DELETE', async () => {
    const { session } = await initialize();
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    expect((await post('/servers/time/mcp', list, { 'mcp-session-id': session })).status).toBe(200);
    const ended = await fetch(`${test.url}/servers/time/mcp`, {
      method: 'DELETE',
      headers: { 'mcp-session-id': session },
    });
    expect(ended.status).toBe(204);
    expect((await post('/servers/time/mcp', list, { 'mcp-session-id': session })).status).toBe(404);
  });

  it('may send batches', async () => {
    const { session } = await initialize('time', '2025-03-26');
    const answer = await post(
      '/servers/time/mcp',
      [
        { jsonrpc: '2.0', id: 'a', method: 'ping' },
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        { jsonrpc: '2.0', id: 'b', method: 'tools/list' },
      ],
      { 'mcp-session-id': session },
    );
    const replies = (await answer.json()) as { id: string; result: { tools?: unknown[] } }[];
    expect(replies.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(replies[1]?.result.tools?.length).toBeGreaterThan(1);
  });

  it('open an event stream with GET', async () => {
    const { session } = await initialize();
    const controller = new AbortController();
    const answer = await fetch(`${test.url}/servers/time/mcp`, {
      headers: { accept: 'text/event-stream', 'mcp-session-id': session },
      signal: controller.signal,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    controller.abort();
  });
});

describe('modern clients', () => {
  it.each([
    ['an unknown method', 'foo/bar', {}, {}, 404, -32601],
    ['a method of the other era', 'ping', {}, {}, 404, -32601],
    ['a name that the header does not repeat', 'tools/call', { name: 'a' }, { 'mcp-name': 'b' }, 400, -32020],
    ['a tool that does not exist', 'tools/call', { name: 'nope' }, { 'mcp-name': 'nope' }, 200, -32602],
  ])('are told about %s', async (_, method, params, headers, status, code) => {
    const answer = await modern('/servers/time/mcp', method, params, headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', id: 1, error: { code } });
  });

  it('listen for changes and are told that this is heard', async () => {
    const answer = await modern('/servers/time/mcp', 'subscriptions/listen', {
      notifications: { toolsListChanged: true },
    });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const { value } = await reader.read();
    expect(Buffer.from(value ?? []).toString()).toContain('notifications/subscriptions/acknowledged');
    await reader.cancel();
  });
});

describe('a server that is not there', () => {
  it('answers 503 with the reason, the state and when to try again', async () => {
    const answer = await modern('/servers/broken/mcp', 'tools/list');
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const { error } = (await answer.json()) as { error: { message: string; data: { state: string } } };
    expect(error.message).toContain('no luck');
    expect(error.data.state).toBe('failed');
  });

  it('answers the same to a legacy client that begins', async () => {
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
    const answer = await post('/servers/off/mcp', { jsonrpc: '2.0', id: 9, method: 'initialize', params });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      id: 9,
      error: { data: { code: 'deployment.disabled', state: 'disabled' } },
    });
  });

  it('disturbs nobody else', async () => {
    expect((await modern('/servers/time/mcp', 'tools/list')).status).toBe(200);
  });
});

describe('bad input', () => {
  it.each([
    ['no JSON', '{', 400, -32700],
    ['an empty body', '', 400, -32700],
    ['no JSON-RPC', '{"id":1}', 400, -32600],
    ['an empty batch', '[]', 400, -32600],
    ['too deep a nesting', `${'['.repeat(1_000)}${']'.repeat(1_000)}`, 400, -32600],
  ])('%s is a clear refusal', async (_, body, status, code) => {
    const answer = await post('/servers/time/mcp', body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code } });
  });

  it('a body over 4 MiB is refused before it is sent', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': String(4 * 1024 * 1024 + 1) };
    const answer = await rawRequest(`${test.url}/servers/time/mcp`, { method: 'POST', headers });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({ id: null, error: { code: -32600 } });
  });

  it('another content type is 415, another method 405 with Allow', async () => {
    expect((await post('/servers/time/mcp', '{}', { 'content-type': 'text/plain' })).status).toBe(415);
    const put = await fetch(`${test.url}/servers/time/mcp`, { method: 'PUT' });
    expect(put.status).toBe(405);
    expect(put.headers.get('allow')).toContain('POST');
  });
});

describe('commands of the operator', () => {
  it('cannot be deployed over the API, only declared or imported', async () => {
    const settings = { command: { command: 'node', args: ['-e', '0'] } };
    const body = JSON.stringify({ slug: 'evil', settings });
    const headers = { 'content-type': 'application/json' };
    const refused = await test.fetch('/api/v1/deployments', { method: 'POST', headers, body });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      code: 'deployment.invalid',
      detail: expect.stringContaining('configuration file'),
    });
    const patch = await test.fetch('/api/v1/deployments/time', {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ settings }),
    });
    expect(patch.status).toBe(422);
  });
});

describe('Host and Origin', () => {
  it('a foreign origin is refused, a local page is served with CORS', async () => {
    expect((await modern('/servers/time/mcp', 'tools/list', {}, { origin: 'https://evil.example' })).status).toBe(403);
    const local = await modern('/servers/time/mcp', 'tools/list', {}, { origin: 'http://localhost:6274' });
    expect(local.status).toBe(200);
    expect(local.headers.get('access-control-allow-origin')).toBe('http://localhost:6274');
  });

  it.each(['/servers/time/mcp', '/api/v1/status', '/v0.1/servers', '/'])(
    'a foreign Host is refused on %s',
    async (path) => {
      const answer = await rawRequest(`${test.url}${path}`, { headers: { host: 'evil.example' } });
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('api.allowedHosts');
    },
  );

  it('probes are answered under any Host', async () => {
    const answer = await rawRequest(`${test.url}/health/live`, { headers: { host: '10.0.0.7:8080' } });
    expect(answer.status).toBe(200);
  });

  it('a foreign page may not use the API of the hub either', async () => {
    const answer = await fetch(`${test.url}/api/v1/deployments`, { headers: { origin: 'https://evil.example' } });
    expect(answer.status).toBe(403);
  });
});
