import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import type { Api } from './model.ts';
import { toApi } from './normalise.ts';
import { createWarnings, type Warning } from './warnings.ts';

function read(document: JsonObject): { api: Api; warnings: Warning[] } {
  const warnings = createWarnings();
  const { api } = toApi(document, 'the document', warnings);
  return { api, warnings: warnings.list() };
}

const paths = (value: JsonObject, more: JsonObject = {}): { api: Api; warnings: Warning[] } =>
  read({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths: value, ...more });

describe('versions', () => {
  it.each([
    [{ swagger: '2.0' }, '2.0'],
    [{ swagger: 2 }, '2.0'],
    [{ openapi: '3.0.4' }, '3.0'],
    [{ openapi: '3.0' }, '3.0'],
    [{ openapi: '3.1.2' }, '3.1'],
    [{ openapi: '3.2.0' }, '3.1'],
    [{ openapi: 3.1 }, '3.1'],
  ])('%j is read with the rules of %s', (document, dialect) => {
    expect(read(document).api.dialect).toBe(dialect);
  });

  it.each([
    [{ swagger: '1.2' }, /says version "1.2"/],
    [{ openapi: '4.0.0' }, /2.0, 3.0, 3.1 and 3.2 can be read/],
    [{ asyncapi: '1.2.0' }, /asyncapi 1.2.0, not of OpenAPI/],
    [{ paths: {} }, /not an OpenAPI document/],
  ])('%j is refused', (document, message) => {
    expect(() => read(document)).toThrow(message);
  });
});

describe('operations', () => {
  it('are read for every method, 3.2 included, in a fixed order', () => {
    const item = Object.fromEntries(
      ['trace', 'patch', 'query', 'head', 'options', 'delete', 'post', 'put', 'get'].map((m) => [m, {}]),
    );
    const { api } = paths({ '/a': { ...item, additionalOperations: { LINK: {}, 'BAD METHOD': {} }, summary: 's' } });
    expect(api.operations.map(({ method }) => method)).toEqual([
      'GET',
      'PUT',
      'POST',
      'DELETE',
      'OPTIONS',
      'HEAD',
      'PATCH',
      'TRACE',
      'QUERY',
      'LINK',
    ]);
  });

  it('leave callbacks and webhooks out', () => {
    const { api } = paths(
      { '/a': { get: { callbacks: { c: { '{$url}': { post: {} } } } } } },
      { webhooks: { w: { post: {} } } },
    );
    expect(api.operations).toHaveLength(1);
  });

  it('are found behind a reference of their path, also into another path', () => {
    const { api } = paths({ '/a': { get: { operationId: 'x' } }, '/b': { $ref: '#/paths/~1a', post: {} } });
    expect(api.operations.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /a', 'GET /b', 'POST /b']);
  });

  it('that cannot be read are left out and reported; the others stay', () => {
    const { api, warnings } = paths({
      '/a': { get: 5, post: { requestBody: { $ref: '#/nowhere' } }, put: { $ref: 'other.yaml' }, patch: {} },
      '/b': { $ref: 'other.yaml#/b' },
      '/c': null,
    });
    expect(api.operations.map(({ method }) => method)).toEqual(['PATCH']);
    expect(warnings.map(({ place }) => place)).toEqual([
      '#/paths/~1a/get',
      '#/paths/~1a/put',
      '#/paths/~1a/post',
      '#/paths/~1b',
      '#/paths/~1c',
    ]);
    for (const { reason } of warnings) expect(reason).toMatch(/left out/);
  });
});

describe('parameters', () => {
  it('of the path hold for each operation, which may replace them', () => {
    const { api } = paths({
      '/{id}': {
        parameters: [
          { name: 'id', in: 'path', schema: { type: 'string' } },
          { name: 'X-A', in: 'header', description: 'shared' },
        ],
        get: {
          parameters: [
            { name: 'x-a', in: 'header', description: 'own' },
            { name: 'id', in: 'query' },
          ],
        },
      },
    });
    expect(api.operations[0]?.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'x-a', in: 'header', description: 'own' },
      { name: 'id', in: 'query', required: false },
    ]);
  });

  it('have the defaults of the specification', () => {
    const { api } = paths({
      '/{p}': {
        get: {
          parameters: [
            { name: 'p', in: 'path' },
            { name: 'q', in: 'query' },
            { name: 'h', in: 'header' },
            { name: 'c', in: 'cookie' },
            { name: 's', in: 'query', style: 'spaceDelimited' },
            { name: 'j', in: 'query', content: { 'application/json': { schema: { type: 'object' } } } },
          ],
        },
      },
    });
    expect(api.operations[0]?.parameters.map(({ style, explode, mediaType }) => [style, explode, mediaType])).toEqual([
      ['simple', false, undefined],
      ['form', true, undefined],
      ['simple', false, undefined],
      ['form', true, undefined],
      ['spaceDelimited', false, undefined],
      ['form', true, 'application/json'],
    ]);
  });

  it('that are none are left out; a style that the place does not know falls back', () => {
    const { api, warnings } = paths({
      '/a': {
        get: {
          parameters: [
            { name: 'b', in: 'body' },
            { in: 'query' },
            { $ref: '#/no' },
            { name: 'q', in: 'query', style: 'matrix' },
          ],
        },
      },
    });
    expect(api.operations[0]?.parameters).toMatchObject([{ name: 'q', style: 'form', explode: true }]);
    expect(warnings).toHaveLength(4);
  });

  it('fit the slots of the path', () => {
    const { api, warnings } = paths({
      '/a/{x}/{x}?q={y}#{z}': { get: { parameters: [{ name: 'other', in: 'path' }] } },
    });
    expect(api.operations[0]?.parameters.map(({ name }) => name)).toEqual(['x', 'y']);
    expect(warnings.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('has no {other}'),
      expect.stringContaining('{x} is not declared'),
      expect.stringContaining('{y} is not declared'),
    ]);
  });
});

