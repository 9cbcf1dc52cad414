import { request } from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventStreamParser, type StreamEvent } from '../../src/base/event-stream.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { schemaUrl } from '../../src/registry/schema-version.ts';
import { startTestHub, type TestHub } from './support/hub.ts';

const BASE = '/v0.1/x/io.github.mcp-hub-registry';
let test: TestHub;
let api: JsonObject;
let fits: (schema: string, value: unknown) => unknown;
beforeAll(async () => {
  test = await startTestHub({ seed: { importOnStartup: false } });
  api = (await (await fetch(`${test.url}/openapi.json`)).json()) as JsonObject;
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
  ajv.addSchema({ $id: 'api', components: api.components });
  fits = (schema, value) => {
    const validate = ajv.getSchema(`api#/components/schemas/${schema}`);
    return validate?.(value) ? undefined : validate?.errors;
  };
});
afterAll(() => test?.close());

const publish = async (name: string, members: JsonObject = {}): Promise<void> => {
  const json = { $schema: schemaUrl(), name, description: 'x', version: '1.0.0', ...members };
  const answer = await test.fetch('/v0.1/publish', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
  expect(answer.status).toBe(200);
};
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape.
const read = async (path: string): Promise<any> => (await fetch(`${test.url}${path}`)).json();
const names = (page: { changes: { name: string }[] }): string[] => page.changes.map(({ name }) => name);

describe('the change feed', () => {
  it('tells changes in order, from the place that the last answer named', async () => {
    const start = (await read(`${BASE}/changes?since=latest`)).metadata.next;
    await publish('com.example/one');
    await publish('com.example/two');
    const first = await read(`${BASE}/changes?since=${start}&limit=1`);
    expect(fits('ChangeList', first)).toBeUndefined();
    const second = await read(`${BASE}/changes?since=${first.metadata.next}`);
    expect([...names(first), ...names(second)]).toEqual(['com.example/one', 'com.example/two']);
    expect(await read(`${BASE}/changes?since=latest`)).toEqual({
      changes: [],
      metadata: { count: 0, next: second.metadata.next },
    });
  });

  it('holds an answer back until something changes', async () => {
    const start = (await read(`${BASE}/changes?since=latest`)).metadata.next;
    const held = read(`${BASE}/changes?since=${start}&wait=60`);
    await publish('com.example/three');
    expect(names(await held)).toEqual(['com.example/three']);
  });

  it('answers with nothing when the wait is over', async () => {
    const page = await read(`${BASE}/changes?since=latest&wait=1`);
    expect(page.changes).toEqual([]);
  });

  it('sends changes as events, and goes on after the id that a client saw last', async () => {
    const start = (await read(`${BASE}/changes?since=latest`)).metadata.next;
    const follow = async (headers: Record<string, string>, count: number): Promise<StreamEvent[]> => {
      const client = new AbortController();
      const answer = await fetch(`${test.url}${BASE}/changes?since=0`, {
        headers: { accept: 'text/event-stream', ...headers },
        signal: client.signal,
      });
      expect(answer.headers.get('content-type')).toBe('text/event-stream');
      expect(answer.headers.has('content-encoding')).toBe(false);
      const events: StreamEvent[] = [];
      const parser = createEventStreamParser((event) => events.push(event));
      for await (const chunk of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
        parser.push(chunk);
        if (events.length >= count) break;
      }
      client.abort();
      return events;
    };
    const following = follow({ 'last-event-id': String(start) }, 2);
    await publish('com.example/four');
    await publish('com.example/five');
    const events = await following;
    expect(events.map(({ event, data }) => [event, JSON.parse(data).name])).toEqual([
      ['change', 'com.example/four'],
      ['change', 'com.example/five'],
    ]);
    const again = await follow({ 'last-event-id': events[0]?.id ?? '' }, 1);
    expect(JSON.parse(again[0]?.data ?? '{}').name).toBe('com.example/five');
  });

  it.each(['since=-1', 'since=x', 'limit=0', 'limit=1001', 'wait=61', 'wait=1.5', 'since=99999999999999999999'])(
    'refuses %s and says what is right',
    async (query) => {
      const answer = await fetch(`${test.url}${BASE}/changes?${query}`);
      const problem = (await answer.json()) as JsonObject;
      expect(answer.status).toBe(422);
      expect(fits('Problem', problem)).toBeUndefined();
      expect(problem.errors).toMatchObject([{ location: `query.${query.split('=')[0]}` }]);
    },
  );

  it('lets those who wait go when the hub stops', async () => {
    const other = await startTestHub({ seed: { importOnStartup: false }, api: { drainTimeoutMs: 30_000 } });
    const polled = fetch(`${other.url}${BASE}/changes?since=latest&wait=60`);
    const streamed = await fetch(`${other.url}${BASE}/changes?since=latest`, {
      headers: { accept: 'text/event-stream' },
    });
    await fetch(`${other.url}/v0.1/ping`);
    await other.close();
    expect((await polled).status).toBe(200);
    await streamed.text();
  });
});

describe('the facets', () => {
  it('count latest versions by what they are', async () => {
    const npm = { registryType: 'npm', identifier: 'a', version: '1.0.0', transport: { type: 'stdio' } };
    await publish('com.facets/aa', { packages: [npm, { ...npm, identifier: 'b' }] });
    await publish('com.facets/aa', { version: '2.0.0', packages: [npm] });
    await publish('com.facets/bb', {
      remotes: [{ type: 'sse', url: 'https://facets.example.com' }],
      _meta: {
        'io.modelcontextprotocol.registry/publisher-provided': { tags: ['Weather', 'x'], keywords: ['weather'] },
      },
    });
    await publish('com.facets/cc');
    await test.fetch('/v0.1/servers/com.facets%2Fcc/status', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"status":"deleted"}',
    });
    await expect
      .poll(() => read(`${BASE}/facets`))
      .toMatchObject({
        packageTypes: expect.arrayContaining([{ value: 'npm', count: 1 }]),
        transports: expect.arrayContaining([
          { value: 'stdio', count: 1 },
          { value: 'sse', count: 1 },
        ]),
        tags: expect.arrayContaining([
          { value: 'weather', count: 1 },
          { value: 'x', count: 1 },
        ]),
        statuses: expect.arrayContaining([{ value: 'deleted', count: 1 }]),
        namespaces: expect.arrayContaining([{ value: 'com.facets', count: 2 }]),
      });
    const all = await read(`${BASE}/facets`);
    expect(fits('Facets', all)).toBeUndefined();
    expect((await read(`${BASE}/facets?limit=1`)).tags).toHaveLength(1);
  });
});

