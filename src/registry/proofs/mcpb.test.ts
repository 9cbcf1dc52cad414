import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProofBench, startProofBench } from '../../../test/fixtures/registries/proof-bench.ts';
import { createNet } from '../../net/client.ts';
import { hashFile } from './hash-file.ts';

const FILE = Buffer.alloc(300_000, 'a bundle ');
const SHA256 = createHash('sha256').update(FILE).digest('hex');

describe('the MCPB proof', () => {
  let bench: ProofBench;
  const refusalOf = (identifier: string, more: Record<string, unknown> = { fileSha256: SHA256 }) =>
    bench.refusalOf({ registryType: 'mcpb', identifier, transport: { type: 'stdio' }, ...more });

  beforeAll(async () => {
    bench = await startProofBench({
      routes:
        () =>
        ({ path, headers }) => {
          switch (path) {
            case '/widget.mcpb':
              return headers.authorization === 'Bearer right' ? { body: FILE } : { status: 401 };
            case '/moved.mcpb':
              return { status: 302, headers: { location: '/widget.mcpb' } };
            case '/astray.mcpb':
              return { status: 302, headers: { location: 'http://files.example.com/widget.mcpb' } };
            case '/loop.mcpb':
              return { status: 302, headers: { location: '/loop.mcpb' } };
            case '/inside.mcpb':
              return { status: 302, headers: { location: 'https://127.0.0.1:1/widget.mcpb' } };
            default:
              return undefined;
          }
        },
      packageRegistries: ({ host }) => ({
        mcpb: { hosts: [{ host, token: 'right' }, { host: 'github.com' }, { host: 'gitlab.com' }] },
      }),
    });
  });
  afterAll(() => bench.close());

  it('accepts a file that has the hash, redirects included', async () => {
    expect(await refusalOf(`${bench.url}/widget.mcpb`)).toBeUndefined();
    expect(await refusalOf(`${bench.url}/moved.mcpb`)).toBeUndefined();
  });

  it('refuses a file with another hash and names both', async () => {
    const reason = await refusalOf(`${bench.url}/widget.mcpb`, { fileSha256: 'b'.repeat(64) });
    expect(reason).toContain(SHA256);
    expect(reason).toContain('b'.repeat(64));
  });

  it('refuses redirects without TLS, into private networks and without end, and a missing file', async () => {
    expect(await refusalOf(`${bench.url}/astray.mcpb`)).toContain('an address that is not https');
    expect(await refusalOf(`${bench.url}/inside.mcpb`)).toContain('not a public address');
    expect(await refusalOf(`${bench.url}/loop.mcpb`)).toContain('more than 5 times');
    expect(await refusalOf(`${bench.url}/mcp/absent`)).toContain('answered 404');
  });

  it.each([
    ['http://github.com/a/mcp/releases/download/v1/x.mcpb', 'must begin with https://'],
    ['https://evil.example.com/mcp', 'files from evil.example.com are not allowed'],
    ['https://github.com/a/mcp/archive/main.zip', 'not that of a file in a release'],
    ['https://github.com/a/mcp/releases/download/../x/y', 'not that of a file in a release'],
    ['https://gitlab.com/a/mcp/-/raw/main/x.mcpb', 'not that of a file in a release'],
    ['https://github.com/a/b/releases/download/v1/x.zip', `must have 'mcp' in it`],
    ['https://u:p@github.com/a/mcp/releases/download/v1/x.mcpb', 'is not the address of a file'],
    ['mcp', 'is not the address of a file'],
  ])('refuses %s without asking anybody', async (identifier, reason) => {
    expect(await refusalOf(identifier)).toContain(reason);
  });

  it('needs the hash and forbids a base URL', async () => {
    expect(await refusalOf(`${bench.url}/widget.mcpb`, {})).toContain('needs fileSha256');
    const based = { fileSha256: SHA256, registryBaseUrl: 'https://a.example.com' };
    expect(await refusalOf(`${bench.url}/widget.mcpb`, based)).toContain('must not have registryBaseUrl');
  });

  it('stops reading at the size limit', async () => {
    const net = createNet({ allow: [], userAgent: 'test' });
    const ctx = {
      net,
      signal: new AbortController().signal,
      userAgent: 'test',
      isSilent: () => false,
      noteSilence: () => undefined,
    };
    const host = { entry: { host: bench.host, token: 'right' }, trust: 'operator' as const };
    const found = await hashFile(ctx, new URL(`${bench.url}/widget.mcpb`), host, 1000);
    expect(found).toEqual({ ok: false, reason: expect.stringContaining('larger than 1000 bytes') });
    await net.close();
  });
});
