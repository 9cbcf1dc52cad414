import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, type DatedVersion, isSemver, looksLikeRange } from './versions.ts';

const at = (version: string, publishedAt = '2026-01-01T00:00:00Z'): DatedVersion => ({ version, publishedAt });

/** Versions of both kinds, with numbers longer than a double holds. */
const number = fc.oneof(
  fc.nat({ max: 30 }).map(String),
  fc.constant('99999999999999999999'),
  fc.constant('99999999999999999998'),
);
const core = fc.tuple(number, number, number).map((parts) => parts.join('.'));
const identifier = fc.oneof(number, fc.constantFrom('alpha', 'beta', 'rc', '0a', '-', 'x'));
const prerelease = fc
  .array(identifier, { maxLength: 3 })
  .map((parts) => (parts.length > 0 ? `-${parts.join('.')}` : ''));
const semver = fc
  .tuple(fc.constantFrom('', 'v'), core, prerelease, fc.constantFrom('', '+b1', '+b.2'))
  .map((parts) => parts.join(''));
const anyVersion = fc.oneof(semver, fc.constantFrom('snapshot', '2025-01-01', '1.0', '01.0.0', ''));
const dated = fc
  .tuple(anyVersion, fc.integer({ min: 0, max: 5 }))
  .map(([version, second]) => at(version, `2026-01-01T00:00:0${second}.5Z`));

describe('compareVersions', () => {
  it('is a total order', () => {
    fc.assert(
      fc.property(dated, dated, dated, (a, b, c) => {
        expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
        expect(compareVersions(a, a)).toBe(0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        if (compareVersions(a, b) === 0) expect(compareVersions(a, c)).toBe(compareVersions(b, c));
      }),
      { numRuns: 2000 },
    );
  });

  it('knows every version that is made by the grammar as a semantic one', () => {
    fc.assert(fc.property(semver, (version) => isSemver(version)));
  });

  it('compares dates of different precision by time, not by text', () => {
    expect(compareVersions(at('a', '2026-01-01T00:00:00.5Z'), at('b', '2026-01-01T00:00:00Z'))).toBe(1);
    expect(compareVersions(at('a', '2026-01-01T00:00:00.500Z'), at('b', '2026-01-01T00:00:00.5Z'))).toBe(0);
  });
});

describe('looksLikeRange', () => {
  it('never takes a semantic version for a range', () => {
    fc.assert(
      fc.property(semver, (version) => !looksLikeRange(version)),
      { numRuns: 1000 },
    );
  });

  it.each([' ^1.2.3 ', '1.2.X', 'v1.*', '1.x-beta', '> 1', '1.0||2.0', '1.0 -2.0'])('finds %j', (version) => {
    expect(looksLikeRange(version)).toBe(true);
  });
});
