import { describe, expect, it } from 'vitest';
import { defineConfig } from '../config/build.ts';
import type { ConfigInput } from '../config/schema.ts';
import { createGuards } from './guards.ts';

const guards = (input: ConfigInput = {}) => createGuards(defineConfig(input));
const hostIsFine = (input: ConfigInput, host: string | undefined): boolean =>
  guards(input).checkHost(host) === undefined;

describe('the Host header', () => {
  it.each([
    ['localhost:8080', true],
    ['127.0.0.1', true],
    ['[::1]:8080', true],
    ['evil.example', false],
    ['localhost.evil.example', false],
    ['10.0.0.7', false],
    ['', false],
    [undefined, false],
    ['a b', false],
  ])('%s on a loopback hub: %s', (host, isFine) => {
    expect(hostIsFine({}, host)).toBe(isFine);
  });

  it('may be any name that the operator told', () => {
    const input: ConfigInput = {
      hub: { publicUrl: 'https://hub.example.com/' },
      api: { allowedHosts: ['hub.internal'] },
    };
    expect(hostIsFine(input, 'hub.example.com')).toBe(true);
    expect(hostIsFine(input, 'hub.internal:8080')).toBe(true);
    expect(hostIsFine(input, 'other.example.com')).toBe(false);
  });

  it('may be anything where a token is needed and no name was told', () => {
    const input: ConfigInput = { api: { host: '0.0.0.0' }, auth: { required: true } };
    expect(hostIsFine(input, 'whatever.internal')).toBe(true);
  });

  it('must be an address or a told name where others come in without a token', () => {
    const input: ConfigInput = { api: { host: '0.0.0.0', allowUnauthenticated: true } };
    expect(hostIsFine(input, '10.0.0.7:8080')).toBe(true);
    expect(hostIsFine(input, '[fd00::1]:8080')).toBe(true);
    expect(hostIsFine(input, 'rebound.evil.example')).toBe(false);
  });
});

describe('the Origin header', () => {
  const isFine = (origin: string | undefined, loopback: boolean, input: ConfigInput = {}): boolean =>
    guards(input).checkOrigin(origin, '127.0.0.1:8080', loopback) === undefined;

  it('of the hub itself, of none and of a told origin is fine', () => {
    expect(isFine(undefined, false)).toBe(true);
    expect(isFine('http://127.0.0.1:8080', false)).toBe(true);
    expect(isFine('https://app.example.com', false, { api: { allowedOrigins: ['https://app.example.com'] } })).toBe(
      true,
    );
    expect(isFine('https://hub.example.com', false, { hub: { publicUrl: 'https://hub.example.com/x' } })).toBe(true);
  });

  it('of another page on this machine is fine for MCP and not for what can run code', () => {
    expect(isFine('http://localhost:6274', true)).toBe(true);
    expect(isFine('http://localhost:6274', false)).toBe(false);
  });

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'garbage'])('%s is refused', (origin) => {
    expect(isFine(origin, true)).toBe(false);
  });
});
