import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { recordOutput, textOf, toolCall } from '../../test/fixtures/calls.ts';
import { HubError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { OpenApiSettings } from '../config/settings.ts';
import { createNet } from '../net/client.ts';
import type { Net, Trust } from '../net/net.ts';
import { createLogger } from '../telemetry/log.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { LoadContext } from './loader.ts';
import { openapiLoader } from './openapi.ts';

let server: Server;
let origin: string;
let net: Net;
let folder: string;
let requests: { url: string; headers: IncomingHttpHeaders }[] = [];
const files = new Map<string, { status?: number; headers?: Record<string, string>; body: string }>();
const upstreams: Upstream[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openapi-loader-'));
  server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers });
    const file = files.get(request.url?.split('?', 1)[0] ?? '');
    response.writeHead(file?.status ?? 200, file?.headers ?? { 'content-type': 'text/plain' });
    response.end(file?.body ?? `answer to ${request.url}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  net = createNet({ allow: [], userAgent: 'test' });
});
beforeEach(() => {
  requests = [];
});
afterEach(async () => {
  for (const upstream of upstreams.splice(0)) await upstream.close();
  files.clear();
});
afterAll(async () => {
  await net.close();
  await rm(folder, { recursive: true });
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** A reference as it stands in settings. */
const reference = (text: string): string => `$\{${text}}`;

const documentOf = (more: JsonObject = {}): JsonObject => ({
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1' },
  paths: { '/pets': { get: { operationId: 'list' } } },
  ...more,
});

interface Loaded {
  upstream: Upstream;
  lines: string[];
}

function contextOf(openapi: OpenApiSettings | undefined, trust: Trust, output = recordOutput()): LoadContext {
  const references: Record<string, string> = {
    'secret:TOKEN': 'secret-token',
    'hub:url': origin,
    'hub:seed': folder,
  };
  return {
    deployment: {
      slug: 'pets',
      name: 'local/pets',
      version: '1.0.0',
      enabled: true,
      source: 'api',
      settings: openapi === undefined ? {} : { openapi },
      createdAt: '',
      updatedAt: '',
    },
    document: { name: 'local/pets', description: '', version: '1.0.0' },
    signal: new AbortController().signal,
    net,
    trust,
    output,
    log: createLogger('silent'),
    cacheDir: folder,
    async resolve(text) {
      return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
        const value = references[name];
        if (value === undefined) throw new HubError('secret.not_found', `${name} does not exist.`);
        return value;
      });
    },
    progress: () => {},
  };
}

async function load(openapi: OpenApiSettings | undefined, trust: Trust = 'operator'): Promise<Loaded> {
  const output = recordOutput();
  const upstream = await openapiLoader.load(contextOf(openapi, trust, output));
  upstreams.push(upstream);
  return { upstream, lines: output.lines };
}

const refusal = (openapi: OpenApiSettings, trust?: Trust): Promise<HubError> =>
  load(openapi, trust).then(
    () => Promise.reject(new Error('expected a refusal')),
    (error) => error,
  );

const serve = (path: string, document: JsonObject | string): string => {
  files.set(path, { body: typeof document === 'string' ? document : JSON.stringify(document) });
  return origin + path;
};

const call = async ({ upstream }: Loaded, name = 'list'): Promise<string> =>
  textOf(await upstream.request(toolCall(name)));

describe('the openapi loader', () => {
  it('takes deployments that say openapi, and no others', async () => {
    const entry = contextOf({ document: 'x' }, 'operator');
    expect(openapiLoader.accepts(entry.document, entry.deployment)).toBe(true);
    expect(openapiLoader.accepts(entry.document, { ...entry.deployment, settings: {} })).toBe(false);
    await expect(load(undefined)).rejects.toMatchObject({ code: 'deployment.invalid' });
  });
});

describe('the document', () => {
  it('comes from a URL, JSON or YAML', async () => {
    const json = serve('/openapi.json', documentOf());
    const yaml = serve(
      '/openapi.yaml',
      'openapi: 3.0.0\ninfo: {title: P, version: "1"}\npaths:\n  /pets: {get: {operationId: list}}\n',
    );
    for (const document of [json, yaml]) {
      expect(await call(await load({ document, baseUrl: `${origin}/v1` }))).toBe('answer to /v1/pets');
    }
  });

  it('comes from a file, named absolutely, relatively, as a URL or by reference', async () => {
    const path = join(folder, 'pets.json');
    await writeFile(path, JSON.stringify(documentOf({ servers: [{ url: origin }] })));
    for (const document of [
      path,
      relative(process.cwd(), path),
      pathToFileURL(path).href,
      `${reference('hub:seed')}/pets.json`,
    ]) {
      expect(await call(await load({ document }))).toBe('answer to /pets');
    }
  });

  it('comes from the settings, as an object or as text', async () => {
    const document = documentOf({ servers: [{ url: origin }] });
    expect(await call(await load({ document }))).toBe('answer to /pets');
    expect(await call(await load({ document: JSON.stringify(document) }))).toBe('answer to /pets');
  });

  it('is not read from a file of the hub for anybody but the operator', async () => {
    for (const document of ['/etc/passwd', 'file:///etc/passwd', './pets.json', `${reference('hub:seed')}/pets.json`]) {
      expect(await refusal({ document }, 'public')).toMatchObject({ code: 'deployment.invalid' });
    }
  });

  it('is not fetched from a private address for anybody but the operator', async () => {
    const document = serve('/openapi.json', documentOf());
    expect(await refusal({ document }, 'public')).toMatchObject({ code: 'net.address_refused' });
    expect(requests).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['that is broken JSON', '{"openapi": ]', /line 1, column \d+/],
    ['that is broken YAML', 'openapi: 3.0.0\n\tpaths: x', /line 2/],
    ['that is something else', 'asyncapi: 2.0.0', /asyncapi 2\.0\.0, not of OpenAPI/],
    ['that is of an unknown version', 'openapi: 9.0.0', /2\.0, 3\.0, 3\.1 and 3\.2 can be read/],
    ['that has no operations', 'openapi: 3.1.0', /gives no tools: it has no operations/],
  ])('%s is refused with place and reason', async (_, body, message) => {
    const error = await refusal({ document: serve('/bad', body), baseUrl: origin });
    expect(error).toMatchObject({ code: 'loader.bad_document' });
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`${origin}/bad`);
  });

  it('that cannot be got is refused; the message names it without its query', async () => {
    files.set('/gone', { status: 404, body: '' });
    const error = await refusal({ document: `${origin}/gone?key=${reference('secret:TOKEN')}` });
    expect(error).toMatchObject({ code: 'loader.bad_document' });
    expect(error.message).toContain(`${origin}/gone could not be fetched: HTTP 404`);
    expect(error.message).not.toContain('secret-token');
    expect(await refusal({ document: join(folder, 'none.json') })).toMatchObject({
      message: expect.stringContaining('does not exist'),
    });
    expect(await refusal({ document: folder })).toMatchObject({
      message: expect.stringContaining('not a regular file'),
    });
  });
});

describe('the server', () => {
  it('is what the operator set, for operations with servers of their own as well', async () => {
    const paths = { '/pets': { get: { operationId: 'list', servers: [{ url: 'https://other.example' }] } } };
    const document = documentOf({ paths, servers: [{ url: 'https://api.example' }] });
    expect(await call(await load({ document, baseUrl: `${reference('hub:url')}/base/` }))).toBe('answer to /base/pets');
  });

  it('is relative to where the document came from, and there without any', async () => {
    const paths = {
      '/pets': { get: { operationId: 'list' } },
      '/up': { post: { operationId: 'up', servers: [{ url: '/uploads' }] } },
    };
    const loaded = await load({ document: serve('/docs/a.json', documentOf({ paths, servers: [{ url: '../v2' }] })) });
    expect(await call(loaded)).toBe('answer to /v2/pets');
    expect(await call(loaded, 'up')).toBe('answer to /uploads/up');
    expect(await call(await load({ document: serve('/docs/b.json', documentOf()) }))).toBe('answer to /pets');
  });

  it('that a fetched document names must be public, unless it is where the document came from', async () => {
    const { port } = new URL(origin);
    const document = serve('/a.json', documentOf({ servers: [{ url: `http://localhost:${port}` }] }));
    expect(await call(await load({ document }))).toContain('localhost is not a public address');
  });

  it('must be set where the document does not tell', async () => {
    for (const servers of [[], [{ url: '/v1' }], [{ url: 'https://{host}/v1' }]]) {
      const error = await refusal({ document: documentOf({ servers }) });
      expect(error).toMatchObject({ code: 'loader.bad_document' });
      expect(error.message).toContain('Set openapi.baseUrl');
    }
  });

  it.each(['/v1', 'ftp://a.example', 'https://user:pass@a.example', 'nothing'])(
    'cannot be set to %s',
    async (baseUrl) => {
      const error = await refusal({ document: documentOf(), baseUrl });
      expect(error).toMatchObject({ code: 'deployment.invalid' });
      expect(error.message).not.toContain('pass@');
    },
  );
});

