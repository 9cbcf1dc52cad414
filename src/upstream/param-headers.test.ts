import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHeaderValue, paramHeaders, scanParamHeaders, standardHeaders } from './param-headers.ts';

const mirrored = (name: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': name });

describe('Mcp-Param headers', () => {
  it('are found at any depth of properties', () => {
    const scan = scanParamHeaders({
      type: 'object',
      properties: {
        region: mirrored('Region'),
        place: { type: 'object', properties: { level: mirrored('Level', 'integer') } },
        plain: { type: 'string' },
      },
    });
    expect(scan).toEqual({
      ok: true,
      headers: [
        { path: ['region'], header: 'mcp-param-region' },
        { path: ['place', 'level'], header: 'mcp-param-level' },
      ],
    });
  });

  it.each([
    ['under items', { properties: { list: { type: 'array', items: { properties: { a: mirrored('A') } } } } }],
    ['in a oneOf', { properties: { a: { oneOf: [mirrored('A')] } } }],
    ['in $defs', { $defs: { a: mirrored('A') } }],
    ['in additionalProperties', { additionalProperties: mirrored('A') }],
    ['on the schema itself', mirrored('A', 'object')],
    ['on a number', { properties: { a: mirrored('A', 'number') } }],
    ['on an object', { properties: { a: mirrored('A', 'object') } }],
    ['with an empty name', { properties: { a: mirrored('') } }],
    ['with a name that is no token', { properties: { a: mirrored('a b') } }],
    ['with a name that is no text', { properties: { a: mirrored(5) } }],
    ['twice without regard to case', { properties: { a: mirrored('A'), b: mirrored('a') } }],
  ])('make a tool invalid %s', (_where, schema) => {
    expect(scanParamHeaders(schema).ok).toBe(false);
  });

  it('are not looked for in values, nor in a property that happens to have their name', () => {
    const schema = {
      properties: {
        'x-mcp-header': { type: 'string' },
        a: { enum: [{ 'x-mcp-header': 'A' }], default: mirrored('A') },
      },
    };
    expect(scanParamHeaders(schema)).toEqual({ ok: true, headers: [] });
  });

  it('end the look at a schema without end', () => {
    let schema: Record<string, unknown> = {};
    for (let i = 0; i < 1000; i++) schema = { properties: { a: schema } };
    expect(scanParamHeaders(schema)).toMatchObject({ ok: false, reason: expect.stringContaining('too large') });
  });

  it('mirror texts, integers and booleans, and leave the rest out', () => {
    const headers = ['text', 'int', 'bool', 'none', 'null', 'float', 'list'].map((name) => ({
      path: ['args', name],
      header: `mcp-param-${name}`,
    }));
    const args = { args: { text: 'a b', int: -5, bool: false, null: null, float: 1.5, list: [] } };
    expect(paramHeaders(headers, args)).toEqual({
      'mcp-param-text': 'a b',
      'mcp-param-int': '-5',
      'mcp-param-bool': 'false',
    });
    expect(paramHeaders([{ path: ['toString'], header: 'mcp-param-x' }], {})).toEqual({});
    expect(paramHeaders(headers, undefined)).toEqual({});
  });
});

describe('header values', () => {
  it.each(['plain', 'with spaces inside', 'a', '~!', 'tab\tinside'])('pass as they are: %j', (text) => {
    expect(encodeHeaderValue(text)).toBe(text);
  });

  it.each(['', ' led by a blank', 'trailed ', 'Grüße', 'line\nbreak', '=?base64?QQ==?='])('are encoded: %j', (text) => {
    expect(encodeHeaderValue(text)).toMatch(/^=\?base64\?[A-Za-z0-9+/=]*\?=$/);
  });

  it('come back unchanged and are always visible ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const value = encodeHeaderValue(text);
        expect(value).toMatch(/^[\t -~]*$/);
        const inner = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
        expect(inner === undefined ? value : Buffer.from(inner, 'base64').toString('utf8')).toBe(text);
      }),
    );
  });
});

describe('standard headers', () => {
  it('name the revision, the method and what it is about', () => {
    expect(standardHeaders('resources/read', { uri: 'file:///ä' }, '2026-07-28')).toEqual({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'resources/read',
      'mcp-name': `=?base64?${Buffer.from('file:///ä').toString('base64')}?=`,
    });
    expect(standardHeaders('tools/list', { name: 'x' }, '2026-07-28')).not.toHaveProperty('mcp-name');
    expect(standardHeaders('toString', {}, '2026-07-28')).not.toHaveProperty('mcp-name');
  });
});
