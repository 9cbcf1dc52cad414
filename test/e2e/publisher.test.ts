import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDnsServer, type TestDnsServer } from '../fixtures/dns-server.ts';
import { type DomainKey, makeDomainKey } from '../fixtures/domain-key.ts';
import { hasOpenssl, startHttpsServer, type TestHttpsServer } from '../fixtures/https-server.ts';
import { startIssuer, type TestIssuer } from '../fixtures/oidc-issuer.ts';
import { startTestHub, type TestHub } from './support/hub.ts';

const CI_TOKEN = 'ci-token-of-the-hub-0123456789';
const AUDIENCE = 'https://hub.example.com';
const dnsKey = makeDomainKey('ed25519');
const httpKey = makeDomainKey('ecdsap384');

let hub: TestHub;
let dns: TestDnsServer;
let web: TestHttpsServer | undefined;
let issuer: TestIssuer;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mcp-hub-publisher-'));
  dns = await startDnsServer({ 'dns.example': [dnsKey.record] });
  issuer = await startIssuer();
  if (hasOpenssl) web = await startHttpsServer(dir, (_, response) => response.end(`${httpKey.record}\n`));
  hub = await startTestHub({
    seed: { builtIn: false },
    net: web === undefined ? {} : { ca: [web.caFile] },
    auth: {
      required: true,
      tokens: [{ name: 'ci', token: CI_TOKEN, permissions: ['publish:com.acme/*'] }],
      publish: { methods: ['github-at', 'oidc', 'dns', 'http', 'none'], blockedNamespaces: ['example.blocked'] },
      github: { clientId: 'Iv1.0123456789', apiUrl: 'http://127.0.0.1:9/' },
      dns: { servers: [dns.address] },
      http: web === undefined ? {} : { origins: { 'web.example': web.origin } },
      oidc: [
        {
          issuer: issuer.issuer,
          audience: AUDIENCE,
          rules: [
            { claim: 'groups', values: ['team-a'], permissions: ['publish:com.corp.team-a/*'] },
            { claim: 'groups', values: ['admins'], permissions: ['admin'] },
          ],
        },
      ],
    },
  });
});
afterAll(async () => {
  await hub?.close();
  await web?.close();
  await issuer?.close();
  await dns?.close();
  await rm(dir, { recursive: true, force: true });
});

