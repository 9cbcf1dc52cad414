import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubError } from '../../src/base/errors.ts';
import { doc, segment, startRegistry, type TestRegistry } from './registry-api.harness.ts';

let registry: TestRegistry;
const name = 'com.example/weather';

beforeAll(async () => {
  registry = await startRegistry();
  await registry.publish(doc());
});
afterAll(() => registry.close());

describe('paths', () => {
  const expected = async (): Promise<string> =>
    (await registry.get(`/v0.1/servers/${segment(name)}/versions/latest`)).text;

  it.each([
    '/v0/servers/com.example%2Fweather/versions/latest',
    '/v0/servers/com.example%2fweather/versions/1.0.0',
    '/v0.1/servers/com.example/weather/versions/latest',
    '/v0.1/servers/com.example/weather/versions/latest/',
    '/v0.1/servers/com.example%252Fweather/versions/latest',
    '/v0.1/servers/com.example%2Fweather/latest',
    '/v0.1/servers/com.example/weather/latest',
    '/v0.1/servers/com.example%2Fweather',
    '/v0.1/servers/com.example/weather/',
    '/v0.1/v0.1/servers/com.example%2Fweather',
    '/v0/v0.1/servers/com.example/weather/versions/1.0.0',
    '/servers/com.example%2Fweather/versions/latest',
    '/servers/com.example/weather',
    '/v0.1/servers/%63om.example%2Fweather',
  ])('%s is the latest version', async (path) => {
    const answer = await registry.get(path);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(await expected());
  });

  it.each(['/v0/servers', '/v0.1/servers/', '/v0.1/v0.1/servers', '/servers', '/servers/', '/servers?limit=5'])(
    '%s is the list',
    async (path) => {
      expect((await registry.get(path)).body.metadata.count).toBe(1);
    },
  );

  it('finds a server whose last part is a word of the API', async () => {
    await registry.publish(doc({ name: 'com.example/versions' }));
    for (const path of [
      'com.example/versions',
      'com.example/versions/versions/latest',
      'com.example%2Fversions/latest',
    ]) {
      expect((await registry.get(`/v0.1/servers/${path}`)).body.server.name, path).toBe('com.example/versions');
    }
    await registry.send('DELETE', '/v0.1/servers/com.example/versions', { as: 'admin' });
  });

  it.each([
    ['/v0.1/servers/com.example%2/versions', 'Invalid server name encoding'],
    ['/v0.1/servers/%zz', 'Invalid server name encoding'],
    ['/v0.1/servers/%ff%2Fx/versions', 'Invalid server name encoding'],
    ['/v0.1/servers/com.example%2Fweather/versions/1%2', 'Invalid version encoding'],
  ])('%s is a 400', async (path, detail) => {
    expect(await registry.get(path)).toMatchObject({ status: 400, body: { detail } });
  });

  it.each([
    ['/v0.1/servers/com.example%2Fweather%00', 'Invalid request: URL path contains null bytes'],
    ['/v0.1/servers/com.example%2Fweather%2500', 'Invalid request: URL path contains null bytes'],
    ['/v0.1/servers?search=a%00b', 'Invalid request: query parameters contain null bytes'],
  ])('%s holds a NUL: 400 as plain JSON', async (path, detail) => {
    const answer = await registry.get(path);
    expect(answer).toMatchObject({ status: 400, body: { detail, error: detail } });
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it.each([
    '/v0.1/nothing',
    '/v0/servers/com.example%2Fweather/other',
    '/v0.1/servers/com.example%2Fweather/versions/1.0.0/other',
    '/v0.1/publish/x',
    '/v0.1/__proto__',
    '/v0.1/v0.1/v0.1/servers',
  ])('%s is an unknown endpoint', async (path) => {
    const answer = await registry.get(path);
    expect(answer.status).toBe(404);
    expect(answer.body.detail).toBe('Endpoint not found. See /docs for the API documentation.');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it("leaves paths without a prefix that are not the registry's to others", async () => {
    for (const path of ['/servers/weather/mcp/x', '/health', '/publish'])
      expect((await registry.get(path)).text).toBe('404 Not Found');
    expect((await registry.send('POST', '/servers', { json: {} })).text).toBe('404 Not Found');
  });
});

describe('methods', () => {
  it.each([
    ['POST', '/v0.1/servers', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/v0.1/servers', 'GET, HEAD, OPTIONS'],
    ['PUT', `/v0.1/servers/${segment(name)}`, 'GET, HEAD, DELETE, OPTIONS'],
    ['POST', `/v0.1/servers/${segment(name)}/versions`, 'GET, HEAD, OPTIONS'],
    ['PATCH', `/v0.1/servers/${segment(name)}/versions/1.0.0`, 'GET, HEAD, PUT, DELETE, OPTIONS'],
    ['GET', `/v0.1/servers/${segment(name)}/versions/1.0.0/status`, 'PATCH, OPTIONS'],
    ['PUT', `/v0.1/servers/${segment(name)}/status`, 'PATCH, OPTIONS'],
    ['GET', '/v0/publish', 'POST, OPTIONS'],
    ['GET', '/v0/validate', 'POST, OPTIONS'],
    ['POST', '/v0/health', 'GET, HEAD, OPTIONS'],
  ])('%s %s is a 405 that lists what is allowed', async (method, path, allow) => {
    const answer = await registry.send(method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each(['/v0.1/servers', `/v0.1/servers/${segment(name)}/versions/latest`, '/v0/health', '/v0/servers/x%2Fy'])(
    'HEAD %s answers as GET does, without a body',
    async (path) => {
      const [head, get] = [await registry.send('HEAD', path), await registry.get(path)];
      expect(head.status).toBe(get.status);
      expect(head.text).toBe('');
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    },
  );

  it.each([
    ['PATCH', `/v0.1/servers/${segment(name)}/status`],
    ['GET', '/v0.1/servers'],
    ['POST', '/v0/publish'],
    ['GET', '/v0.1/unknown'],
    ['GET', '/servers'],
  ])('a preflight for %s %s is a 204', async (method, path) => {
    const headers = { origin: 'https://app.example', 'access-control-request-method': method };
    const answer = await registry.send('OPTIONS', path, { headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(answer.headers.get('access-control-allow-headers')).toContain('Authorization, Content-Type');
    expect(answer.headers.get('access-control-max-age')).toBe('86400');
  });

  it.each([
    ['GET', '/v0.1/servers', 200],
    ['GET', '/v0.1/servers?limit=0', 422],
    ['GET', '/v0.1/servers/x%2Fy', 404],
    ['GET', '/v0.1/unknown', 404],
    ['POST', '/v0.1/servers', 405],
    ['POST', '/v0.1/publish', 400],
    ['GET', '/v0.1/servers/%zz', 400],
    ['GET', '/v0.1/ping', 200],
  ])('%s %s (%i) may be read from any origin', async (method, path, status) => {
    const answer = await registry.send(method, path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
  });
});

describe('request bodies', () => {
  const post = (options: Parameters<TestRegistry['send']>[2]): ReturnType<TestRegistry['send']> =>
    registry.send('POST', '/v0.1/validate', options);
  const text = JSON.stringify(doc());

  it.each([
    ['no content type', {}],
    ['application/json', { 'content-type': 'application/json' }],
    ['a charset', { 'content-type': 'Application/JSON; charset=utf-8' }],
    ['a +json type', { 'content-type': 'application/vnd.acme+json' }],
  ])('are read with %s', async (_, headers: Record<string, string>) => {
    expect((await post({ body: new TextEncoder().encode(text), headers })).status).toBe(200);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/jsonp'])(
    'are refused with 415 as %s',
    async (type) => {
      const answer = await post({ body: text, headers: { 'content-type': type } });
      expect(answer).toMatchObject({
        status: 415,
        body: { title: 'Unsupported Media Type', detail: 'validation failed' },
      });
    },
  );

  it.each([
    ['broken JSON', '{"name":'],
    ['text after the end', `${text} x`],
    ['a bare word', 'hello'],
    ['deep nesting', '['.repeat(100) + ']'.repeat(100)],
    ['a blank', ' \n'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
  ])('are refused with 400 for %s', async (_, body) => {
    const answer = await post({ body, headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ detail: 'validation failed', errors: [{ location: 'body' }] });
  });

  it.each(['/v0/publish', '/v0/validate'])('are required on POST %s', async (path) => {
    expect(await registry.send('POST', path)).toMatchObject({
      status: 400,
      body: { detail: 'request body is required' },
    });
  });

  it('are refused with 413 past one mebibyte, also when the length is not told', async () => {
    const large = JSON.stringify(doc({ description: 'x'.repeat(1_048_576) }));
    const detail = 'request body is too large limit=1048576 bytes';
    expect(await post({ body: large })).toMatchObject({ status: 413, body: { title: 'Payload Too Large', detail } });
    const told = await post({ body: '{}', headers: { 'content-length': '1048577' } });
    expect(told).toMatchObject({ status: 413, body: { detail } });
  });

  it('may be exactly one mebibyte', async () => {
    const filler = 'x'.repeat(1_048_576 - Buffer.byteLength(JSON.stringify(doc({ description: '' }))));
    expect((await post({ json: doc({ description: filler }) })).status).toBe(422);
  });
});

describe('operational routes', () => {
  it.each(['/v0', '/v0.1'])('answer under %s', async (prefix) => {
    expect((await registry.get(`${prefix}/health`)).body).toEqual({ status: 'ok' });
    expect((await registry.get(`${prefix}/ping`)).body).toEqual({ pong: true });
    expect((await registry.get(`${prefix}/version`)).body).toEqual({
      version: 'v1.2.3',
      git_commit: 'abc1234',
      build_time: '2026-03-01T00:00:00Z',
    });
  });
});

describe('failures', () => {
  it('are told with a request id and nothing of the cause', async () => {
    const failing = await startRegistry();
    await failing.store.close();
    const broken = await startRegistry({
      deps: {
        catalog: { ...failing.catalog, list: () => Promise.reject(new Error('password=hunter2')) },
      },
    });
    const { status, body, text, headers } = await broken.get('/v0.1/servers');
    expect(status).toBe(500);
    expect(body).toMatchObject({ detail: 'Failed to get registry list', requestId: expect.any(String) });
    expect(text).not.toContain('hunter2');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    await broken.close();
  });

  it('say when a repetition makes sense', async () => {
    const error = new HubError('store.unavailable', 'The database is away.', { retryAfterSeconds: 2.2 });
    const away = await startRegistry({ deps: { authenticate: () => Promise.reject(error) } });
    const answer = await away.send('POST', '/v0/publish', { json: doc() });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('3');
    await away.close();
  });
});
