import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FixtureServer, startFixture } from '../../../test/fixtures/registries/http-server.ts';
import { SERVER_NAME } from '../../../test/fixtures/registries/proof-bench.ts';
import type { JsonObject } from '../../base/json.ts';
import { defineConfig } from '../../config/build.ts';
import type { ConfigInput } from '../../config/schema.ts';
import { createNet } from '../../net/client.ts';
import type { Net } from '../../net/net.ts';
import { builtInProofs, createOwnership, MAX_CHECKED_PACKAGES } from './index.ts';
import type { OwnershipProof } from './proof.ts';

const noClient = { npm: async () => undefined, pip: async () => undefined };
const npm = (identifier: string): JsonObject => ({ registryType: 'npm', identifier, version: '1.0.0' });

describe('the ownership check', () => {
  let server: FixtureServer;
  let net: Net;
  beforeAll(async () => {
    server = await startFixture(() => ({ path }) => {
      return path.startsWith('/good') ? { body: { mcpName: SERVER_NAME } } : undefined;
    });
    net = createNet({ allow: [], userAgent: 'test' });
  });
  afterAll(async () => {
    await net.close();
    await server.close();
  });

  const run = async (
    registry: NonNullable<ConfigInput['registry']>,
    packages: JsonObject[],
    proofs: readonly OwnershipProof[] = builtInProofs,
  ) => {
    const config = defineConfig({
      registry: { packageRegistries: { npm: { baseUrl: server.url } }, ...registry },
    });
    const check = createOwnership({ config, net, userAgent: 'test', client: noClient, proofs });
    const warnings: string[] = [];
    const document = { name: SERVER_NAME, description: 'x', version: '1.0.0', packages };
    const refusal = await check(document, (message) => warnings.push(message));
    return { refusal, warnings };
  };

  it('warns of every package without proof and refuses none, unless it is told to', async () => {
    const { refusal, warnings } = await run({}, [npm('good'), npm('absent'), npm('gone')]);
    expect(refusal).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(/^registry validation failed for package 1 \(absent\): /),
      expect.stringMatching(/^registry validation failed for package 2 \(gone\): /),
    ]);
  });

  it('refuses at the first package without proof where it is enforced', async () => {
    const before = server.requests.length;
    const { refusal, warnings } = await run({ ownership: { npm: 'enforce' } }, [npm('absent'), npm('good')]);
    expect(refusal).toMatch(/^registry validation failed for package 0 \(absent\): /);
    expect(warnings).toEqual([]);
    expect(server.requests.slice(before).some(({ path }) => path.startsWith('/good'))).toBe(false);
  });

  it('asks nobody where it is off', async () => {
    const before = server.requests.length;
    expect(await run({ ownership: { npm: 'off' } }, [npm('absent')])).toEqual({ refusal: undefined, warnings: [] });
    expect(server.requests.length).toBe(before);
  });

  it('names the setting when it does not know where to look', async () => {
    const refused = await run({ ownership: { nuget: 'enforce' } }, [
      { registryType: 'nuget', identifier: 'Widget', version: '1.0.0' },
    ]);
    expect(refused.refusal).toContain('registry.packageRegistries.nuget.baseUrl');
    expect(refused.refusal).toContain('registry.ownership.nuget');
    const warned = await run({ packageRegistries: {} }, [npm('widget')]);
    expect(warned.warnings).toEqual([expect.stringContaining('registry.packageRegistries.npm.baseUrl')]);
  });

  it('knows no proof for other types', async () => {
    const maven = { registryType: 'maven', identifier: 'a:b', version: '1.0.0' };
    expect((await run({}, [maven])).warnings).toEqual([
      'registry validation failed for package 0 (a:b): unsupported registry type: maven',
    ]);
    expect((await run({ ownership: { other: 'off' } }, [maven])).warnings).toEqual([]);
    const proof: OwnershipProof = { registryType: 'maven', verify: async () => ({ ok: true }) };
    expect((await run({ ownership: { other: 'enforce' } }, [maven], [proof])).refusal).toBeUndefined();
  });

  it('leaves a registry that does not answer alone for a while when it only warns', async () => {
    const gone = await startFixture(() => () => undefined);
    await gone.close();
    const config = (mode: 'warn' | 'enforce') =>
      defineConfig({ registry: { ownership: { npm: mode }, packageRegistries: { npm: { baseUrl: gone.url } } } });
    const told: string[] = [];
    const check = createOwnership({ config: config('warn'), net, userAgent: 'test', client: noClient });
    const document = { name: SERVER_NAME, description: 'x', version: '1.0.0', packages: [npm('a'), npm('b')] };
    await check(document, (message) => told.push(message));
    expect(told[0]).not.toContain('a moment ago');
    expect(told[1]).toContain(`${gone.host} did not answer a moment ago`);
    const strict = createOwnership({ config: config('enforce'), net, userAgent: 'test', client: noClient });
    const refusals = [await strict(document, () => undefined), await strict(document, () => undefined)];
    for (const refusal of refusals) {
      expect(refusal).toContain('the package could not be checked');
      expect(refusal).not.toContain('a moment ago');
    }
  });

  it('looks up a bounded number of packages', async () => {
    let asked = 0;
    const proof: OwnershipProof = {
      registryType: 'npm',
      verify: async () => {
        asked++;
        return { ok: true };
      },
    };
    const packages = Array.from({ length: MAX_CHECKED_PACKAGES + 1 }, (_, index) => npm(`p${index}`));
    const { refusal } = await run({ ownership: { npm: 'enforce' } }, packages, [proof]);
    expect(asked).toBe(MAX_CHECKED_PACKAGES);
    expect(refusal).toContain(`only the first ${MAX_CHECKED_PACKAGES} packages`);
  });

  it('never tells a credential', async () => {
    const registry = {
      ownership: { npm: 'enforce' as const },
      packageRegistries: { npm: { baseUrl: server.url, token: 'very-secret-token' } },
    };
    expect((await run(registry, [npm('absent')])).refusal).not.toContain('very-secret-token');
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer very-secret-token');
  });
});
