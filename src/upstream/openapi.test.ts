import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callOf, textOf, toolCall } from '../../test/fixtures/calls.ts';
import type { JsonObject } from '../base/json.ts';
import { createNet } from '../net/client.ts';
import type { Net } from '../net/net.ts';
import { compile } from '../openapi/compile.ts';
import { DRIFT_META } from '../openapi/response.ts';
import type { Reply } from './call.ts';
import { createOpenApiUpstream, MAX_CALLS_IN_FLIGHT, type OpenApiUpstreamOptions } from './openapi.ts';
import type { Upstream } from './upstream.ts';

/** What the REST server saw of a request. */
interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

type Route = (request: IncomingMessage, response: ServerResponse, seen: Seen) => void;

let server: Server;
let origin: string;
let net: Net;
let seen: Seen[] = [];
const routes = new Map<string, Route>();
const upstreams: Upstream[] = [];

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const entry = { method, url, headers, body };
      seen.push(entry);
      const route = routes.get(url.split('?', 1)[0] ?? '');
      if (route) route(request, response, entry);
      else json(response, 200, { ok: true });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  net = createNet({ allow: [], userAgent: 'test' });
});
afterEach(async () => {
  for (const upstream of upstreams.splice(0)) await upstream.close();
  seen = [];
  routes.clear();
});
afterAll(async () => {
  await net.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function start(paths: JsonObject, more: JsonObject = {}, options: Partial<OpenApiUpstreamOptions> = {}): Upstream {
  const api = compile({
    openapi: '3.1.0',
    info: { title: 'Shop', version: '2', description: 'Sells.' },
    paths,
    ...more,
  });
  const upstream = createOpenApiUpstream({
    api,
    serverOf: () => ({ baseUrl: `${origin}/api/`, trust: 'operator' }),
    net,
    headers: {},
    credentials: [],
    ...options,
  });
  upstreams.push(upstream);
  return upstream;
}

const get = (operationId: string, more: JsonObject = {}): JsonObject => ({ get: { operationId, ...more } });

const resultOf = (reply: Reply): JsonObject => {
  if ('error' in reply) throw new Error(reply.error.message);
  return reply.result;
};

describe('an OpenAPI upstream', () => {
  it('describes itself as a server with tools', () => {
    const upstream = start({ '/a': get('a') });
    expect(upstream.era).toBe('modern');
    expect(upstream.description).toEqual({
      info: { name: 'Shop', title: 'Shop', version: '2' },
      capabilities: { tools: {} },
      instructions: 'Sells.',
      protocolVersion: '2026-07-28',
    });
  });

  it('lists its tools, always the same object', async () => {
    const upstream = start({ '/a': get('a'), '/b': get('b') });
    const first = resultOf(await upstream.request(callOf('tools/list')));
    expect((first.tools as JsonObject[]).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(resultOf(await upstream.request(callOf('tools/list'))).tools).toBe(first.tools);
    expect(Object.isFrozen(first.tools)).toBe(true);
    expect(first).toMatchObject({
      resultType: 'complete',
      cacheScope: 'private',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'Shop' } },
    });
  });

  it('has no resources and no prompts, answers pings and knows no other methods', async () => {
    const upstream = start({ '/a': get('a') });
    expect(await upstream.request(callOf('resources/list'))).toMatchObject({ result: { resources: [] } });
    expect(await upstream.request(callOf('resources/templates/list'))).toMatchObject({
      result: { resourceTemplates: [] },
    });
    expect(await upstream.request(callOf('prompts/list'))).toMatchObject({ result: { prompts: [] } });
    expect(await upstream.request(callOf('ping'))).toMatchObject({ result: {} });
    expect(await upstream.request(callOf('completion/complete'))).toEqual({
      error: { code: -32601, message: 'Method not found: completion/complete' },
    });
  });

  it('refuses unknown tools and arguments that are no object as protocol errors', async () => {
    const upstream = start({ '/a': get('a') });
    expect(await upstream.request(toolCall('no'))).toEqual({ error: { code: -32602, message: 'Unknown tool: no' } });
    const call = callOf('tools/call', { name: 'a', arguments: [1] });
    expect(await upstream.request(call)).toMatchObject({ error: { code: -32602 } });
  });
});

describe('a call', () => {
  it('puts every argument where it belongs', async () => {
    const parameters = [
      { name: 'id', in: 'path' },
      { name: 'tags', in: 'query', schema: { type: 'array' } },
      { name: 'filter', in: 'query', style: 'deepObject', schema: { type: 'object' } },
      { name: 'X-Trace', in: 'header' },
      { name: 'session', in: 'cookie' },
    ];
    const content = { 'application/json': { schema: { properties: { name: { type: 'string' } } } } };
    const upstream = start({ '/items/{id}': { put: { operationId: 'put', parameters, requestBody: { content } } } });
    const given = { id: 'a/b', tags: ['x', 'y z'], filter: { n: 1 }, 'X-Trace': 't', session: 's=1', name: 'Ö' };
    const result = resultOf(await upstream.request(toolCall('put', given)));
    expect(result.structuredContent).toEqual({ ok: true });
    expect(result.isError).toBeUndefined();
    expect(seen[0]).toMatchObject({
      method: 'PUT',
      url: '/api/items/a%2Fb?tags=x&tags=y%20z&filter%5Bn%5D=1',
      body: Buffer.from('{"name":"Ö"}').toString('latin1'),
      headers: {
        'x-trace': 't',
        cookie: 'session=s%3D1',
        'content-type': 'application/json',
        accept: 'application/json, */*;q=0.5',
        'user-agent': expect.stringContaining('mcp-hub'),
      },
    });
  });

  it('with bad arguments sends nothing and says what is wrong', async () => {
    const upstream = start({
      '/a': get('a', { parameters: [{ name: 'n', in: 'query', schema: { type: 'integer' } }] }),
    });
    const reply = await upstream.request(toolCall('a', { n: 'many', m: 1 }));
    expect(resultOf(reply).isError).toBe(true);
    expect(textOf(reply)).toBe(
      'a was not called, because of its arguments:\n- `m` is not known; known are `n`.\n- `n` must be integer, not "many".',
    );
    expect(seen).toEqual([]);
  });

  it('cannot leave the base path', async () => {
    const upstream = start({ '/users/{id}/keys': { delete: { operationId: 'del' } } });
    for (const id of ['..', '%2e%2e', '../../admin', '.', '']) {
      expect(resultOf(await upstream.request(toolCall('del', { id }))).isError).toBe(true);
    }
    expect(seen).toEqual([]);
  });

  it('takes compressed answers', async () => {
    routes.set('/api/a', (_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync('{"a":1}')),
    );
    const reply = await start({ '/a': get('a') }).request(toolCall('a'));
    expect(textOf(reply)).toBe('{"a":1}');
    expect(seen[0]?.headers['accept-encoding']).toContain('gzip');
  });

  it('gives an answer that drifts from its schema, and says where it does', async () => {
    const schema = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };
    const responses = { 200: { content: { 'application/json': { schema } } } };
    routes.set('/api/a', (_, response) => json(response, 200, { id: 'seven', name: 'n' }));
    const result = resultOf(await start({ '/a': get('a', { responses }) }).request(toolCall('a')));
    expect(result).toMatchObject({ structuredContent: { name: 'n' }, _meta: { [DRIFT_META]: ['/id'] } });
    expect(JSON.stringify(result.content)).toContain('seven');
  });

  it('gives an error of the API as a result that says what to do', async () => {
    routes.set('/api/a', (_, response) => json(response, 422, { detail: 'name is taken' }));
    const reply = await start({ '/a': get('a') }).request(toolCall('a'));
    expect(resultOf(reply).isError).toBe(true);
    expect(textOf(reply)).toBe(
      `GET ${origin}/api/a was answered with HTTP 422 Unprocessable Entity. The API did not accept the arguments: correct them and call again.\nThe API says:\n{"detail":"name is taken"}`,
    );
  });

  it('carries many at a time', async () => {
    const upstream = start({ '/a/{n}': get('a', { parameters: [{ name: 'n', in: 'path' }] }) });
    const calls = Array.from({ length: 100 }, (_, n) => upstream.request(toolCall('a', { n })));
    for (const reply of await Promise.all(calls)) expect(textOf(reply)).toBe('{"ok":true}');
    expect(new Set(seen.map(({ url }) => url)).size).toBe(100);
  });
});

