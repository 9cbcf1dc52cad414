import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { doc, official, segment, startRegistry, type TestRegistry } from './registry-api.harness.ts';

let registry: TestRegistry;
const names = [
  'com.example/alpha',
  'com.example/beta',
  'com.example/gamma',
  'io.github.Acme/Weather',
  'io.github.acme2/radar',
];

beforeAll(async () => {
  registry = await startRegistry();
  for (const name of names) await registry.publish(doc({ name, description: `About ${name}` }));
  await registry.publish(doc({ name: 'com.example/beta', version: '1.9.0', title: 'Forecast', description: 'Old' }));
  await registry.publish(doc({ name: 'com.example/beta', version: '1.10.0', title: 'Forecast', description: 'New' }));
  await registry.publish(doc({ name: 'com.example/gone' }));
  const path = `/v0.1/servers/${segment('com.example/gone')}/status`;
  await registry.send('PATCH', path, { as: 'admin', json: { status: 'deleted' } });
});
afterAll(() => registry.close());

const rows = (body: { servers: { server: JsonObject }[] }): string[] =>
  body.servers.map(({ server }) => `${server.name}:${server.version}`);
const list = async (query: string): Promise<string[]> => rows((await registry.get(`/v0.1/servers${query}`)).body);

const all = [
  'com.example/alpha:1.0.0',
  'com.example/beta:1.0.0',
  'com.example/beta:1.10.0',
  'com.example/beta:1.9.0',
  'com.example/gamma:1.0.0',
  'io.github.Acme/Weather:1.0.0',
  'io.github.acme2/radar:1.0.0',
];

describe('GET /servers', () => {
  it('gives one row per version, by name and then by version as text', async () => {
    expect(await list('')).toEqual(all);
  });

  it.each([
    ['', 7],
    ['?limit=100', 7],
    ['?limit=3', 3],
    ['?limit=', 7],
    ['?version=latest', 5],
    ['?version=1.9.0', 1],
    ['?version=9.9.9', 0],
    ['?version=', 7],
    ['?search=', 7],
    ['?search=%20%20', 7],
    ['?search=WEATHER', 1],
    ['?search=example%2Fb', 3],
    ['?search=100%25', 0],
    ['?search=_', 0],
    ['?search=%5C', 0],
    ['?search=forecast', 2],
    ['?search=beta&version=latest', 1],
    ['?q=alpha', 7],
    ['?status=deleted', 7],
    ['?include_deleted=true', 8],
    ['?include_deleted=1', 8],
    ['?include_deleted=T', 8],
    ['?include_deleted=false', 7],
    ['?include_deleted=F', 7],
    ['?include_deleted=', 7],
    ['?version=latest&include_deleted=TRUE', 6],
    ['?updated_since=2020-01-01T00:00:00Z', 8],
    ['?updated_since=2020-01-01T02:00:00%2B02:00&version=latest', 6],
    ['?updated_since=2020-01-01T00:00:00Z&include_deleted=true', 8],
    ['?updated_since=2099-01-01T00:00:00.5Z', 0],
    ['?updated_since=', 7],
    ['?limit=1&limit=3', 1],
  ])('with "%s" gives %i rows and says so', async (query, count) => {
    const { status, body } = await registry.get(`/v0/servers${query}`);
    expect(status).toBe(200);
    expect(body.servers).toHaveLength(count);
    expect(body.metadata.count).toBe(count);
  });

  it.each([
    ['limit=0', 'expected number >= 1', 'query.limit'],
    ['limit=-1', 'expected number >= 1', 'query.limit'],
    ['limit=101', 'expected number <= 100', 'query.limit'],
    ['limit=abc', 'invalid integer', 'query.limit'],
    ['limit=1.5', 'invalid integer', 'query.limit'],
    ['limit=99999999999999999999', 'invalid integer', 'query.limit'],
    ['include_deleted=yes', 'invalid boolean', 'query.include_deleted'],
    ['include_deleted=tRUE', 'invalid boolean', 'query.include_deleted'],
    [`search=${'x'.repeat(513)}`, 'expected length <= 512', 'query.search'],
  ])('with "%s" is a 422', async (query, message, location) => {
    const { status, body } = await registry.get(`/v0.1/servers?${query}`);
    expect(status).toBe(422);
    expect(body.detail).toBe('validation failed');
    expect(body.errors).toEqual([expect.objectContaining({ message, location })]);
  });

  it.each([
    'yesterday',
    '2025-08-07',
    '2025-08-07T13:15:04',
    '2025-08-07 13:15:04Z',
    '2025-02-30T00:00:00Z',
    '2025-08-07T25:00:00Z',
    '2025-08-07T13:15:04+02:00',
  ])('refuses updated_since=%s and says what would be right', async (value) => {
    const { status, body } = await registry.get(`/v0.1/servers?updated_since=${value}`);
    expect(status).toBe(400);
    expect(body.detail).toBe(
      'Invalid updated_since format: expected RFC3339 timestamp (e.g., 2025-08-07T13:15:04.280Z)',
    );
  });

  it('refuses include_deleted=false together with updated_since', async () => {
    const answer = await registry.get('/v0/servers?include_deleted=false&updated_since=2020-01-01T00:00:00Z');
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toBe(
      'Cannot set include_deleted=false when using updated_since (incremental sync requires deleted servers)',
    );
  });

  it('takes updated_since strictly', async () => {
    const { body } = await registry.get('/v0.1/servers?search=radar');
    const { updatedAt } = official(body.servers[0]);
    expect(await list(`?updated_since=${updatedAt}&search=radar`)).toEqual([]);
    const before = new Date(Date.parse(String(updatedAt)) - 1).toISOString();
    expect(await list(`?updated_since=${before}&search=radar`)).toEqual(['io.github.acme2/radar:1.0.0']);
  });

  it('orders a search by how well the name fits', async () => {
    await registry.publish(doc({ name: 'org.match/other', description: 'mentions alpha' }));
    await registry.publish(doc({ name: 'alpha.org/tool' }));
    expect(await list('?search=alpha')).toEqual([
      'com.example/alpha:1.0.0',
      'alpha.org/tool:1.0.0',
      'org.match/other:1.0.0',
    ]);
    for (const name of ['org.match/other', 'alpha.org/tool']) {
      await registry.send('DELETE', `/v0/servers/${segment(name)}`, { as: 'admin' });
    }
  });
});

