import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { type CompiledApi, type CompiledTool, type CompileOptions, compile } from './compile.ts';
import type { ToolRequest } from './request.ts';

const documentOf = (paths: JsonObject, more: JsonObject = {}): JsonObject => ({
  openapi: '3.1.0',
  info: { title: 'Test', version: '1' },
  paths,
  ...more,
});

const compiled = (paths: JsonObject, more?: JsonObject, options?: CompileOptions): CompiledApi =>
  compile(documentOf(paths, more), options);

function only(api: CompiledApi): CompiledTool {
  const [tool] = api.tools;
  if (tool === undefined) throw new Error(`no tool: ${JSON.stringify(api.warnings)}`);
  return tool;
}

const post = (schema: JsonValue, more: JsonObject = {}, type = 'application/json'): CompiledTool =>
  only(compiled({ '/a': { post: { requestBody: { content: { [type]: { schema } }, ...more } } } }));

function request(tool: CompiledTool, given: JsonObject): ToolRequest {
  const checked = tool.check(given);
  if (!checked.ok) throw new Error(checked.problems.join(' '));
  const built = tool.build(checked.values);
  if (!built.ok) throw new Error(built.problems.join(' '));
  return built.request;
}

const problems = (tool: CompiledTool, given: JsonObject): string[] => {
  const checked = tool.check(given);
  if (!checked.ok) return checked.problems;
  const built = tool.build(checked.values);
  return built.ok ? [] : built.problems;
};

const inputOf = (tool: CompiledTool): JsonObject => tool.definition.inputSchema as JsonObject;

describe('a tool', () => {
  it('says what it does, what it changes and which request it is', () => {
    const operation = {
      operationId: 'pets/remove',
      summary: 'Remove a pet',
      description: 'For good.',
      deprecated: true,
    };
    const tool = only(compiled({ '/pets/{id}': { delete: operation } }));
    expect(tool.definition).toEqual({
      name: 'pets_remove',
      title: 'Remove a pet',
      description: 'Deprecated.\n\nRemove a pet\n\nFor good.\n\nDELETE /pets/{id}',
      inputSchema: {
        type: 'object',
        properties: { id: { type: ['string', 'integer'] } },
        required: ['id'],
        additionalProperties: false,
      },
      annotations: {
        title: 'Remove a pet',
        readOnlyHint: false,
        destructiveHint: true,
        idempotentHint: true,
        openWorldHint: true,
      },
      _meta: {
        'io.github.mcp-hub-registry/operation': { method: 'DELETE', path: '/pets/{id}', operationId: 'pets/remove' },
      },
    });
  });

  it.each([
    ['get', true, false, true],
    ['head', true, false, true],
    ['query', true, false, true],
    ['put', false, true, true],
    ['delete', false, true, true],
    ['post', false, true, false],
    ['patch', false, true, false],
  ])(
    'for %s has readOnly %s, destructive %s, idempotent %s',
    (method, readOnlyHint, destructiveHint, idempotentHint) => {
      expect(only(compiled({ '/a': { [method]: {} } })).definition.annotations).toEqual({
        readOnlyHint,
        destructiveHint,
        idempotentHint,
        openWorldHint: true,
      });
    },
  );

  it('shows no text that hides or steers', () => {
    const tool = only(
      compiled({ '/a': { get: { summary: 'List\u202e\u200b \u0007pets', description: 'x'.repeat(10_000) } } }),
    );
    expect(tool.definition.title).toBe('List pets');
    expect(String(tool.definition.description).length).toBeLessThan(2100);
  });

  it('without arguments takes an empty object', () => {
    expect(inputOf(only(compiled({ '/a': { get: {} } })))).toEqual({
      type: 'object',
      properties: {},
      additionalProperties: false,
    });
  });
});

