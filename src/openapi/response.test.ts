import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { createRedactor } from './redact.ts';
import { DRIFT_META, HTTP_META, type ResponseContext, type ToolResponse, toToolResult } from './response.ts';
import { createValidators } from './validate.ts';

const context: ResponseContext = { method: 'GET', url: 'https://api.example/a?q=1', redact: (text) => text };

const answer = (body: string | Buffer, type: string | undefined, more: Partial<ToolResponse> = {}): ToolResponse => ({
  status: 200,
  statusText: 'OK',
  headers: type === undefined ? {} : { 'content-type': type },
  body: Buffer.from(body),
  ...more,
});

const result = (body: string | Buffer, type?: string, more?: Partial<ToolResponse>): JsonObject =>
  toToolResult(answer(body, type, more), context);

const withSchema = (body: string, schema: JsonObject, type = 'application/json'): JsonObject => {
  const output = createValidators().check(schema, (reason) => expect(reason).toBe(''));
  return toToolResult(answer(body, type), { ...context, output });
};

describe('a success', () => {
  it('of a JSON object is text and structured content', () => {
    expect(result('{"a": [1]}', 'application/hal+json')).toEqual({
      content: [{ type: 'text', text: '{"a": [1]}' }],
      structuredContent: { a: [1] },
      _meta: { [HTTP_META]: { status: 200 } },
    });
  });

  it.each(['[1,2]', '"x"', '5', 'null', 'not json'])('of JSON that is no object is text: %s', (text) => {
    expect(result(text, 'application/json')).toEqual({
      content: [{ type: 'text', text }],
      _meta: { [HTTP_META]: { status: 200 } },
    });
  });

  it('keeps integers exact that structured content would round', () => {
    const text = '{"id": 9007199254740993}';
    expect(result(text, 'application/json')).not.toHaveProperty('structuredContent');
    expect(result(text, 'application/json').content).toEqual([{ type: 'text', text }]);
    expect(result('{"id": 9007199254740991, "s": "12345678901234567890"}', 'application/json')).toHaveProperty(
      'structuredContent',
    );
  });

  it('of text is text in its charset', () => {
    expect(result(Buffer.from([0xe9]), 'text/plain; charset=ISO-8859-1').content).toEqual([
      { type: 'text', text: 'é' },
    ]);
    expect(result('\ufeffa', 'text/csv').content).toEqual([{ type: 'text', text: 'a' }]);
    expect(result('<a/>', 'application/xml').content).toEqual([{ type: 'text', text: '<a/>' }]);
    expect(result('é', 'text/plain; charset=no-such').content).toEqual([{ type: 'text', text: 'é' }]);
  });

  it('of an image, of sound or of other bytes is that', () => {
    const bytes = Buffer.from([0, 255]);
    expect(result(bytes, 'image/png').content).toEqual([{ type: 'image', data: 'AP8=', mimeType: 'image/png' }]);
    expect(result(bytes, 'audio/mpeg; x=y').content).toEqual([{ type: 'audio', data: 'AP8=', mimeType: 'audio/mpeg' }]);
    expect(result(bytes, 'application/pdf').content).toEqual([
      { type: 'resource', resource: { uri: context.url, mimeType: 'application/pdf', blob: 'AP8=' } },
    ]);
  });

  it('that does not say what it is, is looked at', () => {
    expect(result('{"a":1}')).toHaveProperty('structuredContent', { a: 1 });
    expect(result('plain').content).toEqual([{ type: 'text', text: 'plain' }]);
    expect(result(Buffer.from([0xff, 0xfe, 0x00])).content).toMatchObject([{ type: 'resource' }]);
  });

  it('without content says so', () => {
    expect(result('', 'application/json', { status: 204, statusText: 'No Content' }).content).toEqual([
      { type: 'text', text: 'Done: HTTP 204 No Content, no content.' },
    ]);
  });

  it('gives on the headers that help to go on, and no others', () => {
    const headers = {
      link: '</2>; rel=next',
      etag: '"1"',
      'x-ratelimit-remaining': '5',
      'set-cookie': 'a=b',
      server: 'x',
    };
    expect(result('', undefined, { headers })._meta).toEqual({
      [HTTP_META]: { status: 200, headers: { link: '</2>; rel=next', etag: '"1"', 'x-ratelimit-remaining': '5' } },
    });
  });
});

