import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeDomainKey } from '../../../test/fixtures/domain-key.ts';
import { hasOpenssl, startHttpsServer, type TestHttpsServer } from '../../../test/fixtures/https-server.ts';
import { loadTrust } from '../../net/ca.ts';
import { createNet } from '../../net/client.ts';
import type { Net, NetRequest } from '../../net/net.ts';
import { createHttpProof } from './http.ts';

const key = makeDomainKey('ed25519');
const now = new Date('2026-01-31T12:00:00Z');

describe.skipIf(!hasOpenssl)('a proof by a file on a web server (skipped without openssl)', () => {
  let dir: string;
  let server: TestHttpsServer;
  let net: Net;
  let answer: RequestListener;
  const asked: NetRequest[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'mcp-hub-http-proof-'));
    server = await startHttpsServer(dir, (request, response) => answer(request, response));
    const real = createNet({ allow: [], userAgent: 'test', secureContext: await loadTrust([server.caFile]) });
    net = {
      ...real,
      fetch(request) {
        asked.push(request);
        return real.fetch(request);
      },
    };
  });
  afterAll(async () => {
    await net?.close();
    await server?.close();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() => {
    asked.length = 0;
    answer = (request, response) => {
      response.statusCode = request.url === '/.well-known/mcp-registry-auth' ? 200 : 404;
      response.end(`# our key\n${key.record}\n`);
    };
  });

  const prove = (body: Record<string, string>) =>
    createHttpProof({ net, origins: { 'Example.com': server.origin } }).prove(body, { now });
  const messageOf = async (body = key.body('example.com', now)): Promise<string> => {
    const outcome = await prove(body);
    return outcome.ok ? 'proved' : outcome.message;
  };

  it('grants the namespace of the domain and nothing below it', async () => {
    expect(await prove(key.body('example.com', now))).toEqual({
      ok: true,
      subject: 'example.com',
      permissions: [{ action: 'publish', pattern: 'com.example/*' }],
    });
  });

  it('does not follow a redirect, and says so', async () => {
    answer = (_, response) => response.writeHead(302, { location: `${server.origin}/elsewhere` }).end();
    expect(await messageOf()).toContain('HTTP 302 (redirects are not followed)');
    expect(asked).toHaveLength(1);
  });

  it('does not read more than 4096 bytes', async () => {
    answer = (_, response) => response.end(`${key.record}\n${' '.repeat(4096)}`);
    expect(await messageOf()).toContain('4096');
    answer = (_, response) => response.end(key.record.padEnd(4096));
    expect(await messageOf()).toBe('proved');
  });

  it('says what is wrong with the file', async () => {
    answer = (_, response) => response.writeHead(404).end();
    expect(await messageOf()).toContain('HTTP 404');
    answer = (_, response) => response.end('nothing');
    expect(await messageOf()).toContain('v=MCPv1; k=ed25519; p=');
    answer = (_, response) => response.end(makeDomainKey('ed25519').record);
    expect(await messageOf()).toContain('signature verification failed: ed25519:');
  });

  it('asks the domain itself, over https and as a public address, unless the operator names another origin', async () => {
    // No address of ours has this name, and none ever will (RFC 6761): the request fails, which is all right here.
    expect(await messageOf(key.body('nobody.invalid', now))).toContain('failed to fetch');
    expect(asked[0]).toMatchObject({
      url: 'https://nobody.invalid/.well-known/mcp-registry-auth',
      trust: 'public',
      maxRedirects: 0,
      maxBytes: 4096,
      timeoutMs: 10_000,
    });
  });

  it('does not trust the certificate without net.ca', async () => {
    const plain = createNet({ allow: [], userAgent: 'test' });
    const outcome = await createHttpProof({ net: plain, origins: { 'example.com': server.origin } }).prove(
      key.body('example.com', now),
      { now },
    );
    await plain.close();
    expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining('TLS') });
  });

  it('does not start with a net.ca that is no certificate', async () => {
    const file = join(dir, 'no.pem');
    await writeFile(file, 'hello');
    await expect(loadTrust([file])).rejects.toThrow('no certificate in PEM form');
    await expect(loadTrust([join(dir, 'missing.pem')])).rejects.toMatchObject({ code: 'config.bad_value' });
    await writeFile(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    await expect(loadTrust([file])).rejects.toMatchObject({ code: 'config.bad_value' });
    expect(await loadTrust([])).toBeUndefined();
  });
});