describe('arguments', () => {
  const everywhere = only(
    compiled({
      '/{id}': {
        put: {
          parameters: [
            { name: 'id', in: 'path', schema: { type: 'integer' } },
            { name: 'id', in: 'query' },
            { name: 'X-Trace', in: 'header', description: 'Trace', schema: { type: 'string' } },
          ],
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { properties: { id: { type: 'string' } }, required: ['id'] } } },
          },
        },
      },
    }),
  );

  it('of one name in several places say where they belong; the body keeps the name', () => {
    expect(Object.keys(inputOf(everywhere).properties ?? {})).toEqual(['id', 'id__path', 'id__query', 'X-Trace']);
    expect(inputOf(everywhere).required).toEqual(['id', 'id__path']);
    expect(request(everywhere, { id: 'body', id__path: 7, id__query: 'q', 'X-Trace': 't' })).toMatchObject({
      method: 'PUT',
      path: '/7',
      query: ['id=q'],
      headers: { 'x-trace': 't', 'content-type': 'application/json' },
      body: '{"id":"body"}',
    });
  });

  it('keep a body property that looks like a suffixed parameter apart from it', () => {
    const tool = only(
      compiled({
        '/{id}': {
          put: {
            requestBody: { content: { 'application/json': { schema: { properties: { id: {}, id__path: {} } } } } },
          },
        },
      }),
    );
    expect(Object.keys(inputOf(tool).properties ?? {})).toEqual(['id', 'id__path', 'id__path_2']);
    expect(request(tool, { id: 1, id__path: 2, id__path_2: 'p' })).toMatchObject({
      path: '/p',
      body: '{"id":1,"id__path":2}',
    });
  });

  it('with names that model APIs refuse are renamed, explained and taken under both names', () => {
    const tool = only(
      compiled({
        '/a': {
          get: {
            parameters: [
              { name: 'fields[pet]', in: 'query', description: 'Which' },
              { name: 'Time<', in: 'query' },
              { name: 'Time', in: 'query' },
            ],
          },
        },
      }),
    );
    expect(inputOf(tool).properties).toEqual({
      fields_pet: { description: 'Which. Sent as the query parameter "fields[pet]".' },
      Time_lt: { description: 'Sent as the query parameter "Time<".' },
      Time: {},
    });
    expect(request(tool, { fields_pet: 'a', 'Time<': '1', Time: '2' }).query).toEqual([
      'fields%5Bpet%5D=a',
      'Time%3C=1',
      'Time=2',
    ]);
  });

  it('leave out headers that are not the caller’s and what the operator fills in', () => {
    const header = (name: string): JsonObject => ({ name, in: 'header', required: true });
    const parameters = ['Accept', 'Content-Type', 'Authorization', 'Host', 'X-Api-Key', 'Notion-Version', 'X-Own'].map(
      header,
    );
    const tool = only(
      compiled(
        { '/a': { get: { parameters: [...parameters, { name: 'key', in: 'query' }] } } },
        { components: { securitySchemes: { k: { type: 'apiKey', in: 'header', name: 'x-api-key' } } } },
        {
          headers: ['notion-version'],
          auth: [
            { type: 'apiKey', value: 'v' },
            { type: 'apiKey', value: 'v', in: 'query', name: 'key' },
          ],
        },
      ),
    );
    expect(Object.keys(inputOf(tool).properties ?? {})).toEqual(['X-Own']);
  });

  it('that are required but have a default are sent with it', () => {
    const revision = {
      name: 'revision',
      in: 'header',
      required: true,
      schema: { type: 'string', default: '2025-01-01' },
    };
    const tool = only(compiled({ '/a': { get: { parameters: [revision] } } }));
    expect(inputOf(tool).required).toBeUndefined();
    expect(request(tool, {}).headers.revision).toBe('2025-01-01');
    expect(request(tool, { revision: 'x' }).headers.revision).toBe('x');
  });

  it('show optional defaults and do not send them', () => {
    const limit = { name: 'limit', in: 'query', schema: { type: 'integer', default: 10 } };
    const tool = only(compiled({ '/a': { get: { parameters: [limit] } } }));
    expect(inputOf(tool).properties).toEqual({ limit: { type: 'integer', default: 10 } });
    expect(request(tool, {}).query).toEqual([]);
  });

  it('never come from the prototype', () => {
    const tool = only(
      compiled({
        '/a': {
          get: {
            parameters: [
              { name: 'constructor', in: 'query' },
              { name: 'toString', in: 'query', required: true },
            ],
          },
        },
      }),
    );
    expect(problems(tool, {})).toEqual(['`toString` is missing.']);
    expect(request(tool, JSON.parse('{"toString":"x"}')).query).toEqual(['toString=x']);
  });
});

