import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactVersion, highestVersion, parsePackageSpec } from './package-spec.ts';

describe('a package name and version', () => {
  it.each([
    ['server-memory', '1.2.3'],
    ['@modelcontextprotocol/server-everything', '2026.8.31'],
    ['JSONStream', '^1.0.0'],
    ['a', 'latest'],
    ['a.b_c~d', '>=1.0.0 <2.0.0-0'],
    ['x', '1.0.0-rc.1+build'],
    ['x', '*'],
  ])('may be %s %s', (name, version) => {
    expect(parsePackageSpec(name, version)).toEqual({ name, version });
  });

  it.each([
    '--registry=https://evil.example',
    '-g',
    '../escape',
    './local',
    '/absolute',
    '~/home',
    'git+https://host/x.git',
    'https://host/x.tgz',
    'file:x',
    'npm:other',
    'x@1',
    '@scope',
    '@scope/',
    '@../x/y',
    'a/b',
    'archive.tgz',
    'archive.tar.gz',
    'with space',
    'new\nline',
    '',
    'x'.repeat(300),
  ])('may not be %j', (name) => {
    expect(() => parsePackageSpec(name, '1.0.0')).toThrow(expect.objectContaining({ code: 'deployment.invalid' }));
  });

  it.each([
    'npm:evil@1.0.0',
    'file:../x',
    'https://host/x.tgz',
    'git+ssh://host/x',
    'user/repo',
    '--force',
    '-1.0.0',
    '',
    ' ',
    'a b',
    '$(id)',
    '1.0.0\n--x',
  ])('may not have the version %j', (version) => {
    expect(() => parsePackageSpec('x', version)).toThrow(expect.objectContaining({ code: 'deployment.invalid' }));
  });

  it('that pass are never an option, a path or a URL to the npm client', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, version) => {
        let spec: string;
        try {
          const parsed = parsePackageSpec(name, version);
          spec = `${parsed.name}@${parsed.version}`;
        } catch {
          return;
        }
        expect(spec).toMatch(/^(@[^/:@\s-][^/:@\s]*\/)?[^-./~:@\s][^/:@\s]*@[^-/:@\n][^/:@\n]*$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('versions', () => {
  it('are exact or not', () => {
    expect(exactVersion('1.2.3')).toBe('1.2.3');
    expect(exactVersion('v1.2.3')).toBe('1.2.3');
    expect(exactVersion('1.2')).toBeUndefined();
    expect(exactVersion('latest')).toBeUndefined();
  });

  it('are ordered as semantic versions', () => {
    expect(highestVersion(['1.9.0', '1.10.0', '1.10.0-rc.1', 'junk'])).toBe('1.10.0');
    expect(highestVersion([])).toBeUndefined();
  });
});
