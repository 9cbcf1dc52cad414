import { describe, expect, it } from 'vitest';
import { MAX_YAML_BYTES, readDocument } from './read.ts';

describe('readDocument', () => {
  it('reads JSON, YAML and YAML in flow style to the same tree', () => {
    const expected = { openapi: '3.1.0', paths: { '/a': { get: { responses: { '200': {} } } } } };
    expect(readDocument(JSON.stringify(expected), 'a')).toEqual(expected);
    const yaml = 'openapi: 3.1.0\r\npaths:\r\n  /a:\r\n    get:\r\n      responses:\r\n        200: {}\r\n';
    expect(readDocument(yaml, 'a')).toEqual(expected);
    expect(readDocument('{openapi: 3.1.0, paths: {/a: {get: {responses: {200: {}}}}}}', 'a')).toEqual(expected);
    expect(readDocument(`\ufeff${yaml}`, 'a')).toEqual(expected);
  });

  it('keeps the words of YAML 1.1 as words', () => {
    expect(readDocument('a: yes\nb: 2020-01-01\ny: no\nc: .nan', 'a')).toEqual({
      a: 'yes',
      b: '2020-01-01',
      y: 'no',
      c: null,
    });
  });

  it('copies aliases and merge keys, and lets the last of two equal keys count', () => {
    expect(readDocument('a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}\nd: 1\nd: 2', 'a')).toEqual({
      a: { x: 1 },
      b: { x: 1 },
      c: { x: 1, y: 2 },
      d: 2,
    });
  });

  it('cuts a value that contains itself', () => {
    expect(readDocument('info: &a\n  title: t\n  self: *a\n', 'a')).toEqual({ info: { title: 't', self: null } });
  });

  it('refuses an alias bomb', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(() => readDocument(lines.join('\n'), 'bomb.yaml')).toThrow(/bomb\.yaml is neither JSON nor YAML/);
  });

  it('never lets a key reach the prototype', () => {
    const document = readDocument('__proto__: {polluted: true}\na: {__proto__: {polluted: true}}', 'a');
    expect(document).not.toHaveProperty('polluted');
    expect(document.a).not.toHaveProperty('polluted');
  });

  it.each([
    ['{"a": ]', /line 1, column 7/],
    ['a: b\n  c: d\n- x', /line \d+, column \d+/],
    ['', /no object/],
    ['just text', /no object/],
    ['[1]', /no object/],
    [`${'['.repeat(100_000)}`, /deeper|neither/],
    [`a: ${'['.repeat(100_000)}`, /neither JSON nor YAML/],
    [`{"a": ${'['.repeat(300)}${']'.repeat(300)}}`, /deeper/],
    [`# ${'x'.repeat(MAX_YAML_BYTES)}`, /larger than/],
  ])('refuses an unreadable text and says where (%#)', (text, message) => {
    expect(() => readDocument(text, 'the file')).toThrow(message);
    expect(() => readDocument(text, 'the file')).toThrow(/the file/);
  });
});