describe('credentials', () => {
  const securitySchemes = {
    bearer: { type: 'http', scheme: 'bearer' },
    key: { type: 'apiKey', in: 'query', name: 'key' },
  };
  const security = [{ bearer: [], key: [] }];

  it('go where the document says and fixed headers everywhere', async () => {
    const upstream = start(
      { '/a': get('a'), '/open': get('open', { security: [] }) },
      { components: { securitySchemes }, security },
      {
        credentials: [
          { type: 'bearer', token: 'TOKEN-1' },
          { type: 'apiKey', value: 'KEY&1' },
        ],
        headers: { 'X-Fixed': 'f' },
      },
    );
    await upstream.request(toolCall('a'));
    await upstream.request(toolCall('open'));
    expect(seen[0]).toMatchObject({
      url: '/api/a?key=KEY%261',
      headers: { authorization: 'Bearer TOKEN-1', 'x-fixed': 'f' },
    });
    expect(seen[1]?.url).toBe('/api/open');
    expect(seen[1]?.headers).toMatchObject({ 'x-fixed': 'f' });
    expect(seen[1]?.headers).not.toHaveProperty('authorization');
  });

  it('never come back in an answer, whatever the API echoes', async () => {
    routes.set('/api/a', (request, response, { url }) => {
      response.writeHead(request.headers['x-fail'] ? 500 : 200, { 'content-type': 'text/plain', location: url });
      response.end(`${url} ${request.headers.authorization} ${request.headers['x-secret']}`);
    });
    const upstream = start(
      { '/a': get('a', { parameters: [{ name: 'X-Fail', in: 'header' }] }) },
      { components: { securitySchemes }, security },
      {
        credentials: [
          { type: 'bearer', token: 'TOKEN-1' },
          { type: 'apiKey', value: 'KEY&12345' },
        ],
        headers: { 'x-secret': 'HIDDEN-1' },
        secrets: ['HIDDEN-1'],
      },
    );
    for (const given of [{}, { 'X-Fail': '1' }]) {
      const text = JSON.stringify(await upstream.request(toolCall('a', given)));
      expect(text).toContain('[redacted]');
      expect(text).not.toMatch(/TOKEN-1|KEY&1|KEY%261|HIDDEN-1/);
    }
  });
});

