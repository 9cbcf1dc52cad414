import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from './lines.ts';

function split(
  chunks: readonly Uint8Array[],
  maxBytes = 1024,
): { lines: string[]; oversized: [string, string, number][] } {
  const lines: string[] = [];
  const oversized: [string, string, number][] = [];
  const splitter = createLineSplitter(maxBytes, {
    line: (text) => lines.push(text),
    oversized: (head, tail, bytes) => oversized.push([head, tail, bytes]),
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { lines, oversized };
}

describe('line splitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    const line = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, 'ü'));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(60), { maxLength: 20 }), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        chunks.push(bytes.subarray(at));
        expect(split(chunks).lines).toEqual(bytes.toString('utf8').split('\n').slice(0, -1));
      }),
    );
  });

  it('takes both kinds of line breaks, leaves out empty lines and gives out a last line without a break', () => {
    expect(split([Buffer.from('a\r\n\n\r\nb\nc')]).lines).toEqual(['a', 'b', 'c']);
  });

  it('drops a line over the limit, tells its size and its ends, and goes on with the next', () => {
    const long = `{"begin"${'x'.repeat(3000)}"end"}`;
    const { lines, oversized } = split(
      [Buffer.from(long.slice(0, 1500)), Buffer.from(`${long.slice(1500)}\nnext\n`)],
      1000,
    );
    expect(lines).toEqual(['next']);
    expect(oversized).toHaveLength(1);
    const [head, tail, bytes] = oversized[0] ?? ['', '', 0];
    expect(head.startsWith('{"begin"')).toBe(true);
    expect(tail.endsWith('"end"}')).toBe(true);
    expect(bytes).toBe(long.length);
  });

  it('tells the beginning of a dropped line however small its first pieces were', () => {
    const long = `{"jsonrpc":"2.0","id":7,"result":"${'x'.repeat(3000)}"}`;
    const pieces = [...long.slice(0, 40)].map((one) => Buffer.from(one));
    const { oversized } = split([...pieces, Buffer.from(`${long.slice(40)}\n`)], 1000);
    expect(oversized[0]?.[0].startsWith('{"jsonrpc":"2.0","id":7,"result":"x')).toBe(true);
  });

  it('takes a line of exactly the limit', () => {
    expect(split([Buffer.from(`${'x'.repeat(10)}\n`)], 10)).toEqual({ lines: ['x'.repeat(10)], oversized: [] });
  });
});
