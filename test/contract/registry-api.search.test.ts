import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { registrySearchRoutes } from '../../src/http/routes/registry-search.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { type Answer, doc, packaged, startRegistry, type TestRegistry } from './registry-api.harness.ts';

const PUBLISHER = 'io.modelcontextprotocol.registry/publisher-provided';
const BASE = '/v0.1/x/io.github.mcp-hub-registry/search';

let registry: TestRegistry;
let app: ReturnType<typeof registrySearchRoutes>;
beforeAll(async () => {
  registry = await startRegistry();
  const publish = (name: string, more: JsonObject): Promise<Answer> => registry.publish({ ...doc({ name }), ...more });
  await publish('com.example/weather', { packages: packaged().packages ?? [] });
  await publish('com.example/weather-maps', { remotes: [{ type: 'sse', url: 'https://maps.example.com/sse' }] });
  await publish('io.github.acme/radar', { description: 'Weather radars', _meta: { [PUBLISHER]: { tags: ['Rain'] } } });
  await publish('io.github.acme/leather', { description: 'Shoes' });
  await publish('com.example/gone', { description: 'Weather of the past' });
  const path = '/v0.1/servers/com.example%2Fgone/status';
  await registry.send('PATCH', path, { as: 'admin', json: { status: 'deleted' } });
  app = registrySearchRoutes({
    catalog: registry.catalog,
    decorate: ({ name }) => ({ 'io.github.mcp-hub-registry/test': name }),
    log: createLogger('silent'),
  });
});
afterAll(() => registry.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
const get = async (query: string, base = BASE): Promise<{ status: number; headers: Headers; body: any }> => {
  const response = await app.request(`http://hub.test${base}${query}`);
  return { status: response.status, headers: response.headers, body: await response.json() };
};
const found = async (query: string): Promise<string[]> =>
  (await get(query)).body.servers.map(({ server }: { server: { name: string } }) => server.name.split('/')[1]);

describe('the ranked search', () => {
  it.each<[string, string[]]>([
    ['?q=weather', ['weather', 'weather-maps', 'radar', 'leather']],
    ['?q=weathers', ['weather', 'weather-maps', 'radar']],
    ['?q=wether', ['weather', 'weather-maps', 'radar']],
    ['?q=weather&type=npm', ['weather']],
    ['?q=weather&transport=sse', ['weather-maps']],
    ['?q=weather&tag=rain', ['radar']],
    ['?q=weather&publisher=IO.github.acme', ['radar', 'leather']],
    ['?q=weather&status=deleted', ['gone']],
    ['?q=weather&status=deprecated', []],
    ['?q=weather&version=latest&type=', ['weather', 'weather-maps', 'radar', 'leather']],
    ['?publisher=com.example', ['weather', 'weather-maps']],
    ['?transport=stdio', ['weather']],
    ['?search=radar&q=maps', ['weather-maps']],
    ['', ['weather', 'weather-maps', 'leather', 'radar']],
  ])('%s', async (query, names) => {
    expect(await found(query)).toEqual(names);
  });

  it('answers as the listing does, under both prefixes', async () => {
    const { status, headers, body } = await get('?q=maps');
    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    const [row] = (await registry.get('/v0.1/servers?search=maps')).body.servers;
    const name = 'com.example/weather-maps';
    expect(body).toEqual({
      servers: [{ ...row, _meta: { ...row._meta, 'io.github.mcp-hub-registry/test': name } }],
      metadata: { count: 1 },
    });
    expect((await get('?q=maps', BASE.replace('v0.1', 'v0'))).body).toEqual(body);
  });

  it('keeps every filter in the cursor', async () => {
    for (const query of ['?q=weather', '?q=weather&publisher=com.example', '?status=active&publisher=io.github.acme']) {
      const names: string[] = [];
      let next = `${query}&limit=1`;
      while (next !== '') {
        const { body } = await get(next);
        names.push(...body.servers.map(({ server }: { server: { name: string } }) => server.name.split('/')[1]));
        const { nextCursor } = body.metadata;
        next = nextCursor === undefined ? '' : `?limit=1&cursor=${nextCursor}`;
      }
      expect(names).toEqual(await found(query));
    }
  });

  it.each([
    [`?q=${'x'.repeat(513)}`, 'query.q'],
    ['?limit=0', 'query.limit'],
    ['?status=gone', 'query.status'],
    [`?tag=${'x'.repeat(201)}`, 'query.tag'],
  ])('refuses %.20s with 422', async (query, location) => {
    const { status, body } = await get(query);
    expect(status).toBe(422);
    expect(body.errors).toEqual([expect.objectContaining({ location })]);
  });

  it('answers HEAD without a body, OPTIONS with what is allowed, and other methods with 405', async () => {
    const send = async (method: string): Promise<Response> => app.request(`http://hub.test${BASE}?q=maps`, { method });
    const head = await send('HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
    const options = await send('OPTIONS');
    expect([options.status, options.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, HEAD, OPTIONS']);
    const post = await send('POST');
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });
});
