import { describe, expect, it } from 'vitest';
import { boundedPattern, longestText } from './pattern.ts';

describe('boundedPattern', () => {
  it.each([
    ['^[a-z]+$', 'abc', true],
    ['^[a-z]+$', 'ABC', false],
    ['\\d{3}', 'x123', true],
    ['^(foo|bar)$', 'baz', false],
    ['^[+*(]{2}$', '+*', true],
  ])('tests %s on %s', (pattern, text, matches) => {
    expect(boundedPattern(pattern, 'u').test(text)).toBe(matches);
  });

  it.each(['^(a+)+$', '^(a|aa)*$', '^(a*){20,}$', '^((a|b)*c)+$', '(x+x+)+y', '^([a-z]+)*\\1$'])(
    'lets a long text pass unchecked where %s could take for ever',
    (pattern) => {
      expect(longestText(pattern)).toBeLessThan(30);
      expect(boundedPattern(pattern, 'u').test(`${'a'.repeat(5000)}!`)).toBe(true);
    },
  );

  it('shortens the text for each repetition', () => {
    expect(longestText('^abc$')).toBe(Number.POSITIVE_INFINITY);
    expect(longestText('^a+$')).toBeGreaterThan(1_000_000);
    expect(longestText('^a*b*$')).toBeGreaterThan(1000);
    expect(longestText('^a*b*c*d*$')).toBeLessThan(100);
    expect(longestText('^[*+]{2,3}$')).toBe(Number.POSITIVE_INFINITY);
  });
});