describe('redirects', () => {
  it('of a reading request are followed on the same origin, with credentials', async () => {
    routes.set('/api/old', (_, response) => response.writeHead(301, { location: '/api/new?x=1' }).end());
    const upstream = start({ '/old': get('old') }, {}, { credentials: [{ type: 'bearer', token: 'TOKEN-1' }] });
    expect(textOf(await upstream.request(toolCall('old')))).toBe('{"ok":true}');
    expect(seen[1]).toMatchObject({ url: '/api/new?x=1', headers: { authorization: 'Bearer TOKEN-1' } });
  });

  it('to another origin go as a stranger: public addresses only', async () => {
    routes.set('/api/a', (_, response) =>
      response.writeHead(302, { location: `http://localhost:${new URL(origin).port}/secret` }).end(),
    );
    const reply = await start({ '/a': get('a') }).request(toolCall('a'));
    expect(resultOf(reply).isError).toBe(true);
    expect(textOf(reply)).toContain('net.allow');
    expect(seen.map(({ url }) => url)).toEqual(['/api/a']);
  });

  it('to another origin that is open carry no credentials', async () => {
    const open = createNet({ allow: ['localhost'], userAgent: 'test' });
    routes.set('/api/a', (_, response) =>
      response.writeHead(302, { location: `http://localhost:${new URL(origin).port}/elsewhere` }).end(),
    );
    const upstream = start(
      { '/a': get('a') },
      {},
      {
        net: open,
        credentials: [{ type: 'bearer', token: 'TOKEN-1' }],
        headers: { 'x-key': 'k' },
      },
    );
    expect(textOf(await upstream.request(toolCall('a')))).toBe('{"ok":true}');
    expect(seen[1]?.url).toBe('/elsewhere');
    expect(seen[1]?.headers).not.toHaveProperty('authorization');
    expect(seen[1]?.headers).not.toHaveProperty('x-key');
    await upstream.close();
    await open.close();
  });

  it('of a writing request are told, not followed', async () => {
    routes.set('/api/a', (_, response) => response.writeHead(307, { location: '/api/b' }).end());
    const reply = await start({ '/a': { post: { operationId: 'a' } } }).request(toolCall('a'));
    expect(textOf(reply)).toContain('The API redirects to /api/b');
    expect(seen).toHaveLength(1);
  });

  it('end', async () => {
    routes.set('/api/a', (_, response) => response.writeHead(302, { location: '/api/a' }).end());
    expect(resultOf(await start({ '/a': get('a') }).request(toolCall('a'))).isError).toBe(true);
    expect(seen).toHaveLength(4);
  });
});