describe('a body', () => {
  it('that is a plain object becomes one argument per property, through references and allOf', () => {
    const tool = only(
      compiled(
        { '/a': { post: { requestBody: { $ref: '#/components/requestBodies/Cat' } } } },
        {
          components: {
            requestBodies: {
              Cat: {
                required: true,
                content: { 'application/json': { schema: { $ref: '#/components/schemas/Cat' } } },
              },
            },
            schemas: {
              Animal: {
                type: 'object',
                required: ['name'],
                properties: { name: { type: 'string' }, id: { readOnly: true } },
              },
              Cat: {
                allOf: [
                  { $ref: '#/components/schemas/Animal' },
                  { properties: { lives: { type: 'integer' } }, required: ['lives'] },
                ],
              },
            },
          },
        },
      ),
    );
    expect(inputOf(tool)).toEqual({
      type: 'object',
      properties: { name: { type: 'string' }, lives: { type: 'integer' } },
      required: ['name', 'lives'],
      additionalProperties: false,
    });
    expect(request(tool, { name: 'Tom', lives: 9 }).body).toBe('{"name":"Tom","lives":9}');
  });

  it.each<[string, JsonValue, JsonValue]>([
    ['a list', { type: 'array', items: { type: 'integer' } }, [1, 2]],
    ['variants', { oneOf: [{ type: 'string' }, { type: 'object', properties: { a: {} } }] }, 'text'],
    ['a free-form map', { type: 'object', additionalProperties: { type: 'integer' } }, { x: 1 }],
    ['a text', { type: 'string' }, 'x'],
    ['nothing said', {}, { any: [true] }],
  ])('that is %s stays whole', (_, schema, value) => {
    const tool = post(schema, { required: true });
    expect(Object.keys(inputOf(tool).properties ?? {})).toEqual(['body']);
    expect(request(tool, { body: value }).body).toBe(JSON.stringify(value));
    expect(problems(tool, {})[0]).toContain('`body` is missing');
  });

  it('keeps an explicit null, drops nothing and sends {} when it is required but empty', () => {
    const tool = post({ properties: { a: { type: ['string', 'null'] } } }, { required: true });
    expect(request(tool, { a: null }).body).toBe('{"a":null}');
    expect(request(tool, {}).body).toBe('{}');
  });

  it('that is optional is not sent without arguments, and then needs its required properties together', () => {
    const tool = post({ properties: { a: {}, b: {} }, required: ['a'] }, { required: false });
    expect(request(tool, {})).not.toHaveProperty('body');
    expect(request(tool, {}).headers).not.toHaveProperty('content-type');
    expect(problems(tool, { b: 1 })).toEqual(['`a` is missing; it is needed together with `b`.']);
    expect(request(tool, { a: 1 }).body).toBe('{"a":1}');
  });

  it('whose document does not say whether it is optional needs what its schema needs', () => {
    expect(inputOf(post({ properties: { a: {}, b: {} }, required: ['a'] })).required).toEqual(['a']);
  });

  it('takes further properties where the document welcomes them', () => {
    const tool = post({ properties: { a: {} }, additionalProperties: { type: 'integer' } });
    expect(request(tool, { a: 1, x: 2 }).body).toBe('{"a":1,"x":2}');
    expect(problems(tool, { x: 'no' })).toEqual(['`x` must be integer, not "no".']);
  });

  it('comes in the best media type, not the first', () => {
    const content = {
      'application/xml': {},
      'application/x-www-form-urlencoded': {},
      'application/json; charset=utf-8': {},
    };
    const tool = only(compiled({ '/a': { post: { requestBody: { content } } } }));
    expect(request(tool, { body: 1 }).headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('of a form repeats lists, and writes objects as JSON or in their style', () => {
    const schema = {
      properties: {
        a: {},
        list: { type: 'array' },
        o: { type: 'object' },
        deep: { type: 'object' },
        csv: { type: 'array' },
      },
    };
    const encoding = { deep: { style: 'deepObject' }, csv: { explode: false } };
    const content = { 'application/x-www-form-urlencoded': { schema, encoding } };
    const tool = only(compiled({ '/a': { post: { requestBody: { content } } } }));
    const { body } = request(tool, { a: 'x y&', list: [1, 2], o: { k: 1 }, deep: { k: { l: 1 } }, csv: ['a', 'b'] });
    expect(body).toBe('a=x+y%26&list=1&list=2&o=%7B%22k%22%3A1%7D&deep%5Bk%5D%5Bl%5D=1&csv=a,b');
  });

  it('of text is sent as it is', () => {
    expect(request(post({ type: 'string' }, {}, 'text/plain'), { body: 'a\nb' })).toMatchObject({
      body: 'a\nb',
      headers: { 'content-type': 'text/plain' },
    });
    expect(request(post({ type: 'object', properties: { a: {} } }, {}, 'application/xml'), { body: '<a/>' }).body).toBe(
      '<a/>',
    );
  });

  it('of lines has one JSON value in each', () => {
    const tool = post({ type: 'object' }, {}, 'application/x-ndjson');
    expect(request(tool, { body: [{ a: 1 }, { b: 2 }] }).body).toBe('{"a":1}\n{"b":2}\n');
  });

  it('of bytes is base64, as text or with its type', () => {
    const tool = post({ type: 'string', format: 'binary' }, {}, 'application/octet-stream');
    expect(request(tool, { body: 'AP8=' }).body).toEqual(Buffer.from([0, 255]));
    expect(request(tool, { body: { text: 'hi' } }).body).toEqual(Buffer.from('hi'));
    expect(problems(tool, { body: '*no*' })).toEqual(['`body`: the text is not base64.']);
    const image = post({}, {}, 'image/*');
    expect(request(image, { body: { base64: 'AA==', contentType: 'image/png' } }).headers['content-type']).toBe(
      'image/png',
    );
  });

  it('of parts carries files and fields', () => {
    const schema = {
      properties: {
        file: { type: 'string', format: 'binary' },
        more: { type: 'array', items: { type: 'string', contentMediaType: 'application/octet-stream' } },
        name: { type: 'string' },
        meta: { type: 'object' },
      },
    };
    const content = { 'multipart/form-data': { schema, encoding: { file: { contentType: 'image/png, image/jpeg' } } } };
    const tool = only(compiled({ '/a': { post: { requestBody: { content } } } }));
    const { body, headers } = request(tool, {
      file: { base64: 'AAE=', filename: 'a"b.png' },
      more: ['Yg==', { text: 'c', contentType: 'text/plain' }],
      name: 'n',
      meta: { k: 1 },
    });
    const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1];
    expect(
      body
        ?.toString('latin1')
        .split(`--${boundary}`)
        .map((part) => part.trim()),
    ).toEqual([
      '',
      'Content-Disposition: form-data; name="file"; filename="a%22b.png"\r\nContent-Type: image/png\r\n\r\n\u0000\u0001',
      'Content-Disposition: form-data; name="more"; filename="more"\r\nContent-Type: application/octet-stream\r\n\r\nb',
      'Content-Disposition: form-data; name="more"; filename="more"\r\nContent-Type: text/plain\r\n\r\nc',
      'Content-Disposition: form-data; name="name"\r\n\r\nn',
      'Content-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n{"k":1}',
      '--',
    ]);
    expect(problems(tool, { file: '*' })).toEqual(['`file`: the text is not base64.']);
  });
});

describe('checking', () => {
  const tool = only(
    compiled({
      '/pets/{petId}': {
        get: {
          parameters: [
            { name: 'petId', in: 'path', description: 'Which pet.', schema: { type: 'integer' } },
            { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100 } },
            { name: 'sort', in: 'query', schema: { type: 'string', enum: ['name', 'age'] } },
            {
              name: 'filter',
              in: 'query',
              style: 'deepObject',
              schema: { type: 'object', properties: { tags: { type: 'array', items: { type: 'string' } } } },
            },
            { name: 'code', in: 'query', schema: { type: 'string', pattern: '^[A-Z]{2}$' } },
            {
              name: 'either',
              in: 'query',
              schema: { anyOf: [{ type: 'integer' }, { type: 'object', required: ['a'] }] },
            },
          ],
        },
      },
    }),
  );

  it.each<[JsonObject, string]>([
    [{}, '`petId` is missing (integer: Which pet).'],
    [{ petId: 1, limit: 101 }, '`limit` must be <= 100; got 101.'],
    [{ petId: 'x' }, '`petId` must be integer, not "x".'],
    [{ petId: 1, sort: 'size' }, '`sort` must be one of "name" or "age", not "size".'],
    [{ petId: 1, filter: { tags: ['a', 5] } }, '`filter.tags[1]` must be string, not 5.'],
    [{ petId: 1, code: 'xx' }, '`code` must match the pattern "^[A-Z]{2}$", which "xx" does not.'],
    [{ petId: 1, either: 'x' }, '`either` fits none of its forms (integer or object with a); got "x".'],
    [{ petId: 1, limits: 5 }, '`limits` is not known; perhaps `limit` is meant.'],
    [{ petId: 1, pet_id: 5 }, '`pet_id` is not known; perhaps `petId` is meant.'],
    [{ petId: 1, zzz: 5 }, '`zzz` is not known; known are `petId`, `limit`, `sort`, `filter`, `code` and `either`.'],
  ])('says of %j: %s', (given, problem) => {
    expect(problems(tool, given)).toEqual([problem]);
  });

  it('keeps several patterns of one schema apart', () => {
    const text = (pattern: string): JsonObject => ({ type: 'string', pattern });
    const two = post({ properties: { a: text('^a$'), b: text('^b$') } });
    expect(problems(two, { a: 'a', b: 'b' })).toEqual([]);
    expect(problems(two, { a: 'b', b: 'b' })).toEqual(['`a` must match the pattern "^a$", which "b" does not.']);
  });

  it('says everything at once', () => {
    expect(problems(tool, { limit: 0, sort: 1 })).toHaveLength(4);
  });

  it('takes JSON in a text where the schema wants no text', () => {
    expect(request(tool, { petId: '7', filter: '{"tags":["a"]}', sort: 'name' })).toMatchObject({
      path: '/pets/7',
      query: ['sort=name', 'filter%5Btags%5D=a'],
    });
    expect(problems(tool, { petId: '7.5' })).toEqual(['`petId` must be integer, not "7.5".']);
  });

  it('does not change what the caller gave', () => {
    const given = Object.freeze({ petId: '7' });
    expect(request(tool, given).path).toBe('/pets/7');
  });

  it('gives way where a schema cannot be compiled, and says so once', () => {
    const heard: string[] = [];
    const api = compile(
      documentOf(
        {
          '/a': {
            post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/A' } } } } },
          },
        },
        { components: { schemas: { A: { allOf: [{ $ref: '#/components/schemas/A' }, { oneOf: [{}] }] } } } },
      ),
      { onWarning: ({ reason }) => heard.push(reason) },
    );
    expect(request(only(api), { body: { a: 1 } }).body).toBe('{"a":1}');
    expect(request(only(api), { body: 5 }).body).toBe('5');
    expect(heard.length).toBeLessThanOrEqual(1);
  });
});

describe('the path', () => {
  it.each([
    ['/urn:{id}', { id: 7 }, '/urn:7'],
    ['/a b/{id}.json', { id: 'x/y' }, '/a%20b/x%2Fy.json'],
    ['pets', {}, '/pets'],
    ['/grüße', {}, '/gr%C3%BC%C3%9Fe'],
  ])('%s with %j is %s', (path, given, expected) => {
    expect(request(only(compiled({ [path]: { get: {} } })), given).path).toBe(expected);
  });

  it('may carry a query and a fragment that tells operations apart', () => {
    const tool = only(compiled({ '/a?beta=true&id={id}#x': { get: { parameters: [{ name: 'q', in: 'query' }] } } }));
    expect(request(tool, { id: 'a b', q: 1 })).toMatchObject({ path: '/a', query: ['beta=true&id=a%20b', 'q=1'] });
  });

  it('is never left through an argument', () => {
    const tool = only(compiled({ '/users/{id}/{a}{b}/keys': { delete: {} } }));
    expect(problems(tool, { id: '..', a: 'x', b: 'y' })[0]).toContain('`id`');
    expect(problems(tool, { id: 'x', a: '%2e', b: 'y' })[0]).toContain('`a`');
    expect(problems(tool, { id: '', a: 'x', b: 'y' })[0]).toContain('empty');
    expect(problems(tool, { id: 'x', a: 'y' })[0]).toContain('`b` is missing');
  });

  it('that itself holds a dot segment gives no tool', () => {
    const api = compiled({ '/a/../b': { get: {} }, '/c': { get: {} } });
    expect(api.tools.map(({ path }) => path)).toEqual(['/c']);
    expect(api.warnings[0]?.reason).toContain('segment');
  });
});

describe('the answer', () => {
  const answering = (responses: JsonObject, more?: JsonObject): CompiledTool =>
    only(compiled({ '/a': { get: { responses } } }, more));
  const json = (schema: JsonValue): JsonObject => ({ content: { 'application/json': { schema } } });

  it('that is an object is described without demands', () => {
    const schema = { type: 'object', required: ['id'], properties: { id: { type: 'integer', minimum: 1 } } };
    expect(answering({ '200': json(schema) }).definition.outputSchema).toEqual({
      type: 'object',
      properties: { id: { type: 'integer' } },
    });
  });

  it.each<[string, JsonObject]>([
    ['a list', { '200': json({ type: 'array', items: {} }) }],
    ['variants', { '200': json({ anyOf: [{ type: 'object', properties: { a: {} } }, { type: 'string' }] }) }],
    ['text', { '200': { content: { 'text/plain': { schema: { type: 'string' } } } } }],
    ['an error only', { '404': json({ type: 'object', properties: { a: {} } }) }],
    [
      'too large',
      {
        '200': json({
          type: 'object',
          properties: Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`p${i}`, {}])),
        }),
      },
    ],
  ])('that is %s has no output schema', (_, responses) => {
    expect(answering(responses).definition).not.toHaveProperty('outputSchema');
  });

  it('is asked for as JSON first', () => {
    const content = { 'text/csv': {}, 'application/hal+json': {} };
    expect(request(answering({ '200': { content } }), {}).headers.accept).toBe(
      'application/hal+json, text/csv;q=0.9, */*;q=0.5',
    );
    expect(request(answering({}), {}).headers.accept).toBe('application/json, */*;q=0.5');
  });
});

