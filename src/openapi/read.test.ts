import { describe, expect, it } from 'vitest';
import { MAX_YAML_BYTES, readDocument } from './read.ts';

describe('readDocument', () => {
  it('reads JSON, YAML and YAML in flow style to the same tree', async () => {
    const expected = { openapi: '3.1.0', paths: { '/a': { get: { responses: { '200': {} } } } } };
    expect(await readDocument(JSON.stringify(expected), 'a')).toEqual(expected);
    const yaml = 'openapi: 3.1.0\r\npaths:\r\n  /a:\r\n    get:\r\n      responses:\r\n        200: {}\r\n';
    expect(await readDocument(yaml, 'a')).toEqual(expected);
    expect(await readDocument('{openapi: 3.1.0, paths: {/a: {get: {responses: {200: {}}}}}}', 'a')).toEqual(expected);
    expect(await readDocument(`\ufeff${yaml}`, 'a')).toEqual(expected);
  });

  it('keeps the words of YAML 1.1 as words', async () => {
    expect(await readDocument('a: yes\nb: 2020-01-01\ny: no\nc: .nan', 'a')).toEqual({
      a: 'yes',
      b: '2020-01-01',
      y: 'no',
      c: null,
    });
  });

  it('copies aliases and merge keys, and lets the last of two equal keys count', async () => {
    expect(await readDocument('a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}\nd: 1\nd: 2', 'a')).toEqual({
      a: { x: 1 },
      b: { x: 1 },
      c: { x: 1, y: 2 },
      d: 2,
    });
  });

  it('cuts a value that contains itself', async () => {
    expect(await readDocument('info: &a\n  title: t\n  self: *a\n', 'a')).toEqual({ info: { title: 't', self: null } });
  });

  it('refuses an alias bomb', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    await expect(readDocument(lines.join('\n'), 'bomb.yaml')).rejects.toThrow(/bomb\.yaml is neither JSON nor YAML/);
  });

  it('refuses a text of very many tiny values', async () => {
    await expect(readDocument(`{"a":[${'{},'.repeat(3_000_000)}{}]}`, 'a')).rejects.toThrow(/more than 3000000 values/);
  });

  it('ends with its signal', async () => {
    const reason = new Error('given up');
    await expect(readDocument('a: b', 'a', AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const reading = readDocument(`a: [${'x, '.repeat(1_000_000)}x]`, 'a', controller.signal);
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('never lets a key reach the prototype', async () => {
    const document = await readDocument('__proto__: {polluted: true}\na: {__proto__: {polluted: true}}', 'a');
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
  ])('refuses an unreadable text and says where (%#)', async (text, message) => {
    await expect(readDocument(text, 'the file')).rejects.toThrow(message);
    await expect(readDocument(text, 'the file')).rejects.toThrow(/the file/);
  });
});
