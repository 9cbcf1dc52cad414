import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestNet } from '../../../test/fixtures/net.ts';
import { startIssuer, type TestIssuer } from '../../../test/fixtures/oidc-issuer.ts';
import { defineConfig } from '../../config/build.ts';
import type { ConfigInput } from '../../config/schema.ts';
import type { Net } from '../../net/net.ts';
import { claimMatches } from './claims.ts';
import { createNamespaceProofs } from './index.ts';
import type { ExchangeMethod, NamespaceProof, ProofOutcome } from './proof.ts';

const AUDIENCE = 'https://hub.example.com';
let issuers: Record<'RS256' | 'ES256' | 'EdDSA', TestIssuer>;
let net: Net;

beforeAll(async () => {
  const [rsa, ec, ed] = await Promise.all([
    startIssuer({ algorithm: 'RS256' }),
    startIssuer({ algorithm: 'ES256' }),
    startIssuer({ algorithm: 'EdDSA' }),
  ]);
  issuers = { RS256: rsa, ES256: ec, EdDSA: ed };
  net = createTestNet();
});
afterAll(async () => {
  await net.close();
  await Promise.all(Object.values(issuers).map((issuer) => issuer.close()));
});

function proofOf(method: ExchangeMethod, auth: ConfigInput['auth'], publicUrl = AUDIENCE): NamespaceProof {
  const config = defineConfig({ auth }).auth;
  const proofs = createNamespaceProofs({ config, net, publicUrl, ownToken: async () => undefined });
  const proof = proofs.find((known) => known.method === method);
  if (proof === undefined) throw new Error(`${method} is off`);
  return proof;
}

function messageOf(outcome: ProofOutcome): string {
  return outcome.ok ? 'proved' : outcome.message;
}

describe('a proof by an identity provider', () => {
  const oidc = () =>
    proofOf('oidc', {
      oidc: [
        {
          issuer: issuers.RS256.issuer,
          audience: AUDIENCE,
          claims: [{ claim: 'tenant', values: ['acme'] }],
          permissions: ['publish:com.example.sandbox/*'],
          rules: [
            { claim: 'groups', values: ['team-a'], permissions: ['publish:com.example.team-a/*'] },
            { claim: 'groups', values: ['owners'], permissions: ['admin'] },
          ],
        },
        { issuer: issuers.ES256.issuer, audience: AUDIENCE, permissions: ['edit:*'] },
        {
          issuer: issuers.EdDSA.issuer,
          audience: AUDIENCE,
          rules: [{ claim: 'ok', values: ['yes'], permissions: ['admin'] }],
        },
      ],
    });
  const prove = async (token: string, now = new Date()) => oidc().prove({ oidc_token: token }, { now });

  it('grants what the rules say of its claims', async () => {
    const token = await issuers.RS256.token(AUDIENCE, { tenant: 'acme', groups: ['team-a', 'team-b'] });
    expect(await prove(token)).toMatchObject({
      ok: true,
      permissions: [
        { action: 'publish', pattern: 'com.example.sandbox/*' },
        { action: 'publish', pattern: 'com.example.team-a/*' },
      ],
    });
    const owner = await issuers.RS256.token(AUDIENCE, { tenant: 'acme', groups: 'owners' });
    expect(await prove(owner)).toMatchObject({ permissions: [{}, { action: 'admin', pattern: '*' }] });
  });

  it('takes tokens of several issuers, signed with RS256, ES256 or EdDSA', async () => {
    expect(await prove(await issuers.ES256.token(AUDIENCE))).toMatchObject({
      permissions: [{ action: 'edit', pattern: '*' }],
    });
    expect(await prove(await issuers.EdDSA.token(AUDIENCE, { ok: 'yes' }))).toMatchObject({ ok: true });
  });

  it('refuses a token whose claims are not accepted, and one that no rule gives anything', async () => {
    expect(messageOf(await prove(await issuers.RS256.token(AUDIENCE, { tenant: 'other' })))).toContain(
      'the claim tenant',
    );
    expect(messageOf(await prove(await issuers.EdDSA.token(AUDIENCE)))).toContain('no rule of this registry');
  });

  it('refuses a token for somebody else, a late one, and one that another key has signed', async () => {
    expect(messageOf(await prove(await issuers.ES256.token('https://other.example')))).toContain('"aud"');
    const token = await issuers.ES256.token(AUDIENCE);
    expect(messageOf(await prove(token, new Date(Date.now() + 400_000)))).toContain('"exp"');
    const [head, , tail] = token.split('.');
    const claims = Buffer.from(JSON.stringify({ iss: issuers.ES256.issuer, aud: AUDIENCE, exp: 9e9 })).toString(
      'base64url',
    );
    expect(messageOf(await prove(`${head}.${claims}.${tail}`))).toContain('signature');
  });

  it('refuses what names no issuer, or one that nobody configured', async () => {
    expect(messageOf(await prove('not-a-jwt'))).toContain('not a JWT');
    const stranger = await startIssuer();
    const token = await stranger.token(AUDIENCE);
    await stranger.close();
    expect(messageOf(await prove(token))).toContain('not one that this registry accepts');
  });

  it('refuses a token without a signature or with a shared secret', async () => {
    const [, claims] = (await issuers.ES256.token(AUDIENCE)).split('.');
    for (const alg of ['none', 'HS256']) {
      const head = Buffer.from(JSON.stringify({ alg })).toString('base64url');
      expect(messageOf(await prove(`${head}.${claims}.${alg === 'none' ? '' : 'AAAA'}`))).not.toBe('proved');
    }
  });

  it('asks for the keys once, not for each token', async () => {
    const urls: string[] = [];
    const counting: Net = {
      ...net,
      fetch(request) {
        urls.push(request.url);
        return net.fetch(request);
      },
    };
    const config = defineConfig({
      auth: { oidc: [{ issuer: issuers.ES256.issuer, audience: AUDIENCE, permissions: ['admin'] }] },
    }).auth;
    const proof = createNamespaceProofs({ config, net: counting, ownToken: async () => undefined }).find(
      (known) => known.method === 'oidc',
    );
    const token = await issuers.ES256.token(AUDIENCE);
    await Promise.all([1, 2, 3].map(() => proof?.prove({ oidc_token: token }, { now: new Date() })));
    await proof?.prove({ oidc_token: token }, { now: new Date() });
    expect(urls.map((url) => new URL(url).pathname)).toEqual([
      '/.well-known/openid-configuration',
      '/.well-known/jwks',
    ]);
  });
});

