// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the seed are written so.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { registryOpenApi } from '../../src/http/openapi/registry.ts';
import { settingsSchema } from '../../src/http/routes/schemas.ts';
import { importRows } from '../../src/registry/import/import.ts';
import { readCatalogue } from '../../src/registry/import/read.ts';
import { startRegistry, type TestRegistry } from './registry-api.harness.ts';

const seed = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../seed/seed.json'), 'utf8'));

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

describe('the built-in seed', () => {
  it('holds documents that could be published as they are, and changes nothing when it is imported again', async () => {
    for (const { server } of seed.servers) {
      const { status, body } = await registry.send('POST', '/v0.1/validate', { json: server });
      expect({ status, body }, server.name).toEqual({ status: 200, body: { valid: true, issues: [] } });
      const published = await registry.publish(server);
      expect(JSON.stringify(published.body.server), 'the file is in normal form').toBe(JSON.stringify(server));
    }
    const summary = await importRows(registry.catalog, readCatalogue(seed));
    expect(summary).toEqual({ imported: 0, updated: 0, unchanged: seed.servers.length, skipped: [], notes: [] });
  });

  it('deploys versions that it holds, with settings that the hub takes', () => {
    const versions = seed.servers.map(({ server }: { server: JsonObject }) => `${server.name}@${server.version}`);
    for (const { slug, name, version, settings } of seed.deployments) {
      expect(versions, slug).toContain(`${name}@${version}`);
      const bare = JSON.parse(JSON.stringify(settings).replaceAll('${hub:url}', 'http://127.0.0.1:8080'));
      expect(() => settingsSchema.parse(bare), slug).not.toThrow();
    }
  });

  it('shows agents only operations that read, and all of them exist', () => {
    const { paths } = registryOpenApi({ title: 'x', version: '1', serverUrl: 'http://hub.test' });
    const reads = Object.values(paths as JsonObject).flatMap((item) => {
      const get = (item as JsonObject).get;
      return get === undefined ? [] : [(get as JsonObject).operationId];
    });
    const { include } = seed.deployments[0].settings.openapi;
    expect(reads).toEqual(expect.arrayContaining(include));
  });
});
