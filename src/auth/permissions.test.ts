import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineConfig } from '../config/build.ts';
import { allows, describePermissions, formatPermission, parsePermission } from './permissions.ts';
import { ACTIONS, type Permission, type Principal } from './principal.ts';

function principal(...texts: string[]): Principal {
  const permissions = texts.map((text): Permission => {
    const result = parsePermission(text);
    if (!result.ok) throw new Error(result.message);
    return result.permission;
  });
  return { id: 'token:test', name: 'test', kind: 'token', permissions };
}

const names = fc.stringMatching(/^[a-z0-9.-]{1,12}\/[A-Za-z0-9._-]{1,12}$/);
const limited = fc.constantFrom(...ACTIONS.filter((action) => action !== 'admin'));

describe('parsePermission', () => {
  it.each([
    ['publish:com.example/*', { action: 'publish', pattern: 'com.example/*' }],
    ['call:petstore', { action: 'call', pattern: 'petstore' }],
    ['read:*', { action: 'read', pattern: '*' }],
    ['admin', { action: 'admin', pattern: '*' }],
    ['admin:*', { action: 'admin', pattern: '*' }],
    ['*', { action: 'admin', pattern: '*' }],
  ])('understands %s', (text, permission) => {
    expect(parsePermission(text)).toEqual({ ok: true, permission });
  });

  it.each([
    ['', 'empty', 'is empty'],
    ['publsh:x', 'unknown_action', 'read, publish, edit'],
    ['Publish:x', 'unknown_action', 'no known action'],
    ['publish', 'bad_pattern', '"publish:*"'],
    ['publish:', 'bad_pattern', 'nothing after the colon'],
    ['publish:com.*/x', 'bad_pattern', 'before the end'],
    ['publish:a b', 'bad_pattern', 'blank'],
    ['call:caf\u00e9', 'bad_pattern', 'outside of ASCII'],
    ['admin:com.example/*', 'bad_pattern', 'limits an administrator'],
    [`call:${'x'.repeat(400)}`, 'too_long', '300 characters'],
  ])('refuses %s and says why', (text, reason, part) => {
    const result = parsePermission(text);
    expect(result).toMatchObject({ ok: false, reason });
    if (!result.ok) expect(result.message).toContain(part);
  });

  it('never throws, and reads back what it writes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(limited, names).map(([action, name]) => `${action}:${name}`),
        ),
        (text) => {
          const result = parsePermission(text);
          if (result.ok) expect(parsePermission(formatPermission(result.permission))).toEqual(result);
          else expect(result.message.length).toBeGreaterThan(10);
        },
      ),
    );
  });
});

describe('the configuration', () => {
  const takes = (text: string): boolean => {
    try {
      defineConfig({ auth: { tokens: [{ name: 'x', token: '0123456789abcdef', permissions: [text] }] } });
      return true;
    } catch {
      return false;
    }
  };

  it('takes exactly the permissions that are understood', () => {
    const pattern = fc.stringMatching(/^[ a-z*./:\u00e9]{0,5}$/);
    const text = fc.oneof(
      fc.constantFrom('*', 'admin', 'admin:*', 'admin:x', '', 'read', 'read:*', 'read:**', 'read:a*b'),
      fc.tuple(fc.constantFrom(...ACTIONS, 'fly'), pattern).map(([action, rest]) => `${action}:${rest}`),
    );
    fc.assert(fc.property(text, (given) => takes(given) === parsePermission(given).ok));
  });
});

describe('allows', () => {
  it('lets an administrator do everything', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ACTIONS), fc.string(), (action, resource) =>
        allows(principal('admin'), action, resource),
      ),
    );
  });

  it('gives nothing to somebody without permissions', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ACTIONS),
        fc.string(),
        (action, resource) => !allows(principal(), action, resource),
      ),
    );
  });

  it('keeps one action apart from all others', () => {
    fc.assert(
      fc.property(limited, fc.constantFrom(...ACTIONS), names, (given, wanted, name) => {
        expect(allows(principal(`${given}:*`), wanted, name)).toBe(given === wanted);
      }),
    );
  });

  it('matches a trailing star exactly where the resource begins with the rest', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z./]{1,5}$/), fc.stringMatching(/^[a-z./]{0,8}$/), (prefix, resource) => {
        expect(allows(principal(`call:${prefix}*`), 'call', resource)).toBe(resource.startsWith(prefix));
        expect(allows(principal(`call:${prefix}`), 'call', resource)).toBe(resource === prefix);
      }),
    );
  });

  it('compares server names without case', () => {
    fc.assert(fc.property(names, (name) => allows(principal(`publish:${name.toUpperCase()}`), 'publish', name)));
    expect(allows(principal('edit:com.Example/*'), 'edit', 'COM.example/Weather')).toBe(true);
  });

  it('compares slugs with case', () => {
    expect(allows(principal('call:notes'), 'call', 'Notes')).toBe(false);
  });

  it('does not take a look-alike letter for an ASCII one', () => {
    expect(allows(principal('publish:com.kelvin/*'), 'publish', 'com.\u212Aelvin/x')).toBe(false);
  });

  it('does not let a namespace stand for a longer one', () => {
    expect(allows(principal('publish:com.example/*'), 'publish', 'com.example.evil/x')).toBe(false);
  });
});

describe('describePermissions', () => {
  it('lists the patterns of one action, each once', () => {
    const who = principal('publish:a/*', 'publish:b/c', 'publish:a/*', 'call:x');
    expect(describePermissions(who, 'publish')).toEqual(['a/*', 'b/c']);
    expect(describePermissions(who, 'deploy')).toEqual([]);
  });

  it('says * for an administrator', () => {
    expect(describePermissions(principal('*'), 'publish')).toEqual(['*']);
  });
});