describe('Swagger 2.0', () => {
  const swagger = (operation: JsonObject, more: JsonObject = {}): { api: Api; warnings: Warning[] } =>
    read({ swagger: '2.0', paths: { '/a': { post: operation } }, ...more });

  it.each([
    [
      { host: 'a.example', basePath: '/v1', schemes: ['http', 'https', 'ws'] },
      ['https://a.example/v1', 'http://a.example/v1'],
    ],
    [{ host: 'a.example' }, ['//a.example/']],
    [{ basePath: 'v1' }, ['/v1']],
    [{}, ['/']],
  ])('%j is at %j', (more, servers) => {
    expect(swagger({}, more).api.servers).toEqual(servers);
  });

  it('reads the formats of lists', () => {
    const list = (collectionFormat: string | undefined): JsonObject => ({
      name: String(collectionFormat),
      in: 'query',
      type: 'array',
      items: { type: 'string' },
      ...(collectionFormat === undefined ? {} : { collectionFormat }),
    });
    const { api } = swagger({ parameters: [undefined, 'csv', 'multi', 'ssv', 'tsv', 'pipes'].map(list) });
    expect(api.operations[0]?.parameters.map(({ style, explode }) => [style, explode])).toEqual([
      ['form', false],
      ['form', false],
      ['form', true],
      ['spaceDelimited', false],
      ['tabDelimited', false],
      ['pipeDelimited', false],
    ]);
  });

  it('makes a body of the body parameter', () => {
    const { api } = swagger(
      { parameters: [{ name: 'pet', in: 'body', required: true, schema: { $ref: '#/definitions/Pet' } }] },
      { consumes: ['application/json', 'application/xml'] },
    );
    expect(api.operations[0]?.body).toMatchObject({
      required: true,
      media: [{ type: 'application/json' }, { type: 'application/xml' }],
    });
  });

  it('makes a form of form fields, and multipart where there is a file', () => {
    const fields = [
      { name: 'a', in: 'formData', type: 'string', required: true },
      { name: 'b', in: 'formData', type: 'array', items: {}, collectionFormat: 'multi' },
    ];
    const form = swagger({ parameters: fields }).api.operations[0]?.body;
    expect(form).toMatchObject({ required: true, media: [{ type: 'application/x-www-form-urlencoded' }] });
    expect(form?.media[0]?.schema?.schema).toMatchObject({ required: ['a'], properties: { a: { type: 'string' } } });
    expect(form?.media[0]?.encoding.get('b')).toEqual({ style: 'form', explode: true, allowReserved: false });
    const upload = swagger({ parameters: [...fields, { name: 'f', in: 'formData', type: 'file' }] });
    expect(upload.api.operations[0]?.body?.media[0]?.type).toBe('multipart/form-data');
  });

  it('prefers the body where there is a form as well', () => {
    const { api, warnings } = swagger({
      parameters: [
        { name: 'a', in: 'formData', type: 'string' },
        { name: 'b', in: 'body', schema: {} },
      ],
    });
    expect(api.operations[0]?.body?.media[0]?.type).toBe('application/json');
    expect(warnings).toHaveLength(1);
  });

  it('reads its security definitions', () => {
    const { api } = swagger(
      { security: [{ key: [], basic: ['x'] }] },
      {
        securityDefinitions: {
          key: { type: 'apiKey', name: 'X-Key', in: 'header' },
          basic: { type: 'basic' },
          oauth: { type: 'oauth2', flow: 'implicit' },
        },
      },
    );
    expect([...api.securitySchemes.values()]).toEqual([
      { type: 'apiKey', name: 'X-Key', in: 'header' },
      { type: 'basic' },
      { type: 'bearer' },
    ]);
    expect(api.operations[0]?.security).toEqual([
      [
        { scheme: 'key', scopes: [] },
        { scheme: 'basic', scopes: ['x'] },
      ],
    ]);
  });
});

describe('security and servers', () => {
  it('of an operation replace those of the document, an empty list included', () => {
    const { api } = paths(
      { '/a': { servers: [{ url: '/path' }], get: { security: [] }, post: { servers: [{ url: '/own' }] } } },
      {
        security: [{ key: [] }],
        servers: [{ url: 'https://{h}/{v}', variables: { h: { default: 'a.example' }, v: { enum: ['v1'] } } }],
      },
    );
    expect(api.servers).toEqual(['https://a.example/v1']);
    expect(api.operations.map(({ security, servers }) => [security, servers])).toEqual([
      [[], ['/path']],
      [[[{ scheme: 'key', scopes: [] }]], ['/own']],
    ]);
    expect(paths({ '/a': { get: {} } }).api.operations[0]?.security).toBeUndefined();
  });
});
