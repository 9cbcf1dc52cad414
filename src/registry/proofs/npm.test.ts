import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProofBench, SERVER_NAME, startProofBench } from '../../../test/fixtures/registries/proof-bench.ts';

const manifests: Record<string, unknown> = {
  '/@acme%2Fwidget/1.0.0': { name: '@acme/widget', version: '1.0.0', mcpName: SERVER_NAME },
  '/@acme%2Fwidget/2.0.0': { name: '@acme/widget', version: '2.0.0' },
  '/upper/1.0.0': { mcpName: SERVER_NAME.toUpperCase() },
  '/packument': { versions: { '1.0.0': { mcpName: SERVER_NAME } } },
};

describe('the npm proof', () => {
  let bench: ProofBench;
  const npm = (identifier: string, version = '1.0.0', more = {}) =>
    bench.refusalOf({ registryType: 'npm', identifier, version, transport: { type: 'stdio' }, ...more });

  beforeAll(async () => {
    bench = await startProofBench({
      routes:
        () =>
        ({ path, headers }) => {
          if (path.startsWith('/private')) {
            return headers.authorization === 'Bearer right' ? { body: { mcpName: SERVER_NAME } } : { status: 401 };
          }
          if (path.startsWith('/busy')) return { status: 429 };
          if (path.startsWith('/broken')) return { body: '{"mcpName": ' };
          const body = manifests[path];
          return body === undefined ? undefined : { body: body as object };
        },
      packageRegistries: ({ url }) => ({
        npm: { baseUrl: `${url}/`, aliases: ['https://packages.example.com/npm'], token: 'right' },
      }),
    });
  });
  afterAll(() => bench.close());

  it('accepts a release whose mcpName is the name of the server, and shows the configured token', async () => {
    expect(await npm('@acme/widget')).toBeUndefined();
    expect(await npm('private')).toBeUndefined();
  });

  it('takes the version from the whole document when the registry serves no single versions', async () => {
    expect(await npm('packument')).toBeUndefined();
    expect(await npm('packument', '9.9.9')).toContain(`has no version '9.9.9'`);
    expect(await npm('packument', '__proto__')).toContain(`has no version '__proto__'`);
  });

  it('refuses a release without mcpName and says what to write', async () => {
    const reason = await npm('@acme/widget', '2.0.0');
    expect(reason).toMatch(/^registry validation failed for package 0 \(@acme\/widget\): .* has no mcpName\./);
    expect(reason).toContain(`"mcpName": "${SERVER_NAME}"`);
  });

  it('compares names with case', async () => {
    expect(await npm('upper')).toContain('case counts');
  });

  it('tells a missing package, a busy registry and a broken answer apart', async () => {
    expect(await npm('absent')).toContain('does not exist in the registry');
    expect(await npm('busy')).toContain('Try again later');
    expect(await npm('broken')).toContain('could not be checked: Not valid JSON');
  });

  it('accepts only base URLs that mean the configured registry', async () => {
    expect(await npm('@acme/widget', '1.0.0', { registryBaseUrl: bench.url })).toBeUndefined();
    expect(
      await npm('@acme/widget', '1.0.0', { registryBaseUrl: 'https://packages.example.com/npm/' }),
    ).toBeUndefined();
    expect(await npm('@acme/widget', '1.0.0', { registryBaseUrl: 'https://evil.example.com' })).toContain(
      `registry type and base URL do not match: 'https://evil.example.com' is not valid for registry type 'npm'. Expected: ${bench.url}`,
    );
  });

  it('needs a version and forbids a file hash', async () => {
    expect(await npm('@acme/widget', '')).toContain('needs a version');
    expect(await npm('@acme/widget', '1.0.0', { fileSha256: 'a'.repeat(64) })).toContain('must not have fileSha256');
  });

  it('never leaves the place of the package, whatever the identifier holds', async () => {
    const before = bench.requests.length;
    expect(await npm('..')).toContain('is not the name of a package');
    expect(await npm('widget', '..')).toContain('is not a version');
    expect(await npm('wid\ud800get')).toContain('is not the name of a package');
    expect(bench.requests.length).toBe(before);
    await npm('../../-/whoami?x#y', '../1');
    expect(bench.requests.at(before)?.path).toBe('/..%2F..%2F-%2Fwhoami%3Fx%23y/..%2F1');
  });
});
