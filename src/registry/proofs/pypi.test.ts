import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProofBench, SERVER_NAME, startProofBench } from '../../../test/fixtures/registries/proof-bench.ts';

const README = `# Widget\n\n<!-- mcp-name: ${SERVER_NAME} -->\n`;
const METADATA = `Metadata-Version: 2.1\nName: widget\nVersion: 1.0.0\n\n${README}`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const SIMPLE = { 'content-type': 'application/vnd.pypi.simple.v1+json' };

const simpleFile = (name: string, metadata: unknown, url = `/files/${name}`) => ({
  filename: name,
  url,
  'core-metadata': metadata,
});

describe('the PyPI proof', () => {
  let bench: ProofBench;
  const pypi = (identifier: string, version = '1.0.0', more = {}) =>
    bench.refusalOf({ registryType: 'pypi', identifier, version, transport: { type: 'stdio' }, ...more });

  beforeAll(async () => {
    const simple: Record<string, object[]> = {
      '/simple/only-simple/': [
        simpleFile('only_simple-0.9.tar.gz', true),
        simpleFile('only_simple-1.0.0-py3-none-any.whl', { sha256: sha256(METADATA) }),
      ],
      '/simple/forged/': [simpleFile('forged-1.0.0-py3-none-any.whl', { sha256: sha256('other') })],
      '/simple/bare/': [simpleFile('bare-1.0.0.tar.gz', false)],
      '/simple/elsewhere/': [simpleFile('elsewhere-1.0.0.tar.gz', true, 'http://files.example.com/e-1.0.0.tar.gz')],
    };
    bench = await startProofBench({
      routes:
        () =>
        ({ path }) => {
          if (path === '/pypi/widget/1.0.0/json') return { body: { info: { description: README } } };
          if (path === '/pypi/widget/2.0.0/json') return { body: { info: { description: '' } } };
          if (path === '/pypi/locked/1.0.0/json') return { status: 403 };
          if (path === '/simple/old/')
            return { headers: { 'content-type': 'text/html' }, body: '<a>old-1.0.0.tar.gz</a>' };
          if (path.endsWith('.whl.metadata')) return { body: METADATA };
          const files = simple[path];
          return files && { headers: SIMPLE, body: { meta: { 'api-version': '1.0' }, files } };
        },
      packageRegistries: ({ url }) => ({ pypi: { baseUrl: `${url}/simple/`, aliases: [url] } }),
    });
  });
  afterAll(() => bench.close());

  it('accepts a release whose description holds the token', async () => {
    expect(await pypi('widget')).toBeUndefined();
    expect(await pypi('widget', '1.0.0', { registryBaseUrl: bench.url })).toBeUndefined();
  });

  it('refuses a release without the token and says what to write', async () => {
    expect(await pypi('widget', '2.0.0')).toContain(`does not hold 'mcp-name: ${SERVER_NAME}'`);
  });

  it('says when the token runs on into more characters', async () => {
    const reason = await bench.refusalOf(
      { registryType: 'pypi', identifier: 'widget', version: '1.0.0' },
      'io.github.acme/widge',
    );
    expect(reason).toContain('only with further characters right behind it');
  });

  it('reads the metadata of an index that has the simple API only', async () => {
    expect(await pypi('Only.Simple')).toBeUndefined();
    expect(await pypi('only-simple', '3.0')).toContain(`has no version '3.0'`);
  });

  it('does not believe metadata with another hash, on an unsafe address, or none', async () => {
    expect(await pypi('forged')).toContain('does not have the hash');
    expect(await pypi('elsewhere')).toContain('that is not https');
    expect(await pypi('bare')).toContain('no metadata (PEP 658)');
    expect(await pypi('old')).toContain('neither the JSON API nor the simple API in JSON');
  });

  it('tells a private package and a missing one apart', async () => {
    expect(await pypi('locked')).toContain('registry.packageRegistries.pypi are not right');
    expect(await pypi('absent')).toContain('does not exist');
  });
});
