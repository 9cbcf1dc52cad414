import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isObject, type JsonObject, type JsonValue } from '../../src/base/json.ts';
import {
  doc,
  packaged,
  remote,
  segment,
  sharedPath,
  startRegistry,
  type TestRegistry,
} from './registry-api.harness.ts';

const file = sharedPath('openapi.yaml');
const hasOfficial = existsSync(file);
const official: JsonObject = hasOfficial ? parse(readFileSync(file, 'utf8')) : {};
const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
if (hasOfficial) ajv.addSchema({ ...official, $id: 'official' });

/** Follows names through the document; a `$ref` on the way is followed too. */
function at(...path: string[]): { value: JsonValue | undefined; pointer: string } {
  let value: JsonValue | undefined = official;
  let pointer = '';
  for (const name of path) {
    value = isObject(value) ? value[name] : undefined;
    pointer += `/${name.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}`;
    if (isObject(value) && typeof value.$ref === 'string')
      return at(...value.$ref.split('/').slice(1), ...path.slice(path.indexOf(name) + 1));
  }
  return { value, pointer };
}

const base = `/v0.1/servers/${segment('com.example/weather')}`;
let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  await registry.publish(packaged());
  await registry.publish({ ...remote({ url: 'https://a.example.com/mcp' }), version: '1.1.0', title: 'Weather' });
});
afterAll(() => registry.close());

describe.skipIf(!hasOfficial)('answers fit the official description (skipped when ../shared is absent)', () => {
  const servers = '/v0.1/servers';
  const versions = '/v0.1/servers/{serverName}/versions';
  const version = '/v0.1/servers/{serverName}/versions/{version}';
  it.each([
    ['get', '/v0.1/servers', servers, 200],
    ['get', '/v0.1/servers?limit=1&version=latest', servers, 200],
    ['get', '/v0.1/servers?search=nothing-like-it', servers, 200],
    ['get', `${base}/versions`, versions, 200],
    ['get', '/v0.1/servers/no%2Fone/versions', versions, 404],
    ['get', `${base}/versions/latest`, version, 200],
    ['get', `${base}/versions/9.9.9`, version, 404],
    ['put', `${base}/versions/1.0.0`, version, 200, packaged({ runtimeHint: 'npx' })],
    ['put', `${base}/versions/9.9.9`, version, 404, doc({ version: '9.9.9' })],
    ['patch', `${base}/versions/1.0.0/status`, `${version}/status`, 200, { status: 'deprecated', statusMessage: 'x' }],
    ['patch', `${base}/status`, '/v0.1/servers/{serverName}/status', 200, { status: 'active' }],
    ['post', '/v0.1/publish', '/v0.1/publish', 200, doc({ version: '2.0.0' })],
    ['patch', `${base}/status`, '/v0.1/servers/{serverName}/status', 400, { status: 'active' }],
    ['delete', `${base}/versions/2.0.0`, version, 200],
  ] as [string, string, string, number, JsonObject?][])('%s %s %s %s', async (method, path, template, status, json) => {
    const answer = await registry.send(method.toUpperCase(), path, { as: 'admin', json });
    expect(answer.status).toBe(status);
    const known = [template, template.replace('/v0.1', '/v0')].map((key) =>
      at('paths', key, method, 'responses', String(status), 'content', 'application/json', 'schema'),
    );
    const found = known.find(({ value }) => value !== undefined);
    expect(found, `${method} ${template} ${status} in the official description`).toBeDefined();
    const validate = ajv.compile({ $ref: `official#${found?.pointer}` });
    expect(validate(answer.body) ? [] : validate.errors).toEqual([]);
  });
});
