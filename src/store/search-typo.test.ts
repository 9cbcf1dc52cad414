import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowsTypo, isOneEditApart, typoKeys } from './search-typo.ts';

describe('isOneEditApart', () => {
  it.each([
    ['weather', 'wether', true],
    ['weather', 'weatherr', true],
    ['weather', 'wxather', true],
    ['weather', 'waether', true],
    ['weather', 'eweather', true],
    ['weather', 'weathe', true],
    ['weather', 'weather', false],
    ['weather', 'waehter', false],
    ['weather', 'wethr', false],
    ['abcde', 'abced', true],
    ['москва', 'мсоква', true],
  ])('of %s and %s is %s', (one, other, expected) => {
    expect(isOneEditApart(one, other)).toBe(expected);
    expect(isOneEditApart(other, one)).toBe(expected);
  });
});

describe('typoKeys', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 4, maxLength: 7 });

  it('has a key in common for any two words that are one edit apart', () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        fc.pre(isOneEditApart(one, other));
        const keys = new Set(typoKeys(one));
        expect(typoKeys(other).some((key) => keys.has(key))).toBe(true);
      }),
    );
  });

  it('is empty for words with digits, and for short and very long ones', () => {
    for (const one of ['v2024', 'abc', 'x'.repeat(33)]) expect(typoKeys(one)).toEqual([]);
  });
});

describe('allowsTypo', () => {
  it('asks for five letters and nothing else', () => {
    expect(['slack', 'jira', 'k8sapp', 'x'.repeat(33)].map(allowsTypo)).toEqual([true, false, false, false]);
  });
});