describe('paging', () => {
  const walk = async (first: string, next: (cursor: string) => string): Promise<string[]> => {
    const found: string[] = [];
    let path: string | undefined = first;
    for (let page = 0; path !== undefined && page < 20; page++) {
      const { body }: { body: { servers: { server: JsonObject }[]; metadata: { nextCursor?: string } } } =
        await registry.get(path);
      found.push(...rows(body));
      const cursor = body.metadata.nextCursor;
      path = cursor === undefined ? undefined : next(cursor);
    }
    return found;
  };

  it.each([1, 2, 3, 6, 7, 8])('gives each row once with limit=%i, and no empty page at the end', async (limit) => {
    const found = await walk(
      `/v0.1/servers?limit=${limit}`,
      (cursor) => `/v0.1/servers?limit=${limit}&cursor=${cursor}`,
    );
    expect(found).toEqual(all);
  });

  it('omits nextCursor when the last page is full', async () => {
    const { body } = await registry.get('/v0.1/servers?limit=7');
    expect(body.metadata).toEqual({ count: 7 });
  });

  it('keeps the filters in the cursor, for clients that do not send them again', async () => {
    const found = await walk(
      '/v0.1/servers?limit=1&search=example&version=latest',
      (cursor) => `/v0.1/servers?limit=1&cursor=${cursor}`,
    );
    expect(found).toEqual(['com.example/alpha:1.0.0', 'com.example/beta:1.10.0', 'com.example/gamma:1.0.0']);
  });

  it('keeps updated_since in the cursor too, with deleted rows', async () => {
    const found = await walk(
      '/v0.1/servers?limit=3&updated_since=2020-01-01T00:00:00Z',
      (cursor) => `/v0.1/servers?limit=3&cursor=${cursor}`,
    );
    expect(found).toHaveLength(8);
  });

  it('lets filters that are sent again win over those in the cursor', async () => {
    const { body } = await registry.get('/v0.1/servers?limit=1&search=example');
    const cursor: string = body.metadata.nextCursor;
    expect(await list(`?cursor=${cursor}&search=radar`)).toEqual(['io.github.acme2/radar:1.0.0']);
    expect(await list(`?cursor=${cursor}&search=example`)).toEqual(all.slice(1, 5));
    expect(await list(`?cursor=${cursor}&version=1.9.0`)).toEqual(['com.example/beta:1.9.0']);
  });

  it('makes cursors that need no encoding in a URL', async () => {
    const { body } = await registry.get('/v0.1/servers?limit=1');
    expect(body.metadata.nextCursor).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it.each([
    ['com.example/beta:1.10.0', 4, 'the official form'],
    ['com.example%2Fbeta%3A1.10.0', 4, 'the official form, encoded'],
    ['com.example/beta', 3, 'a name alone: after all of its versions'],
    ['com.example/beta:', 6, 'an empty version'],
    ['zzz', 0, 'a word behind everything'],
    ['!!!', 7, 'garbage before everything'],
    ['eyJuIjo3fQ', 2, 'JSON that is no cursor, taken as a name'],
    [Buffer.from('{"n":"\\u0000"}').toString('base64url'), 2, 'a NUL inside'],
    [
      Buffer.from('{"n":"com.example/beta","v":"1.9.0","r":99,"f":{"u":"no date","s":7}}').toString('base64url'),
      3,
      'broken filters inside',
    ],
    [Buffer.from('[[[[[[[[[]]]]]]]]]').toString('base64url'), 7, 'deep JSON'],
    ['x'.repeat(5000), 0, 'a very long one'],
    ['', 7, 'an empty one'],
  ])('reads $2', async (cursor, count) => {
    const { status, body } = await registry.get(`/v0.1/servers?cursor=${cursor}`);
    expect(status).toBe(200);
    expect(body.metadata.count).toBe(count);
  });

  it('goes on in a search from an official cursor', async () => {
    expect(await list('?search=example&cursor=com.example/beta:1.0.0')).toEqual(all.slice(2, 5));
  });

  it('goes on when the row of the cursor is gone', async () => {
    await registry.publish(doc({ name: 'com.example/brief' }));
    const cursor = (await registry.get('/v0.1/servers?limit=5')).body.metadata.nextCursor;
    await registry.send('DELETE', `/v0.1/servers/${segment('com.example/brief')}`, { as: 'admin' });
    expect(await list(`?cursor=${cursor}`)).toEqual(all.slice(4));
  });
});

describe('GET /servers/{name}/versions', () => {
  const versions = `/v0.1/servers/${segment('com.example/beta')}/versions`;

  it('gives all versions, the newest publication first, with a count and no cursor', async () => {
    const { status, body } = await registry.get(versions);
    expect(status).toBe(200);
    expect(rows(body)).toEqual(['com.example/beta:1.10.0', 'com.example/beta:1.9.0', 'com.example/beta:1.0.0']);
    expect(body.metadata).toEqual({ count: 3 });
  });

  it.each([
    ['com.example/none', '', 404],
    ['com.example/Beta', '', 404],
    ['com.example/gone', '', 404],
    ['com.example/gone', '?include_deleted=true', 200],
    ['com.example/gone', '?include_deleted=no', 422],
  ])('of %s%s is a %i', async (name, query, status) => {
    const answer = await registry.get(`/v0/servers/${segment(name)}/versions${query}`);
    expect(answer.status).toBe(status);
    if (status === 404) expect(answer.body.detail).toBe('Server not found');
  });
});

describe('GET /servers/{name}/versions/{version}', () => {
  it.each([
    ['com.example/beta', 'latest', '', '1.10.0'],
    ['com.example/beta', '1.9.0', '', '1.9.0'],
    ['com.example/gone', 'latest', '?include_deleted=true', '1.0.0'],
    ['com.example/gone', '1.0.0', '?include_deleted=1', '1.0.0'],
  ])('of %s %s%s is version %s', async (name, version, query, expected) => {
    const { status, body } = await registry.get(`/v0.1/servers/${segment(name)}/versions/${version}${query}`);
    expect(status).toBe(200);
    expect(body.server).toMatchObject({ name, version: expected });
  });

  it.each([
    ['com.example/beta', '2.0.0', ''],
    ['com.example/beta', 'Latest', ''],
    ['com.example/none', 'latest', ''],
    ['com.example/none', '1.0.0', '?include_deleted=true'],
    ['com.example/gone', 'latest', ''],
    ['com.example/gone', '1.0.0', ''],
    ['io.github.acme/weather', 'latest', ''],
    ['noslash', 'latest', ''],
  ])('of %s %s%s is a 404 and nothing else', async (name, version, query) => {
    const { status, body } = await registry.get(`/v0.1/servers/${segment(name)}/versions/${version}${query}`);
    expect(status).toBe(404);
    expect(body).toMatchObject({
      title: 'Not Found',
      status: 404,
      detail: 'Server not found',
      error: 'Server not found',
    });
  });

  it('finds a version with a plus sign, encoded or not', async () => {
    await registry.publish(doc({ name: 'com.example/build', version: '1.0.0+b.1' }));
    for (const version of ['1.0.0+b.1', '1.0.0%2Bb.1', '1.0.0%252Bb.1']) {
      const { status } = await registry.get(`/v0.1/servers/${segment('com.example/build')}/versions/${version}`);
      expect(status, version).toBe(200);
    }
    await registry.send('DELETE', `/v0/servers/${segment('com.example/build')}`, { as: 'admin' });
  });
});

describe('a response', () => {
  it('has the document, the official block and the stable id', async () => {
    const { body } = await registry.get(`/v0.1/servers/${segment('com.example/alpha')}/versions/1.0.0`);
    expect(body).toEqual({
      server: doc({ name: 'com.example/alpha', description: 'About com.example/alpha' }),
      _meta: {
        'io.modelcontextprotocol.registry/official': {
          status: 'active',
          statusChangedAt: '2026-03-01T00:00:01Z',
          publishedAt: '2026-03-01T00:00:01Z',
          updatedAt: '2026-03-01T00:00:01Z',
          isLatest: true,
        },
        'io.github.mcp-hub-registry/entry': { id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      },
    });
  });

  it('carries what the hub adds under its own key', async () => {
    const key = 'io.github.mcp-hub-registry/runtime';
    const decorated = await startRegistry({
      deps: { decorate: ({ name }) => ({ [key]: { status: 'healthy', name } }) },
    });
    const { body } = await decorated.publish(doc());
    expect(body._meta[key]).toEqual({ status: 'healthy', name: 'com.example/weather' });
    for (const path of ['', `/${segment('com.example/weather')}/versions`]) {
      const listed = await decorated.get(`/v0.1/servers${path}`);
      expect(listed.body.servers[0]._meta[key].status).toBe('healthy');
    }
    await decorated.close();
  });

  it('is the same byte for byte under /v0 and /v0.1', async () => {
    for (const path of ['/servers', `/servers/${segment('com.example/beta')}/versions`]) {
      expect((await registry.get(`/v0${path}`)).text).toBe((await registry.get(`/v0.1${path}`)).text);
    }
  });

  it('ends with a line break and does not escape HTML', async () => {
    await registry.publish(doc({ name: 'com.example/html', description: 'a < b & c > d' }));
    const { text } = await registry.get(`/v0/servers/${segment('com.example/html')}`);
    expect(text.endsWith('}\n')).toBe(true);
    expect(text).toContain('a < b & c > d');
    await registry.send('DELETE', `/v0/servers/${segment('com.example/html')}`, { as: 'admin' });
  });
});

describe('GET /servers/{id or name}', () => {
  it('answers the latest version, by name and by the id of any version', async () => {
    const byName = await registry.get(`/v0.1/servers/${segment('com.example/beta')}`);
    expect(byName.body.server.version).toBe('1.10.0');
    const { body } = await registry.get(`/v0.1/servers/${segment('com.example/beta')}/versions`);
    for (const row of body.servers) {
      const { id } = row._meta['io.github.mcp-hub-registry/entry'];
      expect((await registry.get(`/v0.1/servers/${id}`)).text).toBe(byName.text);
      expect((await registry.get(`/v0.1/servers/${id.toUpperCase()}/versions`)).body.metadata.count).toBe(3);
    }
  });

  it.each(['00000000-0000-4000-8000-000000000000', 'com.example%2Fnone', 'com.example%2Fgone', 'nothing'])(
    'is a 404 for %s',
    async (key) => {
      expect(await registry.get(`/v0.1/servers/${key}`)).toMatchObject({
        status: 404,
        body: { detail: 'Server not found' },
      });
    },
  );
});
