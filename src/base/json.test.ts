import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HubError } from './errors.ts';
import { type JsonValue, parseJson, stableStringify } from './json.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof HubError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
};

describe('parseJson', () => {
  it('says in which line and column a text goes wrong', () => {
    expect(() => parseJson('{\n  "a": 1,\n  "b": x\n}')).toThrow(/line 3, column 8/);
    expect(() => parseJson('{"a": 1')).toThrow(/line 1, column 8: the text ends too early/);
    expect(() => parseJson('[1, 2,]')).toThrow(/line 1, column 7: unexpected "]"/);
    expect(() => parseJson('{"a" 1}')).toThrow(/line 1, column 6/);
    expect(() => parseJson('1 2')).toThrow(/line 1, column 3/);
    expect(() => parseJson("{'a': 1}")).toThrow(/line 1, column 2/);
    expect(() => parseJson(' ')).toThrow(/empty/);
  });

  it('always finds a place in a text that is broken', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.constantFrom('', 'x', '"', '{', ',', '\\'), (value, at, broken) => {
        const text = JSON.stringify(value);
        const cut = at % (text.length + 1);
        const changed = text.slice(0, cut) + broken + text.slice(cut + 1);
        try {
          JSON.parse(changed);
        } catch {
          expect(() => parseJson(changed)).toThrow(/Not valid JSON: (line \d+, column \d+: |the text is empty)/);
        }
      }),
    );
  });

  it('has limits of size and depth, and brackets in strings do not count', () => {
    const limits = { maxBytes: 100, maxDepth: 3 };
    expect(codeOf(() => parseJson('"é".repeat'.padEnd(101), limits))).toBe('json.too_large');
    expect(codeOf(() => parseJson(`"${'é'.repeat(60)}"`, limits))).toBe('json.too_large');
    expect(codeOf(() => parseJson('[[[[1]]]]', limits))).toBe('json.too_deep');
    expect(parseJson('[[["[[[[{{{\\"[["]]]', limits)).toEqual([[['[[[[{{{"[[']]]);
  });

  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(parseJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

it('stableStringify gives equal texts for equal values, whatever the order of keys', () => {
  expect(stableStringify({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse());
      expect(stableStringify(reversed as JsonValue)).toBe(stableStringify(object as JsonValue));
    }),
  );
});
