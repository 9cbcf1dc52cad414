import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { SCHEMA_VERSIONS, schemaUrl } from '../schema-version.ts';
import { checkSchema } from './check-schema.ts';

const shared = path.resolve(import.meta.dirname, '../../../../shared/data/registry');
const hasShared = existsSync(shared);
const read = (name: string): JsonObject => JSON.parse(readFileSync(path.join(shared, name), 'utf8'));

const full: JsonObject = {
  $schema: schemaUrl(),
  name: 'com.example/weather',
  description: 'Tells the weather',
  version: '1.0.0',
  title: 'Weather',
  websiteUrl: 'https://example.com/',
  repository: { url: 'https://github.com/a/b', source: 'github', id: '1', subfolder: 'src' },
  icons: [{ src: 'https://example.com/a.png', mimeType: 'image/png', sizes: ['48x48', 'any'], theme: 'dark' }],
  packages: [
    {
      registryType: 'npm',
      registryBaseUrl: 'https://packages.example.com',
      identifier: '@a/b',
      version: '1.0.0',
      fileSha256: 'a'.repeat(64),
      runtimeHint: 'npx',
      transport: { type: 'stdio' },
      runtimeArguments: [{ type: 'named', name: '--port', value: '{port}', variables: { port: { format: 'number' } } }],
      packageArguments: [{ type: 'positional', valueHint: 'dir', isRepeated: true, isRequired: true }],
      environmentVariables: [{ name: 'KEY', isSecret: true, default: 'x', placeholder: 'y', choices: ['x'] }],
    },
    {
      registryType: 'oci',
      identifier: 'ghcr.io/a/b:1',
      transport: { type: 'streamable-http', url: 'http://localhost:{port}/mcp', headers: [{ name: 'X' }] },
    },
  ],
  remotes: [
    { type: 'sse', url: 'https://example.com/sse', headers: [{ name: 'A', value: 'b' }] },
    { type: 'streamable-http', url: 'https://{tenant}.example.com', variables: { tenant: { description: 'x' } } },
  ],
  _meta: { 'io.modelcontextprotocol.registry/publisher-provided': { tool: 'x' } },
};

const withMembers = (members: JsonObject): JsonObject => ({ ...full, ...members });
const packaged = (members: JsonObject): JsonObject =>
  withMembers({ packages: [{ registryType: 'npm', identifier: 'x', transport: { type: 'stdio' }, ...members }] });

describe('the schema that a document names', () => {
  it('finds nothing in a document with every member', () => {
    expect(checkSchema(full, 100)).toEqual([]);
  });

  it.each([
    [
      'a name without a slash',
      withMembers({ name: 'no-slash' }),
      'name',
      '#/definitions/ServerDetail/properties/name/pattern',
    ],
    [
      'a repository without source',
      withMembers({ repository: { url: 'https://a.example' } }),
      'repository',
      '#/definitions/Repository/required',
    ],
    [
      'a relative URL',
      withMembers({ websiteUrl: '/x' }),
      'websiteUrl',
      '#/definitions/ServerDetail/properties/websiteUrl/format',
    ],
    [
      'an unknown transport',
      packaged({ transport: { type: 'ws' } }),
      'packages[0].transport.type',
      '#/definitions/LocalTransport/properties/type/enum',
    ],
    [
      'a transport without URL',
      packaged({ transport: { type: 'sse' } }),
      'packages[0].transport',
      '#/definitions/LocalTransport/then/required',
    ],
    [
      'an argument without name',
      packaged({ packageArguments: [{ type: 'named' }] }),
      'packages[0].packageArguments[0]',
      '#/definitions/Argument/then/required',
    ],
    [
      'an empty positional argument',
      packaged({ packageArguments: [{ type: 'positional' }] }),
      'packages[0].packageArguments[0]',
      '#/definitions/Argument/else/anyOf',
    ],
    [
      'the version latest',
      packaged({ version: 'latest' }),
      'packages[0].version',
      '#/definitions/Package/properties/version/not',
    ],
    [
      'a remote over stdio',
      withMembers({ remotes: [{ type: 'stdio' }] }),
      'remotes[0].type',
      '#/definitions/RemoteTransport/properties/type/enum',
    ],
  ])('names one place and one rule for %s', (_, document, at, reference) => {
    expect(checkSchema(document, 100)).toMatchObject([{ type: 'schema', severity: 'error', path: at, reference }]);
  });

  it('asks the revision, not the newest one', () => {
    const old = { $schema: schemaUrl('2025-09-29') };
    expect(checkSchema({ ...packaged({}), ...old }, 100)).toMatchObject([{ path: 'packages[0]' }]);
    expect(checkSchema({ ...packaged({ version: '1' }), ...old }, 100)).toEqual([]);
  });

  it('lets a longer description through where the setting does', () => {
    const document = withMembers({ description: 'x'.repeat(200) });
    expect(checkSchema(document, 100)).toHaveLength(1);
    expect(checkSchema(document, 200)).toEqual([]);
  });

  it('has no opinion on versions that were never published', () => {
    expect(checkSchema({ $schema: schemaUrl('2031-01-01') }, 100)).toEqual([]);
    expect(checkSchema({}, 100)).toEqual([]);
  });
});

