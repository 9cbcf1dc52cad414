import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDnsServer, type TestDnsServer } from '../../../test/fixtures/dns-server.ts';
import { makeDomainKey } from '../../../test/fixtures/domain-key.ts';
import { createDnsProof } from './dns.ts';
import type { NamespaceProof } from './proof.ts';

const key = makeDomainKey('ed25519');
const now = new Date('2026-01-31T12:00:00Z');

describe('a proof by DNS', () => {
  let server: TestDnsServer;
  let proof: NamespaceProof;

  beforeEach(async () => {
    server = await startDnsServer({ 'example.com': ['v=spf1 -all', key.record] });
    proof = createDnsProof({ servers: [server.address] });
  });
  afterEach(() => server.close());

  const messageOf = async (body: Record<string, string>): Promise<string> => {
    const outcome = await proof.prove(body, { now });
    return outcome.ok ? 'proved' : outcome.message;
  };

  it('grants the namespace of the domain and all below it', async () => {
    expect(await proof.prove(key.body('example.com', now), { now })).toEqual({
      ok: true,
      subject: 'example.com',
      permissions: [
        { action: 'publish', pattern: 'com.example/*' },
        { action: 'publish', pattern: 'com.example.*' },
      ],
    });
  });

  it('takes the domain in any case, and signs the way the P-384 key does', async () => {
    const other = makeDomainKey('ecdsap384');
    server.txt.set('example.com', [other.record]);
    expect(await proof.prove(other.body('Example.COM', now), { now })).toMatchObject({
      ok: true,
      subject: 'example.com',
    });
  });

  it('accepts any one of several keys, and names them all when none fits', async () => {
    const second = makeDomainKey('ed25519');
    server.txt.set('example.com', [key.record, second.record]);
    expect(await messageOf(second.body('example.com', now))).toBe('proved');
    const stranger = await messageOf(makeDomainKey('ed25519').body('example.com', now));
    expect(stranger.match(/ed25519:/g)).toHaveLength(2);
  });

  it('says when the record stands under a name where others put it', async () => {
    server.txt.delete('example.com');
    server.txt.set('_mcp-auth.example.com', [key.record]);
    expect(await messageOf(key.body('example.com', now))).toContain('found under _mcp-auth.example.com');
  });

  it('says how a record looks when there is none', async () => {
    expect(await messageOf(key.body('other.example', now))).toContain('v=MCPv1; k=ed25519; p=');
  });

  it.each([
    [-15_000, true],
    [15_000, true],
    [-16_000, false],
    [16_000, false],
  ])('takes a timestamp %i ms away: %s', async (distance, good) => {
    const body = key.body('example.com', new Date(now.getTime() + distance));
    expect((await messageOf(body)) === 'proved').toBe(good);
  });

  it.each([
    'localhost',
    '127.0.0.1',
    '1.2.3',
    '::1',
    'a..b',
    '-a.com',
    'a_b.com',
    'example.com:443',
    `${'a.'.repeat(130)}com`,
  ])('refuses the domain %s without asking anybody', async (domain) => {
    expect(await messageOf(key.body(domain, now))).toContain('invalid domain');
    expect(server.asked).toEqual([]);
  });

  it.each(['', '2026-01-31', '2026-01-31 12:00:00Z', 'now', '1769860800'])(
    'refuses the timestamp %j',
    async (timestamp) => {
      const body = { domain: 'example.com', timestamp, signed_timestamp: key.sign(timestamp) };
      expect(await messageOf(body)).toContain('RFC 3339');
    },
  );

  it.each(['', 'zz', 'abc', 'ab'.repeat(600)])('refuses a signature that is none (%#)', async (signed) => {
    const body = { ...key.body('example.com', now), signed_timestamp: signed };
    expect(await messageOf(body)).toContain('hexadecimal');
  });

  it.each(['1:2:3', '999.1.1.1'])('does not start with the name server %s', (address) => {
    expect(() => createDnsProof({ servers: [address] })).toThrow('auth.dns.servers');
  });

  it('ends with the caller when the name server stays silent', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const caller = new AbortController();
    silent.once('message', () => caller.abort(new Error('the caller is gone')));
    const waiting = createDnsProof({ servers: [`127.0.0.1:${silent.address().port}`] });
    await expect(waiting.prove(key.body('example.com', now), { now, signal: caller.signal })).rejects.toThrow('gone');
    silent.close();
  });
});