describe('every GET of the registry', () => {
  it.each([
    '/v0.1/servers',
    '/v0/servers?version=latest',
    '/v0.1/servers/com.example%2Fone/versions',
    '/v0.1/servers/com.example%2Fone/versions/latest',
    '/v0.1/health',
    '/v0.1/version',
    `${BASE}/facets`,
    `${BASE}/changes`,
    '/openapi.json',
    '/openapi.yaml',
    '/docs',
  ])('%s has a validator, answers 304 and HEAD, and may be read from any origin', async (path) => {
    const answer = await fetch(`${test.url}${path}`);
    const tag = answer.headers.get('etag') ?? '';
    expect([answer.status, tag.slice(0, 3), answer.headers.get('vary')]).toEqual([200, 'W/"', 'Accept-Encoding']);
    expect(answer.headers.get('cache-control')).toContain('no-cache');
    const same = await fetch(`${test.url}${path}`, { headers: { 'if-none-match': tag } });
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', tag]);
    const head = await fetch(`${test.url}${path}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, tag, '']);
    expect(head.headers.get('content-type')).toBe(answer.headers.get('content-type'));
    if (path.startsWith('/v0')) expect(same.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('comes compressed to those who take it so', async () => {
    const { headers, body } = await raw('/openapi.json', { 'accept-encoding': 'br' });
    expect(headers['content-encoding']).toBe('br');
    expect(JSON.parse(brotliDecompressSync(body).toString())).toEqual(api);
  });
});

describe('a hub with a limit', () => {
  it('answers 429 with Retry-After, but not to its supervisor', async () => {
    const other = await startTestHub({
      seed: { importOnStartup: false },
      api: { rateLimit: { perMinute: 1, burst: 2 } },
    });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await fetch(`${other.url}/v0.1/ping`)).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await fetch(`${other.url}/v0.1/servers`);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(fits('Problem', await refused.json())).toBeUndefined();
    expect((await fetch(`${other.url}/health/live`)).status).toBe(200);
    await other.close();
  });
});

describe('the page about the API', () => {
  it('shows every operation, holds no script, and loads nothing from elsewhere', async () => {
    const answer = await fetch(`${test.url}/docs`);
    const page = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).not.toContain('<script');
    expect([...page.matchAll(/(?:src|href)="(https?:)?\/\//g)]).toEqual([]);
    const ids = Object.values(api.paths as JsonObject).flatMap((item) =>
      Object.values(item as JsonObject).map((operation) => (operation as JsonObject).operationId),
    );
    for (const id of ids.filter((id) => id !== undefined)) expect(page).toContain(`id="${id}"`);
    const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(anchors).toContain(target);
  });

  it('is named by the home page, and by the answer to a path that leads nowhere', async () => {
    expect(await (await fetch(`${test.url}/`)).text()).toContain('href="/docs"');
    const lost = await fetch(`${test.url}/no/such/path`);
    expect(lost.status).toBe(404);
    expect(((await lost.json()) as JsonObject).detail).toBe(
      "Endpoint not found. Did you mean '/v0.1/no/such/path' or '/v0/no/such/path'? See /docs for the API documentation.",
    );
  });
});

function raw(
  path: string,
  headers: Record<string, string>,
): Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }> {
  return new Promise((resolve, reject) => {
    request(`${test.url}${path}`, { headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(chunks) }));
    })
      .on('error', reject)
      .end();
  });
}
