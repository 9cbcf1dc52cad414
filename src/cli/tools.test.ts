import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestIo, type TestIoOptions } from '../../test/fixtures/cli-io.ts';
import { type HubStub, type SeenRequest, startHubStub } from '../../test/fixtures/hub-stub.ts';
import { encodeEvent } from '../base/event-stream.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import { runCli } from './main.ts';

const TOOLS = [
  {
    name: 'add',
    description: 'Adds\nnumbers',
    inputSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'string' } }, required: ['a'] },
  },
];

let hub: HubStub;
beforeEach(async () => {
  hub = await startHubStub();
});
afterEach(() => hub.close());

/** Answers MCP requests: the tools in two pages, and calls as the test says. */
function serve(call: (params: JsonObject) => JsonObject): void {
  hub.on('POST /servers/time/mcp', ({ body }) => {
    if (!isObject(body) || !isObject(body.params)) throw new Error('no request');
    const { method, params, id } = body;
    const page = params.cursor === undefined ? { tools: TOOLS, nextCursor: 'p2' } : { tools: [{ name: 'none' }] };
    return { json: { jsonrpc: '2.0', id, ...(method === 'tools/list' ? { result: page } : call(params)) } };
  });
}

async function run(argv: string[], options: TestIoOptions = {}) {
  const test = createTestIo({ ...options, env: { MCP_HUB_URL: hub.url, ...options.env } });
  const code = await runCli(argv, test.io);
  return { code, out: test.out(), err: test.err() };
}

const calls = (): SeenRequest[] => hub.seen.filter(({ headers }) => headers['mcp-method'] === 'tools/call');

describe('tools', () => {
  it('lists all pages, with the arguments', async () => {
    serve(() => ({}));
    const { code, out } = await run(['tools', 'time']);
    expect([code, out]).toEqual([0, 'TOOL\tARGUMENTS\tDESCRIPTION\nadd\ta, b?\tAdds numbers\nnone\t\t\n']);
    expect(JSON.parse((await run(['tools', 'time', '--json'])).out)).toEqual({ tools: [...TOOLS, { name: 'none' }] });
  });
});

describe('call', () => {
  const result = { content: [{ type: 'text', text: '3' }], structuredContent: { sum: 3 } };

  it('speaks MCP 2026-07-28', async () => {
    serve(() => ({ result }));
    const { code, out, err } = await run(['call', 'time', 'add', '--args', '{"a":1}']);
    expect({ code, out, err }).toEqual({ code: 0, out: '3\n', err: '' });
    expect(calls()[0]?.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'add',
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    });
    expect(calls()[0]?.body).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'add',
        arguments: { a: 1 },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'mcp-hub' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    });
  });

  it('reads key=value as the tool’s schema says, stronger than --args', async () => {
    serve(() => ({ result }));
    await run(['call', 'time', 'add', 'a=1', 'b=2', '--args', '{"b":"x","c":true}']);
    expect(calls()[0]?.body).toMatchObject({ params: { arguments: { a: 1, b: '2', c: true } } });
    expect(await run(['call', 'time', 'add', 'a=x'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('a: "x" is no number'),
    });
  });

  it('gives the whole result as JSON', async () => {
    serve(() => ({ result }));
    expect(JSON.parse((await run(['call', 'time', 'add', '--json'])).out)).toEqual(result);
  });

  it('shows what is no text by its size', async () => {
    const content = [
      { type: 'image', mimeType: 'image/png', data: 'AAAA' },
      { type: 'resource_link', uri: 'x://y', title: 'Y' },
      { type: 'resource', resource: { uri: 'x://z', text: 'inside' } },
      { type: 'hologram' },
    ];
    serve(() => ({ result: { content } }));
    expect((await run(['call', 'time', 'add'])).out).toBe(
      '[image image/png, 3 bytes; --json shows it]\n[resource x://y: Y]\ninside\n[hologram; --json shows it]\n',
    );
    serve(() => ({ result: { content: [], structuredContent: { sum: 3 } } }));
    expect((await run(['call', 'time', 'add'])).out).toBe('{\n  "sum": 3\n}\n');
  });

  it('fails when the tool says that it failed', async () => {
    serve(() => ({ result: { content: [{ type: 'text', text: 'no such city' }], isError: true } }));
    const { code, out, err } = await run(['call', 'time', 'add']);
    expect({ code, out, err }).toEqual({ code: 1, out: 'no such city\n', err: 'error: add says that it failed.\n' });
  });

  it('fails when the tool asks for more', async () => {
    serve(() => ({ result: { resultType: 'input_required', inputRequests: {} } }));
    expect(await run(['call', 'time', 'add'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('asks for more input'),
    });
  });

  it.each([
    [{ code: -32602, message: 'unknown tool' }, 'unknown tool (protocol.invalid_params)'],
    [{ code: -32000, message: 'down', data: { code: 'deployment.failed' } }, 'down (deployment.failed)'],
    [{ code: 7, message: '' }, 'The server refused. [7] (upstream.refused)'],
  ])('tells the error %j', async (error, message) => {
    serve(() => ({ error }));
    expect(await run(['call', 'time', 'add'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining(message),
    });
  });

  it('tells a refusal without an id, such as that of a server that is not there', async () => {
    hub.on('POST /servers/time/mcp', () => ({
      status: 404,
      json: {
        jsonrpc: '2.0',
        id: null,
        error: { code: -32602, message: 'No deployment.', data: { code: 'deployment.not_found' } },
      },
    }));
    expect((await run(['call', 'time', 'add'])).err).toMatch(
      /No deployment\. \(deployment\.not_found\)\n {2}next: see what/,
    );
  });

  it('shows progress while it waits for the answer', async () => {
    hub.on('POST /servers/time/mcp', (_, response) => {
      const progress = {
        method: 'notifications/progress',
        params: { progressToken: 1, progress: 1, total: 2, message: 'half' },
      };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const message of [progress, { id: 1, result }]) {
        response.write(encodeEvent({ data: JSON.stringify({ jsonrpc: '2.0', ...message }) }));
      }
      return undefined;
    });
    expect(await run(['call', 'time', 'add'])).toEqual({ code: 0, out: '3\n', err: '1/2 half\n' });
  });

  it('fails when the stream ends before the answer', async () => {
    hub.on('POST /servers/time/mcp', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': nothing\n\n');
      return undefined;
    });
    expect((await run(['call', 'time', 'add'])).err).toContain('(upstream.closed)');
  });

  it('lets nothing of a result reach a terminal that could rewrite it', async () => {
    serve(() => ({ result: { content: [{ type: 'text', text: '\x1b]0;owned\x07ok\x9b2J' }] } }));
    expect((await run(['call', 'time', 'add'], { columns: 80 })).out).toBe(']0;ownedok2J\n');
    const { out } = await run(['call', 'time', 'add', '--json'], { columns: 80 });
    for (const control of ['\x1b', '\x07', '\x9b']) expect(out).not.toContain(control);
  });
});
