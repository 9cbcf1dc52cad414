import { describe, expect, it } from 'vitest';
import { parseAllowList } from './allow-list.ts';

describe('parseAllowList', () => {
  it('takes host names in any case, with and without the final dot', () => {
    const allow = parseAllowList(['API.Internal']);
    expect(allow.hasHost('api.internal.')).toBe(true);
    expect(allow.hasHost('api.internal.evil.example')).toBe(false);
    expect(allow.hasHost('xapi.internal')).toBe(false);
  });

  it('takes names beyond ASCII in both spellings', () => {
    expect(parseAllowList(['bücher.example']).hasHost('xn--bcher-kva.example')).toBe(true);
  });

  it('matches names below a wildcard, not the name itself', () => {
    const allow = parseAllowList(['*.internal']);
    expect(allow.hasHost('a.internal')).toBe(true);
    expect(allow.hasHost('a.b.internal')).toBe(true);
    expect(allow.hasHost('internal')).toBe(false);
    expect(allow.hasHost('evilinternal')).toBe(false);
  });

  it('takes addresses and networks of both families', () => {
    const allow = parseAllowList(['10.1.0.0/16', '192.168.0.7', 'fd00::/8', '[::1]']);
    expect(['10.1.255.1', '192.168.0.7', 'fd12::1', '::1'].every((address) => allow.hasAddress(address))).toBe(true);
    expect(['10.2.0.1', '192.168.0.8', 'fe80::1', '::2', 'x'].some((address) => allow.hasAddress(address))).toBe(false);
  });

  it.each(['', '*', 'http://a', 'a/8', '10.0.0.0/33', '10.0.0.0/8/8', 'fd00::/129', 'a b', '127.1', '0x7f', '*.*.a'])(
    'refuses %j and names it',
    (entry) => {
      expect(() => parseAllowList([entry])).toThrow(JSON.stringify(entry));
    },
  );
});
