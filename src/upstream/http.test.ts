import { afterEach, describe, expect, it } from 'vitest';
import { callOf, nextEvent, recordOutput, textOf, toolCall } from '../../test/fixtures/calls.ts';
import { createTestNet } from '../../test/fixtures/net.ts';
import { type ProbeHttp, startProbeHttp } from '../../test/fixtures/probe-http.mjs';
import {
  answerLegacy,
  beginEvents,
  type RawExchange,
  type RawHttp,
  startRawHttp,
} from '../../test/fixtures/raw-http.ts';
import { connectHttp, type RemoteOptions } from './http.ts';
import { connectRemote } from './remote.ts';
import type { Upstream } from './upstream.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const options = (url: string, more: Partial<RemoteOptions> = {}): RemoteOptions => ({
  url,
  net: createTestNet(),
  trust: 'operator',
  timeoutMs: 10_000,
  ...more,
});
async function connect(url: string, more?: Partial<RemoteOptions>): Promise<Upstream> {
  const upstream = await connectHttp(options(url, more));
  ends.push(() => upstream.close());
  return upstream;
}
async function raw(handle: (exchange: RawExchange) => void): Promise<RawHttp> {
  const server = await startRawHttp(handle);
  ends.push(() => server.close());
  return server;
}
async function probe(how: Parameters<typeof startProbeHttp>[0]): Promise<ProbeHttp> {
  const server = await startProbeHttp(how);
  ends.push(() => server.close());
  return server;
}
const message = (text: string) => ({ content: [{ type: 'text', text }] });

