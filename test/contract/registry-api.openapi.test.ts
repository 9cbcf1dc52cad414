import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isObject, type JsonObject, type JsonValue } from '../../src/base/json.ts';
import { registryOpenApi } from '../../src/http/openapi/registry.ts';
import { parseRegistryPath, ROUTE_METHODS } from '../../src/http/routes/registry-path.ts';
import { exportRows } from '../../src/registry/import/export.ts';
import { importRows } from '../../src/registry/import/import.ts';
import { readCatalogue } from '../../src/registry/import/read.ts';
import {
  doc,
  hasSharedData,
  packaged,
  segment,
  sharedJson,
  startRegistry,
  type TestRegistry,
} from './registry-api.harness.ts';

const document = registryOpenApi({ title: 'Test', version: '0.1.0', serverUrl: 'http://hub.test' });
const schemas = (document.components as JsonObject).schemas as JsonObject;
const name = 'com.example/weather';
const base = `/v0.1/servers/${segment(name)}`;

const ajv = addFormats.default(new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }));
ajv.addVocabulary(['components']);
ajv.addSchema({ $id: 'api', components: { schemas } });
const errorsOf = (schema: string, value: unknown): unknown => {
  const validate = ajv.getSchema(`api#/components/schemas/${schema}`);
  if (!validate) throw new Error(`no schema ${schema}`);
  return validate(value) ? undefined : validate.errors;
};

interface Operation {
  method: string;
  path: string;
  value: JsonObject;
}
const operations: Operation[] = Object.entries(document.paths as JsonObject).flatMap(([path, item]) =>
  Object.entries(item as JsonObject)
    .filter(([method]) => method !== 'parameters')
    .map(([method, value]) => ({ method: method.toUpperCase(), path, value: value as JsonObject })),
);

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  await registry.publish(packaged());
});
afterAll(() => registry.close());

describe('the OpenAPI document', () => {
  it('describes every route and method that is served, and no other', () => {
    const official = operations.filter(({ path }) => !path.startsWith('/v0.1/x/'));
    const described = official.map(({ method, path }) => {
      const { route } = parseRegistryPath(path.replace('{serverName}', 'a%2Fb').replace('{version}', '1.0.0'));
      return `${route.kind} ${method}`;
    });
    const served = Object.entries(ROUTE_METHODS).flatMap(([kind, methods]) =>
      methods.filter((method) => method !== 'HEAD').map((method) => `${kind} ${method}`),
    );
    expect(described.sort()).toEqual(served.sort());
  });

  it('gives each operation a readable id of its own and a summary', () => {
    const ids = operations.map(({ value }) => value.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(operations.filter(({ value }) => typeof value.summary !== 'string')).toEqual([]);
  });

  it('holds no reference that leads nowhere, and declares all path parameters', () => {
    const references: string[] = [];
    const walk = (value: JsonValue | undefined): void => {
      if (Array.isArray(value)) value.forEach(walk);
      else if (isObject(value)) {
        if (typeof value.$ref === 'string') references.push(value.$ref);
        Object.values(value).forEach(walk);
      }
    };
    walk(document);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references)
      expect(schemas).toHaveProperty([reference.replace('#/components/schemas/', '')]);
    for (const { path, value } of operations) {
      const shared = ((document.paths as JsonObject)[path] as JsonObject).parameters ?? [];
      const own = value.parameters ?? [];
      const declared = [...(shared as JsonObject[]), ...(own as JsonObject[])].map((parameter) => parameter.name);
      for (const [, parameter] of path.matchAll(/\{(\w+)\}/g)) expect(declared, path).toContain(parameter);
    }
  });

  it('has a schema that compiles for every component', () => {
    for (const schema of Object.keys(schemas)) expect(() => errorsOf(schema, null), schema).not.toThrow();
  });
});

describe('real answers are what the document says', () => {
  it.each([
    ['GET', '/v0.1/servers', 'ServerList'],
    ['GET', '/v0.1/servers?limit=1&version=latest', 'ServerList'],
    ['GET', base, 'ServerResponse'],
    ['GET', `${base}/versions`, 'ServerList'],
    ['GET', `${base}/versions/1.0.0`, 'ServerResponse'],
    ['GET', '/v0.1/health', 'Health'],
    ['GET', '/v0.1/ping', 'Ping'],
    ['GET', '/v0.1/version', 'Version'],
    ['GET', '/v0.1/servers?limit=0', 'Problem'],
    ['GET', '/v0.1/servers/x%2Fy', 'Problem'],
    ['PUT', `${base}/versions/1.0.0`, 'ServerResponse', packaged({ runtimeHint: 'npx' })],
    ['PATCH', `${base}/versions/1.0.0/status`, 'ServerResponse', { status: 'deprecated', statusMessage: 'x' }],
    ['PATCH', `${base}/status`, 'AllVersionsStatusResponse', { status: 'active' }],
    ['POST', '/v0.1/publish', 'ServerResponse', doc({ version: '2.0.0' })],
    ['POST', '/v0.1/publish', 'Problem', {}],
    ['POST', '/v0.1/validate', 'ValidationResult', doc({ title: ' ' })],
    ['DELETE', `${base}/versions/2.0.0`, 'ServerResponse'],
    ['DELETE', base, 'DeletedServersResponse'],
  ] as [string, string, string, JsonObject?][])('%s %s is a %s', async (method, path, schema, json) => {
    const { body } = await registry.send(method, path, { as: 'admin', json });
    expect(errorsOf(schema, body)).toBeUndefined();
  });

  it.each([
    ['ServerJSON', doc()],
    ['PublishRequest', doc({ _meta: { 'io.github.mcp-hub-registry/deploy': { load_immediately: true } } })],
    ['PublishRequest', { server: doc(), load_immediately: true, slug: 'weather' }],
    ['StatusUpdateRequest', { status: 'deleted' }],
  ])('a %s that is accepted fits it', (schema, value) => {
    expect(errorsOf(schema, value)).toBeUndefined();
  });

  it.each([
    ['ServerJSON', doc({ description: 'x'.repeat(101) })],
    ['ServerJSON', doc({ unknown: 1 })],
    ['PublishRequest', { server: doc(), command: 'x' }],
    ['StatusUpdateRequest', { status: 'gone' }],
  ])('a %s that is refused does not', (schema, value) => {
    expect(errorsOf(schema, value)).toBeDefined();
  });

  it.skipIf(!hasSharedData)('every imported row fits it (skipped when ../shared is absent)', async () => {
    const imported = await startRegistry();
    for (const file of ['official-dump-2025-09.json', 'seed-era/seed_2025_05_16.json']) {
      await importRows(imported.catalog, readCatalogue(sharedJson(file)));
    }
    for await (const row of exportRows(imported.store)) expect(errorsOf('ServerResponse', row)).toBeUndefined();
    await imported.close();
  });
});