describe('an answer beside its output schema', () => {
  const schema: JsonObject = {
    type: 'object',
    properties: { id: { type: 'integer' }, list: { type: 'array', items: { type: 'string' } }, o: { type: 'object' } },
  };

  it('is given whole when it fits', () => {
    const fitting = withSchema('{"id":1,"list":["a"],"more":true}', schema);
    expect(fitting.structuredContent).toEqual({ id: 1, list: ['a'], more: true });
    expect(fitting._meta).not.toHaveProperty([DRIFT_META]);
  });

  it('loses in its structure only what differs; the text keeps everything', () => {
    const text = '{"id":"x","list":["a",1,"b",2],"o":null,"more":1}';
    const drifted = withSchema(text, schema);
    expect(drifted.structuredContent).toEqual({ list: ['a', 'b'], more: 1 });
    expect(drifted.content).toEqual([{ type: 'text', text }]);
    expect(drifted._meta).toMatchObject({ [DRIFT_META]: ['/id', '/list/1', '/list/3', '/o'] });
  });

  it.each([
    ['[1]', 'application/json'],
    ['null', 'application/json'],
    ['text', 'text/plain'],
    ['', 'application/json'],
  ])('always has a structure, because clients insist on it: %j of %s', (body, type) => {
    expect(withSchema(body, schema, type).structuredContent).toEqual({});
  });
});

describe('an error', () => {
  it.each<[number, RegExp]>([
    [400, /did not accept the arguments/],
    [401, /openapi\.auth/],
    [403, /do not allow/],
    [404, /nothing at this address/],
    [409, /read it again/],
    [418, /HTTP 418 I'm a Teapot\.$/],
    [500, /may work later/],
  ])('%i says what to do', (status, advice) => {
    const failed = result('', undefined, { status, statusText: '' });
    expect(failed.isError).toBe(true);
    expect(failed.content).toMatchObject([{ text: expect.stringMatching(advice) }]);
    expect(failed.content).toMatchObject([{ text: expect.stringContaining('GET https://api.example/a was answered') }]);
  });

  it('tells when to come back', () => {
    const headers = { 'retry-after': '7' };
    expect(result('', undefined, { status: 429, headers })).toMatchObject({
      content: [{ text: expect.stringContaining('after 7 seconds') }],
      _meta: { [HTTP_META]: { status: 429, headers } },
    });
  });

  it('shows what the API says, cut and cleaned', () => {
    const text = (failed: JsonObject): string => (failed.content as { text: string }[])[0]?.text ?? '';
    expect(text(result('{"detail":"name is taken"}', 'application/problem+json', { status: 422 }))).toContain(
      'The API says:\n{"detail":"name is taken"}',
    );
    expect(text(result('x'.repeat(100_000), 'text/plain', { status: 500 })).length).toBeLessThan(4500);
    const page = '<html><style>p{}</style><script>evil()</script><h1>Down</h1> for <b>now</b></html>';
    expect(text(result(page, 'text/html', { status: 503 }))).toContain('The API says:\nDown for now');
    expect(text(result(Buffer.from([1, 2]), 'application/pdf', { status: 500 }))).not.toContain('The API says');
  });

  it('of a redirect names the target without its query', () => {
    const headers = { location: 'https://other.example/x?token=secret' };
    const failed = result('', undefined, { status: 302, headers });
    expect(failed.content).toMatchObject([{ text: expect.stringContaining('to https://other.example/x;') }]);
  });
});

describe('secrets', () => {
  const redact = createRedactor(['s3cr3t-"token"', 'abc']);

  it.each([
    ['you sent s3cr3t-"token"!', 'you sent [redacted]!'],
    ['{"a":"s3cr3t-\\"token\\""}', '{"a":"[redacted]"}'],
    ['https://a/?k=s3cr3t-%22token%22', 'https://a/?k=[redacted]'],
    ['abc is too short to be one', 'abc is too short to be one'],
  ])('never come back: %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('are taken out of every part of a result', () => {
    const headers = { 'content-type': 'application/json', location: '/s3cr3t-"token"' };
    const echoed = toToolResult(
      { status: 200, statusText: '', headers, body: Buffer.from('{"echo":"s3cr3t-\\"token\\""}') },
      { ...context, redact },
    );
    expect(JSON.stringify(echoed)).not.toContain('s3cr3t');
    expect(echoed.structuredContent).toEqual({ echo: '[redacted]' });
  });
});
