import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestNet } from '../../../test/fixtures/net.ts';
import type { Net } from '../../net/net.ts';
import { createGithubProof } from './github.ts';
import type { NamespaceProof } from './proof.ts';

const membership = (login: string, role = 'admin', state = 'active') => ({ role, state, organization: { login } });

describe('a proof by a GitHub token', () => {
  let server: Server;
  let net: Net;
  let proof: NamespaceProof;
  let organisations: RequestListener;
  let seen: { url: string; authorization: string | undefined }[];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = request.url ?? '';
      seen.push({ url, authorization: request.headers.authorization });
      if (request.headers.authorization !== 'Bearer gho_right') response.writeHead(401).end('{}');
      else if (url === '/api/v3/user') response.end(JSON.stringify({ login: 'Octo-Cat', id: 1 }));
      else organisations(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    net = createTestNet();
    proof = createGithubProof({
      net,
      apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3/`,
      namespace: 'io.github',
      ownToken: async (token) =>
        token === 'mcphub_own'
          ? { subject: 'ci', permissions: [], token: { value: token, expiresAt: new Date(0) } }
          : undefined,
    });
  });
  afterAll(async () => {
    await net.close();
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    seen = [];
    organisations = (_, response) => response.end('[]');
  });

  const prove = (github_token = 'gho_right') => proof.prove({ github_token }, { now: new Date() });

  it('grants the account, in its own spelling, and the organisations that it owns', async () => {
    organisations = (_, response) =>
      response.end(
        JSON.stringify([
          membership('Acme'),
          membership('guests', 'member'),
          membership('a/b'),
          membership('later', 'admin', 'pending'),
        ]),
      );
    expect(await prove()).toEqual({
      ok: true,
      subject: 'Octo-Cat',
      permissions: [
        { action: 'publish', pattern: 'io.github.Octo-Cat/*' },
        { action: 'publish', pattern: 'io.github.Acme/*' },
      ],
    });
    expect(seen.map(({ url }) => url)).toEqual([
      '/api/v3/user',
      '/api/v3/user/memberships/orgs?state=active&per_page=100&page=1',
    ]);
  });

  it('reads page after page while they are full', async () => {
    organisations = (request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      const count = page < 3 ? 100 : 1;
      response.end(JSON.stringify(Array.from({ length: count }, (_, i) => membership(`o-${page}-${i}`))));
    };
    const outcome = await prove();
    expect(outcome.ok && outcome.permissions).toHaveLength(1 + 201);
  });

  it('refuses after 100 full pages instead of leaving some out', async () => {
    const full = JSON.stringify(Array.from({ length: 100 }, (_, i) => membership(`o-${i}`)));
    organisations = (_, response) => response.end(full);
    expect((await prove()).ok).toBe(false);
    expect(seen).toHaveLength(101);
  });

  it('grants the account alone when the token may not list organisations', async () => {
    organisations = (_, response) => response.writeHead(403).end('{}');
    expect(await prove()).toMatchObject({ ok: true, permissions: [{ pattern: 'io.github.Octo-Cat/*' }] });
  });

  it.each([
    [403, { 'x-github-sso': 'required; url=https:' }],
    [403, { 'x-ratelimit-remaining': '0' }],
    [429, {}],
    [500, {}],
  ])('refuses on a %i with %j, since the list would be wrong', async (status, headers) => {
    organisations = (_, response) => response.writeHead(status, headers).end('{}');
    expect((await prove()).ok).toBe(false);
  });

  it('refuses a token that GitHub does not know, and never repeats it', async () => {
    const outcome = await prove('gho_wrong');
    expect(outcome.ok).toBe(false);
    expect(JSON.stringify(outcome)).not.toContain('gho_wrong');
  });

  it('hands a token of the hub back, and never sends one to GitHub, known or not', async () => {
    expect(await prove('mcphub_own')).toMatchObject({ ok: true, subject: 'ci', token: { value: 'mcphub_own' } });
    expect((await prove('mcphub_revoked')).ok).toBe(false);
    expect((await prove('two words')).ok).toBe(false);
    expect(seen).toEqual([]);
  });
});