/** What the official command line sends, header for header (registry-api.md, section 10). */
async function send(
  path: string,
  body: unknown,
  token?: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${hub.url}/v0${path}`, {
    method: 'POST',
    headers: {
      'User-Agent': 'Go-http-client/1.1',
      'Accept-Encoding': 'gzip',
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function login(method: string, body?: unknown): Promise<string> {
  const answer = await send(`/auth/${method}`, body);
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  expect(Object.keys(answer.body).sort()).toEqual(['expires_at', 'registry_token']);
  expect(Number.isInteger(answer.body.expires_at)).toBe(true);
  return String(answer.body.registry_token);
}

const document = (name: string, version = '1.0.0') => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name,
  description: 'A server of a test',
  version,
});

async function publishTwice(name: string, token: string): Promise<void> {
  for (const version of ['1.0.0', '1.1.0']) {
    const published = await send('/publish', document(name, version), token);
    expect(published).toMatchObject({ status: 200, body: { server: { name, version } } });
  }
}

describe('mcp-publisher', () => {
  it('logs in with none, publishes and publishes again', async () => {
    const token = await login('none');
    await publishTwice('io.modelcontextprotocol.anonymous/weather', token);
    expect((await send('/publish', document('com.acme/weather'), token)).status).toBe(403);
  });

  it('logs in with a key in the DNS, and may publish below the domain too', async () => {
    const token = await login('dns', dnsKey.body('dns.example'));
    await publishTwice('example.dns/weather', token);
    await publishTwice('example.dns.team/weather', token);
  });

  it.skipIf(!hasOpenssl)('logs in with a key on a web server (skipped without openssl)', async () => {
    const token = await login('http', httpKey.body('web.example'));
    await publishTwice('example.web/weather', token);
    const below = await send('/publish', document('example.web.team/weather'), token);
    expect(below.status).toBe(403);
    expect(below.body.detail).toContain('You have permission to publish: example.web/*.');
  });

  it('logs in with a token of the hub as if it were one of GitHub', async () => {
    const token = await login('github-at', { github_token: CI_TOKEN });
    await publishTwice('com.acme/weather', token);
  });

  it('logs in with the token of an identity provider', async () => {
    const token = await login('oidc', { oidc_token: await issuer.token(AUDIENCE, { groups: ['team-a'] }) });
    await publishTwice('com.corp.team-a/weather', token);
    expect((await send('/publish', document('com.corp.team-b/weather'), token)).status).toBe(403);
  });

  it('is told the client id for the login with GitHub', async () => {
    const health = await (await fetch(`${hub.url}/v0/health`)).json();
    expect(health).toMatchObject({ status: 'ok', github_client_id: 'Iv1.0123456789' });
  });
});

describe('a login that fails', () => {
  const stranger: DomainKey = makeDomainKey('ed25519');

  it.each([
    ['dns', stranger.body('dns.example'), 'DNS authentication failed', 'signature verification failed: ed25519:'],
    ['dns', stranger.body('other.example'), 'DNS authentication failed', 'no MCP public key found'],
    ['http', stranger.body('127.0.0.1'), 'HTTP authentication failed', 'invalid domain'],
    ['oidc', { oidc_token: 'x.y.z' }, 'Token exchange failed', 'not a JWT'],
  ])('with %s is a 401 that says why (%#)', async (method, body, detail, reason) => {
    const answer = await send(`/auth/${method}`, body);
    expect(answer).toMatchObject({
      status: 401,
      body: { detail, errors: [{ message: expect.stringContaining(reason) }] },
    });
  });

  it('with a GitHub token says no more than the official registry', async () => {
    const answer = await send('/auth/github-at', { github_token: 'gho_0123456789' });
    expect(answer).toMatchObject({ status: 401, body: { detail: 'Token exchange failed' } });
    expect(answer.body.errors).toBeUndefined();
  });

  it.each([
    ['dns', {}, 3],
    ['github-at', { token: 'gho_secret' }, 2],
    ['oidc', { oidc_token: 7 }, 1],
    ['oidc', { oidc_token: '' }, 1],
  ])('for the shape of its body is a 422 that repeats nothing (%s %j)', async (method, body, count) => {
    const answer = await send(`/auth/${method}`, body);
    expect(answer).toMatchObject({ status: 422, body: { detail: 'validation failed' } });
    expect(answer.body.errors).toHaveLength(count);
    expect(JSON.stringify(answer.body)).not.toContain('gho_secret');
  });

  it('for a method that is off names those that are on', async () => {
    const answer = await send('/auth/github-oidc', { oidc_token: 'x' });
    expect(answer.status).toBe(404);
    expect(answer.body.detail).toContain('github-at, oidc, dns, http, none');
  });

  it('is a 401 for a blocked namespace', async () => {
    dns.txt.set('blocked.example', [dnsKey.record]);
    const answer = await send('/auth/dns', dnsKey.body('blocked.example'));
    expect(answer.status).toBe(401);
    expect(JSON.stringify(answer.body.errors)).toContain('example.blocked is blocked');
  });

  it('is in the audit trail like one that works, without a token', async () => {
    await login('dns', dnsKey.body('dns.example'));
    await send('/auth/dns', stranger.body('dns.example'));
    const trail = await hub.hub.store.auditTrail(2);
    expect(trail).toMatchObject([
      { actor: 'unknown', action: 'login.dns', target: 'dns.example', result: 'refused' },
      { actor: 'dns.example', action: 'login.dns', target: 'dns.example', result: 'ok' },
    ]);
    await login('github-at', { github_token: CI_TOKEN });
    const all = JSON.stringify(await hub.hub.store.auditTrail(100));
    expect(all).not.toContain(CI_TOKEN);
  });
});

describe('a registry token', () => {
  it('of a domain opens the registry only; one of the own identity provider opens the hub', async () => {
    const status = async (token: string) =>
      (await fetch(`${hub.url}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status(await login('dns', dnsKey.body('dns.example')))).toBe(401);
    expect(await status(await login('none'))).toBe(401);
    const admin = await login('oidc', { oidc_token: await issuer.token(AUDIENCE, { groups: ['admins'] }) });
    expect(await status(admin)).toBe(200);
  });

  it('that was changed is refused in the official words', async () => {
    const token = await login('none');
    const answer = await send('/publish', document('com.acme/x'), `${token.slice(0, -8)}AAAAAAAA`);
    expect(answer).toMatchObject({ status: 401, body: { detail: 'Invalid or expired Registry JWT token' } });
    expect(JSON.stringify(answer.body.errors)).toContain('signature');
  });
});
