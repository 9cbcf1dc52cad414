import { describe, expect, it } from 'vitest';
import { defineConfig } from './build.ts';
import type { ConfigInput } from './schema.ts';

const auth = (settings: ConfigInput['auth']) => defineConfig({ auth: settings }).auth;
const oidc = (members: object) =>
  ({ oidc: [{ issuer: 'https://login.example.com', audience: 'hub', ...members }] }) as ConfigInput['auth'];

describe('the settings of logins', () => {
  it('switch on every method but the one that proves nothing', () => {
    expect(auth({})).toMatchObject({
      publish: { methods: ['github-at', 'github-oidc', 'oidc', 'dns', 'http'], tokenLifeSeconds: 300 },
      github: { apiUrl: 'https://api.github.com', namespace: 'io.github' },
      oidc: [],
    });
  });

  it.each(['10.0.0.53', '127.0.0.1:5353', '::1', '[::1]:53', '2001:db8::53'])('take the name server %s', (server) => {
    expect(auth({ dns: { servers: [server] } }).dns.servers).toEqual([server]);
  });

  it.each([
    ['a method that nobody knows', { publish: { methods: ['ldap'] } }],
    ['a blocked pattern', { publish: { blockedNamespaces: ['com.example/*'] } }],
    ['a life of no time', { publish: { tokenLifeSeconds: 0 } }],
    ['a name server by name', { dns: { servers: ['dns.example.com'] } }],
    ['a GitHub without a scheme', { github: { apiUrl: 'api.github.com' } }],
    ['an origin without a scheme', { http: { origins: { 'example.com': 'web' } } }],
    ['an issuer of another scheme', oidc({ issuer: 'ftp://x' })],
    ['a permission that nobody knows', oidc({ permissions: ['fly:*'] })],
    ['a rule without values', oidc({ rules: [{ claim: 'groups', values: [], permissions: ['admin'] }] })],
    [
      'a rule with an unknown key',
      oidc({ rules: [{ claim: 'g', contains: 'x', values: ['x'], permissions: ['admin'] }] }),
    ],
  ])('refuse %s', (_, settings) => {
    expect(() => auth(settings as ConfigInput['auth'])).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^config\./) }),
    );
  });
});
