import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDnsProof } from '../../src/auth/namespaces/dns.ts';
import { anonymousProof } from '../../src/auth/namespaces/none.ts';
import { createPublisherLogin } from '../../src/auth/publisher-login.ts';
import { createRegistryTokens } from '../../src/auth/registry-jwt.ts';
import { startRegistry, type TestRegistry } from './registry-api.harness.ts';

const METHODS = ['github-at', 'github-oidc', 'oidc', 'dns', 'http', 'none'];

let registry: TestRegistry;
let closed: TestRegistry;
beforeAll(async () => {
  const login = createPublisherLogin({
    // No name server is asked: the bodies of these tests do not get that far.
    proofs: [createDnsProof({ servers: ['127.0.0.1:9'] }), anonymousProof],
    tokens: createRegistryTokens({ seed: randomBytes(32), lifeSeconds: 300 }),
    blockedNamespaces: [],
  });
  registry = await startRegistry({ deps: { login } });
  closed = await startRegistry();
});
afterAll(async () => {
  await registry.close();
  await closed.close();
});

describe.each(['/v0', '/v0.1'])('the exchanges below %s', (prefix) => {
  it('answer with a token and its end in seconds, which any page may read', async () => {
    const answer = await registry.send('POST', `${prefix}/auth/none`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.text.endsWith('\n')).toBe(true);
    expect(answer.body).toEqual({
      registry_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      expires_at: expect.any(Number),
    });
    expect(Math.abs(answer.body.expires_at - 300 - Date.now() / 1000)).toBeLessThan(60);
  });

  it.each(METHODS)('know no other method than POST: %s', async (method) => {
    const answer = await registry.get(`${prefix}/auth/${method}`);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
    expect((await registry.send('OPTIONS', `${prefix}/auth/${method}`)).status).toBe(204);
  });

  it.each([
    ['nothing', { body: '' }, 400, 'request body is required'],
    ['no JSON', { body: '{', headers: { 'content-type': 'application/json' } }, 400, 'validation failed'],
    ['another type', { body: 'a=b', headers: { 'content-type': 'text/plain' } }, 415, 'validation failed'],
    ['an array', { json: [] }, 422, 'validation failed'],
    ['a member too few', { json: { domain: 'a.b', timestamp: 'x' } }, 422, 'validation failed'],
    [
      'a member too many',
      { json: { domain: 'a.b', timestamp: 'x', signed_timestamp: 'x', x: 1 } },
      422,
      'validation failed',
    ],
    ['a NUL', { json: { domain: 'a\0.b', timestamp: 'x', signed_timestamp: 'x' } }, 422, 'validation failed'],
    [
      'a bad domain',
      { json: { domain: 'a', timestamp: 'x', signed_timestamp: 'x' } },
      401,
      'DNS authentication failed',
    ],
    [
      'a late signature',
      { json: { domain: 'a.b', timestamp: '2020-01-01T00:00:00Z', signed_timestamp: 'aa' } },
      401,
      'DNS authentication failed',
    ],
  ])('with %s', async (_, options, status, detail) => {
    const answer = await registry.send('POST', `${prefix}/auth/dns`, options);
    expect(answer).toMatchObject({ status, body: { status, detail } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('are 404 where they are off or unknown', async () => {
    expect((await registry.send('POST', `${prefix}/auth/oidc`, { json: {} })).body.detail).toContain(
      'It offers: dns, none.',
    );
    expect((await closed.send('POST', `${prefix}/auth/none`)).body.detail).toContain('Use a token of the hub.');
    for (const path of ['/auth', '/auth/ldap', '/auth/none/x']) {
      expect((await registry.send('POST', `${prefix}${path}`)).status).toBe(404);
    }
  });

  it('read a slash at the end', async () => {
    expect((await registry.send('POST', `${prefix}/auth/none/`)).status).toBe(200);
  });
});
