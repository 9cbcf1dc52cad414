import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProofBench, SERVER_NAME, startProofBench } from '../../../test/fixtures/registries/proof-bench.ts';

const TOKEN = `<!-- mcp-name: ${SERVER_NAME} -->`;
const nuget = (bench: ProofBench, identifier: string, version: string) =>
  bench.refusalOf({ registryType: 'nuget', identifier, version, transport: { type: 'stdio' } });

describe('the NuGet proof', () => {
  let bench: ProofBench;
  let small: ProofBench;

  beforeAll(async () => {
    bench = await startProofBench({
      routes:
        (url) =>
        ({ path }) => {
          if (path === '/v3/index.json') {
            return {
              body: {
                version: '3.0.0',
                resources: [
                  { '@id': `${url}/readme/{lower_id}/{lower_version}`, '@type': 'ReadmeUriTemplate/6.13.0' },
                  { '@id': `${url}/flat/`, '@type': 'PackageBaseAddress/3.0.0' },
                ],
              },
            };
          }
          if (path === '/readme/acme.widget/1.0.0-beta') return { body: TOKEN };
          if (path === '/readme/acme.widget/1.1.0') return { body: '# no token' };
          if (path === '/flat/acme.widget/index.json') return { body: { versions: ['1.0.0-beta', '1.1.0', '1.2.0'] } };
          return undefined;
        },
      packageRegistries: ({ url }) => ({ nuget: { baseUrl: `${url}/v3/index.json` } }),
    });
    small = await startProofBench({
      routes:
        (url) =>
        ({ path }) => {
          if (path === '/index.json') {
            return { body: { resources: [{ '@id': `${url}/flat`, '@type': 'PackageBaseAddress/3.0.0' }] } };
          }
          if (path === '/flat/widget/1.0.0/widget.nuspec') return { body: `<package>${TOKEN}</package>` };
          return undefined;
        },
      packageRegistries: ({ url }) => ({ nuget: { baseUrl: `${url}/index.json` } }),
    });
  });
  afterAll(() => Promise.all([bench.close(), small.close()]));

  it('reads the README under the lower-case id and version without build metadata', async () => {
    expect(await nuget(bench, 'Acme.Widget', '1.0.0-BETA+build.7')).toBeUndefined();
    expect(await nuget(bench, 'Acme.Widget', '1.1.0')).toContain('does not hold');
  });

  it('tells no README, no such version and no such package apart', async () => {
    expect(await nuget(bench, 'Acme.Widget', '1.2.0')).toContain('has no README');
    expect(await nuget(bench, 'Acme.Widget', '9.0.0')).toContain(`has no version '9.0.0'`);
    expect(await nuget(bench, 'Acme.Absent', '1.0.0')).toContain('does not exist in the feed');
  });

  it('asks for the service index once', () => {
    expect(bench.requests.filter(({ path }) => path === '/v3/index.json')).toHaveLength(1);
  });

  it('reads the nuspec of a feed that serves no READMEs', async () => {
    expect(await nuget(small, 'Widget', '1.0.0')).toBeUndefined();
    expect(await nuget(small, 'Absent', '1.0.0')).toContain('does not exist in the feed');
  });
});