describe('a proof by GitHub Actions', () => {
  const prove = async (claims: Record<string, unknown>, audience = AUDIENCE, publicUrl = `${AUDIENCE}/hub`) => {
    const proof = proofOf('github-oidc', { github: { actionsIssuer: issuers.RS256.issuer } }, publicUrl);
    return proof.prove({ oidc_token: await issuers.RS256.token(audience, claims) }, { now: new Date() });
  };

  it('grants the namespace of the owner of the repository', async () => {
    expect(await prove({ repository_owner: 'Octo-Org' })).toMatchObject({
      ok: true,
      permissions: [{ action: 'publish', pattern: 'io.github.Octo-Org/*' }],
    });
  });

  it('refuses a token for another registry, and one without an owner', async () => {
    expect(messageOf(await prove({ repository_owner: 'x' }, 'https://registry.example'))).toContain('"aud"');
    expect(messageOf(await prove({}))).toContain('repository_owner');
    expect(messageOf(await prove({ repository_owner: 'a/*' }))).toContain('repository_owner');
  });

  it('is off while the hub does not know what tokens must be made for', () => {
    const config = defineConfig().auth;
    const methods = createNamespaceProofs({ config, net, ownToken: async () => undefined }).map((it) => it.method);
    expect(methods).toEqual(['github-at', 'dns', 'http']);
  });
});

describe('claimMatches', () => {
  const claims = {
    groups: ['a', 'b'],
    realm: { roles: ['x'] },
    'https://e.com/g': 'y',
    n: 7,
    path: 'acme/sub/project',
  };
  it.each([
    ['groups', ['b'], true],
    ['groups', ['c', 'B'], false],
    ['realm.roles', ['x'], true],
    ['https://e.com/g', ['y'], true],
    ['n', ['7'], true],
    ['path', ['acme/*'], true],
    ['path', ['acme'], false],
    ['toString', ['*'], false],
    ['realm', ['*'], false],
  ])('%s among %j: %s', (claim, values, expected) => {
    expect(claimMatches(claims, { claim, values })).toBe(expected);
  });
});
