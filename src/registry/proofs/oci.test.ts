import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FixtureAnswer, SeenRequest } from '../../../test/fixtures/registries/http-server.ts';
import { type ProofBench, SERVER_NAME, startProofBench } from '../../../test/fixtures/registries/proof-bench.ts';
import { parseImageReference } from './oci-reference.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const LABEL = 'io.modelcontextprotocol.server.name';
const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Blobs and manifests by digest, and tags. */
function makeImages() {
  const blobs = new Map<string, string>();
  const tags = new Map<string, string>();
  const put = (value: object): string => {
    const text = JSON.stringify(value);
    blobs.set(digestOf(text), text);
    return digestOf(text);
  };
  const image = (labels?: object): string =>
    put({ mediaType: MANIFEST, config: { digest: put({ config: { Labels: labels } }) }, layers: [] });
  const index = (...platforms: [architecture: string, digest: string][]): string =>
    put({
      mediaType: INDEX,
      manifests: platforms.map(([architecture, digest]) => ({ digest, platform: { os: 'linux', architecture } })),
    });
  const good = image({ [LABEL]: SERVER_NAME });
  const bad = image({ [LABEL]: 'io.github.other/thing' });
  tags.set('good', good).set('bad', bad).set('none', image());
  tags.set('multi', index(['arm64', bad], ['amd64', good])).set('arm', index(['arm64', good]));
  blobs.set(`sha256:${'0'.repeat(64)}`, '{"mediaType":"forged"}');
  return { blobs, tags, good };
}

const images = makeImages();

function routes(url: string) {
  return ({ path, headers }: SeenRequest): FixtureAnswer | undefined => {
    if (path.startsWith('/token?')) {
      const query = new URL(path, url).searchParams;
      const scope = query.get('scope') ?? '';
      const isPrivate = scope === 'repository:acme/private:pull';
      if (isPrivate && headers.authorization !== `Basic ${btoa('robot:pass')}`) return { status: 401 };
      return { body: { token: `for ${scope} at ${query.get('service')}` } };
    }
    const [, repository = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(path) ?? [];
    if (repository === 'acme/busy') return { status: 429 };
    if (headers.authorization !== `Bearer for repository:${repository}:pull at images`) {
      return {
        status: 401,
        headers: {
          'www-authenticate': `Bearer realm="${url}/token",service="images",scope="repository:${repository}:pull"`,
        },
      };
    }
    if (repository === 'acme/absent') return undefined;
    const digest = kind === 'manifests' ? (images.tags.get(reference) ?? reference) : reference;
    const body = images.blobs.get(digest);
    return body === undefined ? undefined : { headers: { 'content-type': MANIFEST }, body };
  };
}

describe('the OCI proof', () => {
  let bench: ProofBench;
  let anonymous: ProofBench;
  const oci = (reference: string, more = {}, on = bench) =>
    on.refusalOf({ registryType: 'oci', identifier: `${on.host}/${reference}`, transport: { type: 'stdio' }, ...more });

  beforeAll(async () => {
    bench = await startProofBench({
      routes,
      packageRegistries: ({ host, url }) => ({
        oci: {
          defaultHost: 'images.example.com',
          hosts: [
            { host, username: 'robot', password: 'pass' },
            { host: 'images.example.com', baseUrl: url },
          ],
        },
      }),
    });
    anonymous = await startProofBench({ routes, packageRegistries: ({ host }) => ({ oci: { hosts: [{ host }] } }) });
  });
  afterAll(() => Promise.all([bench.close(), anonymous.close()]));

  it('reads the label with a token of the token service, by tag and by digest', async () => {
    expect(await oci('acme/widget:good')).toBeUndefined();
    expect(await oci(`acme/widget:whatever@${images.good}`)).toBeUndefined();
  });

  it('takes the linux/amd64 image of several', async () => {
    expect(await oci('acme/widget:multi')).toBeUndefined();
    expect(await oci('acme/widget:arm')).toContain('has no variant for linux/amd64');
  });

  it('refuses another label and none, and says what to write', async () => {
    expect(await oci('acme/widget:bad')).toContain(`'io.github.other/thing', which is not '${SERVER_NAME}'`);
    expect(await oci('acme/widget:none')).toContain(`LABEL ${LABEL}="${SERVER_NAME}"`);
  });

  it('shows the configured credentials to the token service of the host', async () => {
    expect(await oci('acme/private:good')).toBeUndefined();
    expect(await oci('acme/private:good', {}, anonymous)).toContain('is private, or it does not exist');
  });

  it('tells a missing image and a busy registry apart', async () => {
    expect(await oci('acme/absent:1.0')).toContain('does not exist on');
    expect(await oci('acme/busy:1.0')).toContain('Try again later');
  });

  it('does not believe a manifest with another digest', async () => {
    expect(await oci(`acme/widget@sha256:${'0'.repeat(64)}`)).toContain('does not have the digest');
  });

  it('uses the default host and its API for a reference that names none', async () => {
    const before = bench.requests.length;
    expect(await bench.refusalOf({ registryType: 'oci', identifier: 'widget:good' })).toBeUndefined();
    expect(bench.requests[before]?.path).toBe('/v2/library/widget/manifests/good');
    expect(await anonymous.refusalOf({ registryType: 'oci', identifier: 'widget:good' })).toContain(
      'registry.packageRegistries.oci.defaultHost',
    );
  });

  it('asks no host that is not listed, and forbids the fields of other types', async () => {
    const asked = await bench.refusalOf({ registryType: 'oci', identifier: 'evil.example.com/acme/widget:1.0' });
    expect(asked).toContain('images from evil.example.com are not allowed');
    expect(await oci('acme/widget:good', { version: '1.0.0' })).toContain('must not have version');
    expect(await oci('acme/../../widget:good')).toContain('is no image reference');
  });
});

describe('an image reference', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each([
    ['images.example.com/a/b:1.0', { host: 'images.example.com', repository: 'a/b', tag: '1.0' }],
    [`host:5000/a@${digest}`, { host: 'host:5000', repository: 'a', digest }],
    ['localhost/a', { host: 'localhost', repository: 'a' }],
    ['a/b:latest', { repository: 'a/b', tag: 'latest' }],
    ['a', { repository: 'a' }],
    ['HOST.com/a', { host: 'host.com', repository: 'a' }],
    ['host.com/A', undefined],
    ['host.com/a/../b', undefined],
    ['host.com/a:b:c', undefined],
    ['host.com/a@sha256:short', undefined],
    ['user@host.com/a', undefined],
    ['https://host.com/a', undefined],
    ['', undefined],
  ])('%s', (text, parts) => {
    expect(parseImageReference(text)).toEqual(parts);
  });
});