describe('trouble', () => {
  const hang = (): { arrived: Promise<void>; gone: Promise<void> } => {
    let arrive = (): void => {};
    let leave = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const gone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    routes.set('/api/a', (_, response) => {
      response.on('close', leave);
      arrive();
    });
    return { arrived, gone };
  };

  it('cancelling ends the HTTP request', async () => {
    const { arrived, gone } = hang();
    const controller = new AbortController();
    const waiting = start({ '/a': get('a') }).request(toolCall('a', {}, { signal: controller.signal }));
    await arrived;
    const reason = new Error('the client has gone');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await gone;
  });

  it('a call whose client has gone already is not sent', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(start({ '/a': get('a') }).request(toolCall('a', {}, { signal }))).rejects.toThrow('gone');
    expect(seen).toEqual([]);
  });

  it('an API that does not answer in time gives a result that says so, and its request ends', async () => {
    const { gone } = hang();
    const reply = await start({ '/a': get('a') }).request(toolCall('a', {}, { timeoutMs: 50 }));
    expect(resultOf(reply).isError).toBe(true);
    expect(textOf(reply)).toMatch(/did not answer within 50 ms\. Whether the API did what was asked is not known/);
    await gone;
  });

  it('an API that is not there gives a result that says so; pings then fail until it is back', async () => {
    const other = createServer((_, response) => response.writeHead(404).end());
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    other.close();
    await once(other, 'close');
    const upstream = start(
      { '/a': get('a') },
      {},
      {
        serverOf: () => ({ baseUrl: `http://127.0.0.1:${port}`, trust: 'operator' }),
      },
    );
    await upstream.ping(5000);
    const reply = await upstream.request(toolCall('a'));
    expect(textOf(reply)).toMatch(/refused the connection .* may be down/);
    await expect(upstream.ping(5000)).rejects.toMatchObject({ code: 'net.unreachable' });
    other.listen(port, '127.0.0.1');
    await once(other, 'listening');
    await upstream.ping(5000);
    other.closeAllConnections();
    other.close();
    await once(other, 'close');
  });

  it('an address that is not public is refused to documents from elsewhere, and the way out is named', async () => {
    const upstream = start({ '/a': get('a') }, {}, { serverOf: () => ({ baseUrl: origin, trust: 'public' }) });
    expect(textOf(await upstream.request(toolCall('a')))).toMatch(/127\.0\.0\.1 is not a public address .* net\.allow/);
    expect(seen).toEqual([]);
  });

  it('an answer that is too large is given up', async () => {
    routes.set('/api/a', (_, response) => {
      const chunk = Buffer.alloc(256 * 1024, 'x');
      const pump = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.writeHead(200, { 'content-type': 'text/plain' }).on('drain', pump);
      pump();
    });
    expect(textOf(await start({ '/a': get('a') }).request(toolCall('a')))).toMatch(/larger than .* Ask for less/);
  });

  it('more calls than it carries at once are refused for a moment', async () => {
    const { arrived } = hang();
    const upstream = start({ '/a': get('a') });
    const calls = Array.from({ length: MAX_CALLS_IN_FLIGHT }, () => upstream.request(toolCall('a')));
    const ended = Promise.allSettled(calls);
    await arrived;
    await expect(upstream.request(toolCall('a'))).rejects.toMatchObject({
      code: 'upstream.overloaded',
      retryAfterSeconds: 1,
    });
    await upstream.close();
    await ended;
  });

  it('closing ends what is in flight, is told once and may be done twice', async () => {
    const { arrived, gone } = hang();
    const upstream = start({ '/a': get('a') });
    const events: string[] = [];
    upstream.events.subscribe(({ type }) => events.push(type));
    const waiting = expect(upstream.request(toolCall('a'))).rejects.toMatchObject({ code: 'upstream.closed' });
    await arrived;
    await Promise.all([upstream.close(), upstream.close()]);
    await waiting;
    await gone;
    expect(events).toEqual(['closed']);
    await expect(upstream.request(toolCall('a'))).rejects.toMatchObject({ code: 'upstream.closed' });
    await expect(upstream.ping(100)).rejects.toMatchObject({ code: 'upstream.closed' });
  });
});
