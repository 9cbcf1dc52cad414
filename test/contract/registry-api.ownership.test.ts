import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineConfig } from '../../src/config/build.ts';
import type { OwnershipMode } from '../../src/config/package-registries.ts';
import type { Net } from '../../src/net/net.ts';
import { createOwnership } from '../../src/registry/proofs/index.ts';
import { createTestNet } from '../fixtures/net.ts';
import { type FixtureServer, startFixture } from '../fixtures/registries/http-server.ts';
import { doc, startRegistry, type TestRegistry } from './registry-api.harness.ts';

const WARNINGS = 'io.github.mcp-hub-registry/warnings';

describe('publishing packages that others must vouch for', () => {
  let packages: FixtureServer;
  let net: Net;
  let registry: TestRegistry;

  const start = (mode: OwnershipMode): Promise<TestRegistry> => {
    const config = defineConfig({
      registry: { ownership: { npm: mode }, packageRegistries: { npm: { baseUrl: packages.url } } },
    });
    return startRegistry({ ownership: [createOwnership({ config, net, userAgent: 'test' })] });
  };
  const withPackage = (identifier: string, version = '1.0.0') =>
    doc({
      version,
      packages: [{ registryType: 'npm', identifier, version: '1.0.0', transport: { type: 'stdio' } }],
    });

  beforeAll(async () => {
    packages = await startFixture(() => ({ path }) => {
      return path === '/weather/1.0.0' ? { body: { mcpName: 'com.example/weather' } } : undefined;
    });
    net = createTestNet();
    registry = await start('warn');
  });
  afterAll(async () => {
    await registry.close();
    await net.close();
    await packages.close();
  });

  it('publishes and says in _meta and in the audit trail what is not proven', async () => {
    const answer = await registry.publish(withPackage('absent'));
    const warning = expect.stringMatching(/^registry validation failed for package 0 \(absent\): .* does not exist/);
    expect(answer.body._meta[WARNINGS]).toEqual([warning]);
    expect(registry.audit.at(-1)).toMatchObject({
      action: 'publish',
      result: 'ok',
      detail: expect.stringMatching(/^warnings: registry validation failed/),
    });
    const read = await registry.get('/v0/servers/com.example%2Fweather/versions/1.0.0');
    expect(read.body._meta).not.toHaveProperty([WARNINGS]);
  });

  it('says nothing when all is proven', async () => {
    const answer = await registry.publish(withPackage('weather', '1.1.0'));
    expect(answer.body._meta).not.toHaveProperty([WARNINGS]);
    expect(registry.audit.at(-1)).not.toHaveProperty('detail');
  });

  it('warns after an edit as well', async () => {
    const answer = await registry.send('PUT', '/v0/servers/com.example%2Fweather/versions/1.1.0', {
      as: 'admin',
      json: withPackage('absent', '1.1.0'),
    });
    expect(answer.status).toBe(200);
    expect(answer.body._meta[WARNINGS]).toHaveLength(1);
  });

  it('refuses with the reason where the proof is enforced, and stores nothing', async () => {
    const strict = await start('enforce');
    const refused = await strict.send('POST', '/v0/publish', { as: 'publisher', json: withPackage('absent') });
    expect(refused).toMatchObject({ status: 400, body: { detail: 'Failed to publish server' } });
    expect(refused.body.errors[0].message).toMatch(/^registry validation failed for package 0 \(absent\): /);
    expect((await strict.get('/v0/servers')).body.servers).toEqual([]);
    expect((await strict.publish(withPackage('weather'))).status).toBe(200);
    await strict.close();
  });
});