describe.skipIf(!hasShared)('the published schemas of ../shared (skipped when it is absent)', () => {
  const official = new Map(
    hasShared
      ? SCHEMA_VERSIONS.map((version) => {
          const ajv = addFormats.default(new Ajv({ strict: false }));
          return [version, ajv.compile(read(`schemas/${version}.json`))] as const;
        })
      : [],
  );
  const examples: JsonObject[] = hasShared
    ? readdirSync(path.join(shared, 'examples')).map((file) => read(`examples/${file}`))
    : [];
  const agree = (version: string, document: JsonObject): void => {
    const found = checkSchema({ ...document, $schema: schemaUrl(version) }, 100);
    const verdict = official.get(version)?.({ ...document, $schema: schemaUrl(version) });
    expect({ version, valid: found.length === 0, document, found }).toMatchObject({ valid: verdict });
  };

  it.each(SCHEMA_VERSIONS)('%s gives the same verdict on every example and on the full document', (version) => {
    for (const document of [full, ...examples]) agree(version, document);
    for (const document of examples) agree(version, snakeCased(document));
  });

  it('gives the same verdict on mutations of them', () => {
    const documents = [full, ...examples];
    const pool: JsonValue[] = [
      null,
      true,
      0,
      '',
      'latest',
      'x',
      'https://a.example',
      'http://{x}/',
      'named',
      'positional',
      'sse',
      'stdio',
      'streamable-http',
      [],
      {},
      [1],
      [{}],
      ['x'],
    ];
    const keys = [
      'type',
      'url',
      'name',
      'value',
      'valueHint',
      'value_hint',
      'version',
      'status',
      'variables',
      'extra',
      'headers',
      'placeholder',
      'registry_type',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...SCHEMA_VERSIONS),
        fc.constantFrom(...documents),
        fc.boolean(),
        fc.array(
          fc.tuple(fc.nat(), fc.constantFrom('set', 'drop', 'add'), fc.constantFrom(...pool), fc.constantFrom(...keys)),
          { minLength: 1, maxLength: 4 },
        ),
        (version, original, snake, steps) => {
          const document = structuredClone(snake ? snakeCased(original) : original);
          for (const [at, what, value, key] of steps) mutate(document, at, what, value, key);
          delete document.$schema;
          agree(version, document);
        },
      ),
      { numRuns: 4000, seed: 20251211 },
    );
  });
});

/** Changes one place of a document: another value, no value, or one more member. */
function mutate(document: JsonObject, at: number, what: string, value: JsonValue, key: string): void {
  const places: [JsonObject | JsonValue[], string][] = [];
  const walk = (holder: JsonValue | undefined): void => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const name of Object.keys(holder)) {
      places.push([holder, name]);
      walk((holder as JsonObject)[name]);
    }
  };
  walk(document);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return;
  const holder = place[0] as JsonObject;
  const target = holder[place[1]];
  if (what === 'drop') delete holder[place[1]];
  else if (what === 'add' && isObject(target)) target[key] = structuredClone(value);
  else holder[place[1]] = structuredClone(value);
}

function snakeCased(value: JsonObject): JsonObject {
  const walk = (item: JsonValue): JsonValue => {
    if (Array.isArray(item)) return item.map(walk);
    if (!isObject(item)) return item;
    return Object.fromEntries(
      Object.entries(item).map(([key, member]) => [
        /^[a-z0-9]+[A-Z]/.test(key)
          ? key.replace('Sha256', '_sha256').replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)
          : key,
        walk(member ?? null),
      ]),
    );
  };
  return walk(value) as JsonObject;
}