describe('selection', () => {
  const paths = {
    '/pets': { get: { operationId: 'pets/list' }, post: { operationId: 'pets/add' } },
    '/pets/one': { get: { operationId: 'pets/get' } },
    '/users': { get: {} },
  };
  it.each<[CompileOptions, string[]]>([
    [{ include: ['pets/list'] }, ['pets_list']],
    [{ include: ['pets/*'], exclude: ['pets/add'] }, ['pets_list', 'pets_get']],
    [{ include: ['get /pets*'] }, ['pets_list', 'pets_get']],
    [{ include: ['pets_add', 'GET /users'] }, ['pets_add', 'get_users']],
    [{ exclude: ['GET *'] }, ['pets_add']],
  ])('%j takes %j', (options, names) => {
    expect(compiled(paths, {}, options).tools.map(({ name }) => name)).toEqual(names);
  });

  it('reports lines that match nothing', () => {
    expect(compiled(paths, {}, { include: ['pets/list', 'nothing'] }).warnings).toEqual([
      { place: '#/paths', reason: 'openapi.include: "nothing" matches no operation.' },
    ]);
  });
});

describe('a hostile document', () => {
  it('with one large schema under very many operations stays bounded', () => {
    const description = 'x'.repeat(900);
    const properties = Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [`p${i}`, { type: 'string', description }]),
    );
    const additionalOperations = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`M${i}`, {}]));
    const api = compiled({
      '/a': { parameters: [{ name: 'q', in: 'query', schema: { properties } }], additionalOperations },
    });
    expect(api.tools.length).toBeLessThan(300);
    expect(api.warnings.at(-1)?.reason).toContain('All tools together');
  });

  it('with members that multiply in allOf comes to an end', () => {
    const schemas: JsonObject = { S12: { properties: { a: {} } } };
    for (let i = 0; i < 12; i++)
      schemas[`S${i}`] = { allOf: Array(50).fill({ $ref: `#/components/schemas/S${i + 1}` }) };
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/S0' } } };
    const api = compiled({ '/a': { post: { requestBody: { content } } } }, { components: { schemas } });
    expect(api.tools).toHaveLength(1);
  });

  it('never reaches the prototype through its names', () => {
    const document = JSON.parse(
      '{"openapi":"3.1.0","paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"schema":{"properties":{"__proto__":{"type":"string"},"a":{}}}}}}}}}}',
    );
    const tool = only(compile(document));
    expect(Object.keys(inputOf(tool).properties ?? {})).toEqual(['a']);
    expect({}).not.toHaveProperty('type');
  });
});