describe('access', () => {
  const securitySchemes = { token: { type: 'http', scheme: 'bearer' } };
  const document = documentOf({ security: [{ token: [] }], components: { securitySchemes } });

  it('is made of references to secrets, which appear in no line of the log', async () => {
    const loaded = await load({
      document,
      baseUrl: reference('hub:url'),
      auth: [{ type: 'bearer', token: reference('secret:TOKEN') }],
      headers: { 'X-Key': `k ${reference('secret:TOKEN')}` },
    });
    await call(loaded);
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer secret-token', 'x-key': 'k secret-token' });
    expect(loaded.lines.join('\n')).not.toContain('secret-token');
  });

  it('that the document asks for and nobody gave is told', async () => {
    const { lines } = await load({ document, baseUrl: origin });
    expect(lines.at(-1)).toContain('1 tools ask for credentials that openapi.auth does not give (schemes: token)');
  });

  it('with an unknown secret stops the load', async () => {
    const auth = [{ type: 'bearer', token: reference('secret:NONE') }] as const;
    expect(await refusal({ document, baseUrl: origin, auth: [...auth] })).toMatchObject({ code: 'secret.not_found' });
  });

  it.each<Record<string, string>>([
    { Host: 'x' },
    { 'Content-Length': '5' },
    { 'bad name': 'x' },
    { 'X-A': 'a\r\nX-B: c' },
  ])('cannot have the header %j', async (headers) => {
    expect(await refusal({ document, baseUrl: origin, headers })).toMatchObject({
      code: 'deployment.invalid',
    });
  });

  it('cannot be an empty credential', async () => {
    expect(await refusal({ document, baseUrl: origin, auth: [{ type: 'bearer', token: ' ' }] })).toMatchObject({
      code: 'deployment.invalid',
    });
  });
});

describe('the log', () => {
  it('tells what was left out, and how much there is', async () => {
    const paths = { '/pets': { get: { operationId: 'list' }, post: { requestBody: { $ref: 'x.yaml' } } } };
    const { lines } = await load({ document: documentOf({ paths }), baseUrl: origin });
    expect(lines).toEqual([
      expect.stringMatching(/^hub: #\/paths\/~1pets\/post: The operation is left out/),
      'hub: OpenAPI 3.1.0, 1 operations, 1 tools, 1 warnings.',
    ]);
  });

  it('is bounded', async () => {
    const paths = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`/${i}`, { get: {}, put: 5 }]));
    const { lines } = await load({ document: documentOf({ paths }), baseUrl: origin });
    expect(lines.length).toBeLessThan(60);
  });

  it('comes with a refusal where a selection leaves nothing', async () => {
    const error = await refusal({ document: documentOf(), baseUrl: origin, include: ['nothing'] });
    expect(error.message).toContain('none of its operations can be used or is selected');
    expect(error.data?.warnings).toEqual(['#/paths: openapi.include: "nothing" matches no operation.']);
  });
});