describe('requests to a modern server', () => {
  it('carry the envelope of the calling client and the headers that mirror it', async () => {
    const server = await probe({ era: 'modern' });
    const upstream = await connect(server.url, { headers: { 'X-Team': 'a', 'Mcp-Method': 'forged', Host: 'forged' } });
    await upstream.request(toolCall('echo', { text: 'x' }, { logLevel: 'info', sink: { progress: () => undefined } }));
    const seen = server.requests.find((request) => request.body?.method === 'tools/call');
    expect(seen?.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      'x-team': 'a',
      host: expect.stringMatching(/^127\.0\.0\.1:/),
      'user-agent': expect.stringMatching(/^mcp-hub-registry\/\d/),
    });
    expect(seen?.headers).not.toHaveProperty('mcp-session-id');
    expect(seen?.body?.params?._meta).toEqual({
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test-client', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
      'io.modelcontextprotocol/logLevel': 'info',
      progressToken: seen?.body?.id,
    });
  });

  it('mirror the arguments that a tool wants in headers, also when nobody has listed the tools', async () => {
    const server = await probe({ era: 'modern' });
    const upstream = await connect(server.url);
    const reply = await upstream.request(toolCall('region', { region: 'Zürich', place: { level: 3 } }));
    expect(JSON.parse(textOf(reply))).toEqual({ region: 'Zürich', place: { level: 3 } });
    const seen = server.requests.filter((request) => request.body?.method === 'tools/call');
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers).toMatchObject({ 'mcp-param-region': '=?base64?WsO8cmljaA==?=', 'mcp-param-level': '3' });
  });

  it('are repeated once with fresh headers when the tool has changed meanwhile', async () => {
    let version = 1;
    const server = await raw(({ message: { method, id, params }, request, json, result }) => {
      const header = `mcp-param-v${version}`;
      if (method === 'server/discover') result({ supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
      else if (method === 'tools/list') {
        const inputSchema = { type: 'object', properties: { a: { type: 'string', 'x-mcp-header': `V${version}` } } };
        result({ tools: [{ name: 't', inputSchema }] });
      } else if (params !== undefined && request.headers[header] === 'x') result(message(header));
      else json(400, { jsonrpc: '2.0', id, error: { code: -32020, message: 'header mismatch' } });
    });
    const upstream = await connect(server.url);
    expect(textOf(await upstream.request(toolCall('t', { a: 'x' })))).toBe('mcp-param-v1');
    version = 2;
    expect(textOf(await upstream.request(toolCall('t', { a: 'x' })))).toBe('mcp-param-v2');
  });

  it('find no tool in the list whose header annotation is wrong', async () => {
    const output = recordOutput();
    const server = await raw(({ message: { method }, result }) => {
      if (method === 'server/discover') result({ supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
      else {
        const wrong = { type: 'object', properties: { a: { type: 'number', 'x-mcp-header': 'A' } } };
        result({
          tools: [
            { name: 'good', inputSchema: {} },
            { name: 'bad', inputSchema: wrong },
          ],
          resultType: 'complete',
        });
      }
    });
    const upstream = await connect(server.url, { output });
    expect(await upstream.request(callOf('tools/list'))).toEqual({
      result: { tools: [{ name: 'good', inputSchema: {} }], resultType: 'complete' },
    });
    expect(output.lines.join()).toContain('Tool "bad" is left out');
  });

  it('are given up by closing their stream, without a notification', async () => {
    const server = await probe({ era: 'modern' });
    const upstream = await connect(server.url);
    const controller = new AbortController();
    const waiting = upstream.request(toolCall('wait', {}, { signal: controller.signal }));
    while (!server.requests.some((request) => request.body?.params?.name === 'wait')) {
      await upstream.request(toolCall('report'));
    }
    controller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await upstream.request(toolCall('report'));
    expect(server.requests.some((request) => request.body?.method === 'notifications/cancelled')).toBe(false);
  });
});

describe('the era of an HTTP server', () => {
  it('is not decided by an outage: 503 fails', async () => {
    const server = await raw(({ json }) => json(503, {}, { 'retry-after': '7' }));
    await expect(connect(server.url)).rejects.toMatchObject({ code: 'upstream.overloaded', retryAfterSeconds: 7 });
    expect(server.seen).toEqual(['POST server/discover']);
  });

  it('is not decided by a refusal: 401 fails and says what to set, without the secret in the URL', async () => {
    const server = await probe({ era: 'modern', token: 'right' });
    const failure = await connect(`${server.url}?key=top-secret`).catch((error) => error);
    expect(failure).toMatchObject({
      code: 'upstream.unauthorized',
      data: { status: 401, challenge: 'Bearer realm="probe"' },
    });
    expect(failure.message).toContain('Authorization');
    expect(failure.message).not.toContain('top-secret');
    const upstream = await connect(server.url, { headers: { authorization: 'Bearer right' } });
    expect(textOf(await upstream.request(toolCall('echo', { text: 'in' })))).toBe('in');
  });

  it('is legacy when the probe is answered with something that is no MCP', async () => {
    const server = await raw((exchange) => {
      if (exchange.message.method !== 'server/discover') answerLegacy(exchange);
      else exchange.response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello');
    });
    expect((await connect(server.url)).era).toBe('legacy');
  });

  it('is an error when the server speaks only revisions newer than the hub s', async () => {
    const server = await raw(({ message: { id }, json }) => {
      const data = { supported: ['2099-01-01'], requested: '2026-07-28' };
      json(400, { jsonrpc: '2.0', id, error: { code: -32022, message: 'Unsupported', data } });
    });
    await expect(connect(server.url)).rejects.toMatchObject({ code: 'upstream.protocol' });
  });

  it('cannot be found where nothing listens', async () => {
    const server = await startRawHttp(() => undefined);
    await server.close();
    await expect(connect(server.url)).rejects.toMatchObject({
      code: 'upstream.closed',
      message: expect.stringContaining('nothing listens'),
    });
  });

  it('is not looked for at a private address on the word of the public', async () => {
    const server = await raw(() => undefined);
    await expect(connect(server.url, { trust: 'public' })).rejects.toMatchObject({ code: 'net.address_refused' });
    expect(server.seen).toEqual([]);
  });

  it('is given up at the deadline when the server is silent', async () => {
    const server = await raw(() => undefined);
    await expect(connect(server.url, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'upstream.timeout' });
  });

  it('is not looked for behind a redirect', async () => {
    const server = await raw(({ response }) => {
      response.writeHead(307, { location: 'https://elsewhere.example/mcp?token=x' }).end();
    });
    await expect(connect(server.url)).rejects.toMatchObject({
      code: 'upstream.refused',
      message: expect.stringContaining('https://elsewhere.example/mcp.'),
    });
  });
});

describe('a session with a legacy server', () => {
  it('carries its id and its revision on every request and is ended by DELETE', async () => {
    const server = await probe({ era: 'legacy' });
    const upstream = await connect(server.url);
    await upstream.request(toolCall('echo', { text: 'x' }));
    await upstream.close();
    const later = server.requests.slice(2);
    expect(later.map((request) => request.body?.method ?? request.method)).toEqual([
      'notifications/initialized',
      'GET',
      'tools/call',
      'DELETE',
    ]);
    const ids = new Set(later.map((request) => request.headers['mcp-session-id']));
    expect(ids.size).toBe(1);
    expect(later.every((request) => request.headers['mcp-protocol-version'] === '2025-11-25')).toBe(true);
  });

  it('works where the server offers no stream of its own', async () => {
    const server = await probe({ era: 'legacy', stream: false });
    const upstream = await connect(server.url);
    expect(textOf(await upstream.request(toolCall('echo', { text: 'x' })))).toBe('x');
  });

  it('that the server has forgotten is opened anew, once for all calls that may be repeated', async () => {
    const server = await probe({ era: 'legacy' });
    const upstream = await connect(server.url);
    server.forget();
    const changed = nextEvent(upstream, 'toolsChanged');
    const replies = await Promise.all(Array.from({ length: 5 }, () => upstream.request(callOf('tools/list'))));
    expect(replies.every((reply) => 'result' in reply)).toBe(true);
    await changed;
    expect(server.requests.filter((request) => request.body?.method === 'initialize')).toHaveLength(2);
  });

  it('that the server has forgotten fails a call of a tool with an error that says it may be sent again', async () => {
    const server = await probe({ era: 'legacy' });
    const upstream = await connect(server.url);
    server.forget();
    await expect(upstream.request(toolCall('echo', { text: 'x' }))).rejects.toMatchObject({
      code: 'upstream.closed',
      data: { retryable: true },
      retryAfterSeconds: 1,
    });
    expect(textOf(await upstream.request(toolCall('echo', { text: 'again' })))).toBe('again');
  });

  it('is opened with the next call when the server was away in between', async () => {
    let isAway = false;
    const server = await raw((exchange) => {
      if (isAway) exchange.json(exchange.message.method === 'initialize' ? 500 : 404, {});
      else if (!answerLegacy(exchange, 's1')) exchange.result(message('back'));
    });
    const upstream = await connect(server.url);
    isAway = true;
    await expect(upstream.request(callOf('tools/list'))).rejects.toMatchObject({ code: 'upstream.refused' });
    isAway = false;
    expect(textOf(await upstream.request(toolCall('t')))).toBe('back');
  });
});

describe('an answer of a legacy server', () => {
  it('that breaks off after an event id is fetched from there', async () => {
    const server = await raw((exchange) => {
      const { request, response, message: sent } = exchange;
      if (request.method === 'GET' && request.headers['last-event-id'] === 'e1') {
        beginEvents(response)({ data: { jsonrpc: '2.0', id: 3, result: message('the rest') } });
        response.end();
      } else if (!answerLegacy(exchange)) {
        expect(sent.id).toBe(3);
        beginEvents(response)({ id: 'e1', retry: 1 });
        response.end();
      }
    });
    const upstream = await connect(server.url);
    expect(textOf(await upstream.request(toolCall('t')))).toBe('the rest');
  });

  it('that breaks off without an event id is an error and is not asked for again', async () => {
    const server = await raw((exchange) => {
      if (answerLegacy(exchange)) return;
      beginEvents(exchange.response)({ data: { jsonrpc: '2.0', method: 'notifications/x' } });
      exchange.response.destroy();
    });
    const upstream = await connect(server.url);
    await expect(upstream.request(toolCall('t'))).rejects.toMatchObject({ code: 'upstream.closed' });
    expect(server.seen.filter((line) => line === 'POST tools/call')).toHaveLength(1);
  });

  it('to a read whose connection was cut is asked for once more', async () => {
    let cuts = 0;
    const server = await raw((exchange) => {
      if (exchange.message.method === 'tools/list' && cuts++ === 0) exchange.response.destroy();
      else answerLegacy(exchange);
    });
    const upstream = await connect(server.url);
    await expect(upstream.request(callOf('tools/list'))).resolves.toEqual({ result: {} });
    expect(server.seen.filter((line) => line === 'POST tools/list')).toHaveLength(2);
  });

  it.each([
    [
      'is no JSON',
      (e: RawExchange) => void e.response.writeHead(200, { 'content-type': 'application/json' }).end('{oops'),
    ],
    ['is another JSON', (e: RawExchange) => e.json(200, { hello: 'world' })],
    ['belongs to another request', (e: RawExchange) => e.json(200, { jsonrpc: '2.0', id: 99, result: {} })],
    ['has no content', (e: RawExchange) => void e.response.writeHead(202).end()],
    ['is a page', (e: RawExchange) => void e.response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
    ['is compressed without being asked', (e: RawExchange) => e.json(200, {}, { 'content-encoding': 'gzip' })],
  ])('that %s is a protocol error', async (_what, answer) => {
    const server = await raw((exchange) => {
      if (!answerLegacy(exchange)) answer(exchange);
    });
    const upstream = await connect(server.url);
    await expect(upstream.request(toolCall('t'))).rejects.toMatchObject({ code: 'upstream.protocol' });
  });

  it('with an HTTP error and a JSON-RPC error for this request is a reply', async () => {
    const server = await raw((exchange) => {
      if (answerLegacy(exchange)) return;
      exchange.json(400, { jsonrpc: '2.0', id: exchange.message.id, error: { code: -32602, message: 'bad' } });
    });
    const upstream = await connect(server.url);
    expect(await upstream.request(toolCall('t'))).toEqual({ error: { code: -32602, message: 'bad' } });
  });

  it('with an HTTP error alone says the status and the words of the server, cut to a line', async () => {
    const server = await raw((exchange) => {
      if (!answerLegacy(exchange)) exchange.response.writeHead(500).end(`out\nof order ${'x'.repeat(500_000)}`);
    });
    const upstream = await connect(server.url);
    const error = await upstream.request(toolCall('t')).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'upstream.refused', data: { status: 500 } });
    expect(error.message).toContain('answered HTTP 500: out of order xxx');
    expect(error.message.length).toBeLessThan(400);
  });

  it('whose stream stays open after it has come does not hold anything up', async () => {
    const server = await raw((exchange) => {
      const { message: sent, response } = exchange;
      if (!answerLegacy(exchange))
        beginEvents(response)({ data: { jsonrpc: '2.0', id: sent.id, result: message('done') } });
    });
    const upstream = await connect(server.url);
    expect(textOf(await upstream.request(toolCall('t')))).toBe('done');
    const still = server.exchanges.at(-1)?.response;
    await new Promise((resolve) => still?.once('close', resolve));
  });

  it('may carry a batch, and may name a question on the stream of its call', async () => {
    const server = await raw((exchange) => {
      const { message: sent, response } = exchange;
      if (sent.result !== undefined) {
        response.writeHead(202).end();
        const call = server.exchanges.find((other) => other.message.method === 'tools/call');
        call?.response.end(
          `data: ${JSON.stringify([{ jsonrpc: '2.0', id: call.message.id, result: message(JSON.stringify(sent.result)) }])}\n\n`,
        );
      } else if (!answerLegacy(exchange)) {
        beginEvents(response)({ data: { jsonrpc: '2.0', id: 'q', method: 'roots/list' } });
      }
    });
    const upstream = await connect(server.url);
    const reply = await upstream.request(toolCall('t', {}, { sink: { ask: async () => ({ result: { roots: [] } }) } }));
    expect(textOf(reply)).toBe('{"roots":[]}');
  });
});

describe('the stream of a legacy server', () => {
  it('is opened before the first call and taken up again after its last event', async () => {
    const opened: (string | undefined)[] = [];
    const server = await raw((exchange) => {
      const { request, response } = exchange;
      if (request.method !== 'GET') {
        if (!answerLegacy(exchange)) exchange.result(message('ok'));
        return;
      }
      opened.push(request.headers['last-event-id'] as string | undefined);
      const send = beginEvents(response);
      send({ id: `n${opened.length}`, data: { jsonrpc: '2.0', method: 'notifications/tools/list_changed' } });
      if (opened.length === 1) response.end();
    });
    const upstream = await connect(server.url);
    expect(server.seen).toEqual(['POST server/discover', 'POST initialize', 'POST notifications/initialized', 'GET']);
    await nextEvent(upstream, 'toolsChanged');
    expect(opened).toEqual([undefined, 'n1']);
  });
});

describe('connectRemote', () => {
  it('tells both failures when neither transport works', async () => {
    const server = await raw(({ response }) => response.writeHead(404).end());
    const failed = connectRemote(options(server.url));
    await expect(failed).rejects.toMatchObject({ code: 'upstream.refused', data: { status: 404 } });
    await expect(failed).rejects.toThrow('As an HTTP+SSE server:');
  });

  it('finds a server of the old transport that opens its stream on a POST too', async () => {
    const server = await raw(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: endpoint\ndata: /messages?session=1\n\n');
    });
    const failed = connectRemote({ ...options(server.url), timeoutMs: 2_000 });
    await expect(failed).rejects.toThrow('speaks the old HTTP+SSE transport');
    expect(server.seen).toContain('GET');
  });

  it('does not try the old transport after a server error', async () => {
    const server = await raw(({ response }) => response.writeHead(500).end());
    await expect(connectRemote(options(server.url))).rejects.toMatchObject({ data: { status: 500 } });
    expect(server.seen).not.toContain('GET');
  });

  it('does not follow an endpoint to another origin', async () => {
    const server = await raw(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: endpoint\ndata: https://elsewhere.example/messages\n\n');
    });
    await expect(connectRemote({ ...options(server.url), transport: 'sse' })).rejects.toMatchObject({
      code: 'upstream.protocol',
      message: expect.stringContaining('own origin'),
    });
  });

  it.each([
    ['no URL', 'not a url'],
    ['another scheme', 'file:///etc/passwd'],
    ['credentials in the URL', 'https://user:pass@example.com/mcp'],
  ])('refuses %s', async (_what, url) => {
    const failed = await connectRemote(options(url)).catch((error) => error);
    expect(failed).toMatchObject({ code: 'net.bad_url' });
    expect(failed.message).not.toContain('pass@');
  });

  it('refuses a header that would break the request, without showing its value', async () => {
    const failed = await connectRemote(
      options('http://127.0.0.1:1/', { headers: { 'x-key': 'a\r\nb: secret' } }),
    ).catch((error) => error);
    expect(failed).toMatchObject({ code: 'deployment.invalid' });
    expect(failed.message).not.toContain('secret');
  });
});
