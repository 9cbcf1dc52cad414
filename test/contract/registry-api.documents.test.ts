import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { checkPackageTransportUrl, checkRemoteUrl } from '../../src/registry/package-rules.ts';
import { isSubfolder } from '../../src/registry/rules.ts';
import { compareVersions, isSemver, looksLikeRange } from '../../src/registry/versions.ts';
import {
  doc,
  hasSharedData,
  packaged,
  remote,
  segment,
  sharedJson,
  sharedPath,
  startRegistry,
  type TestRegistry,
} from './registry-api.harness.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

const without = (document: JsonObject, key: string): JsonObject => {
  const { [key]: _, ...rest } = document;
  return rest;
};
const argument = (members: JsonObject): JsonObject => packaged({ packageArguments: [members] });
const variable = (members: JsonObject): JsonObject => packaged({ environmentVariables: [members] });
const long = (length: number): string => 'x'.repeat(length);
const rocket = '\u{1F680}';

/** What breaks a constraint: document, message, location. */
const CONSTRAINTS: [string, unknown, string, string][] = [
  ['a text instead of an object', 'x', 'expected object', 'body'],
  ['a list', [], 'expected object', 'body'],
  ['null', null, 'expected object', 'body'],
  ['no $schema', without(doc(), '$schema'), 'expected required property $schema to be present', 'body'],
  ['no name', without(doc(), 'name'), 'expected required property name to be present', 'body'],
  ['no description', without(doc(), 'description'), 'expected required property description to be present', 'body'],
  ['no version', without(doc(), 'version'), 'expected required property version to be present', 'body'],
  ['an empty $schema', doc({ $schema: '' }), 'expected length >= 1', 'body.$schema'],
  [
    'a $schema that is no URL',
    doc({ $schema: ':x' }),
    'expected string to be RFC 3986 uri: missing protocol scheme',
    'body.$schema',
  ],
  ['a $schema of null', doc({ $schema: null }), 'expected string', 'body.$schema'],
  ['a short name', doc({ name: 'ab' }), 'expected length >= 3', 'body.name'],
  ['a long name', doc({ name: `com.example/${long(189)}` }), 'expected length <= 200', 'body.name'],
  [
    'a name without a slash',
    doc({ name: 'noslash' }),
    'expected string to match pattern ^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$',
    'body.name',
  ],
  [
    'a name with two slashes',
    doc({ name: 'com.example/a/b' }),
    'expected string to match pattern ^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$',
    'body.name',
  ],
  ['a name that is a number', doc({ name: 7 }), 'expected string', 'body.name'],
  ['an empty description', doc({ description: '' }), 'expected length >= 1', 'body.description'],
  ['a long description', doc({ description: long(101) }), 'expected length <= 100', 'body.description'],
  ['an empty version', doc({ version: '' }), 'expected length >= 1', 'body.version'],
  ['a long version', doc({ version: long(256) }), 'expected length <= 255', 'body.version'],
  ['an empty title', doc({ title: '' }), 'expected length >= 1', 'body.title'],
  ['a long title', doc({ title: long(101) }), 'expected length <= 100', 'body.title'],
  [
    'a websiteUrl that is no URL',
    doc({ websiteUrl: 'https://a b/' }),
    'expected string to be RFC 3986 uri: invalid character in host name',
    'body.websiteUrl',
  ],
  ['an unknown member', doc({ status: 'active' }), 'unexpected property', 'body.status'],
  ['a member in other case', doc({ Title: 'x' }), 'unexpected property', 'body.Title'],
  ['snake_case', packaged({ registry_type: 'npm' }), 'unexpected property', 'body.packages[0].registry_type'],
  ['a repository that is a text', doc({ repository: 'https://github.com/a/b' }), 'expected object', 'body.repository'],
  [
    'an unknown member of the repository',
    doc({ repository: { branch: 'x' } }),
    'unexpected property',
    'body.repository.branch',
  ],
  ['packages that are an object', doc({ packages: {} }), 'expected array', 'body.packages'],
  ['a package that is null', doc({ packages: [null] }), 'expected object', 'body.packages[0]'],
  [
    'a package without registryType',
    doc({ packages: [without(firstPackage(), 'registryType')] }),
    'expected required property registryType to be present',
    'body.packages[0]',
  ],
  [
    'a package without identifier',
    doc({ packages: [without(firstPackage(), 'identifier')] }),
    'expected required property identifier to be present',
    'body.packages[0]',
  ],
  [
    'a package without transport',
    doc({ packages: [without(firstPackage(), 'transport')] }),
    'expected required property transport to be present',
    'body.packages[0]',
  ],
  ['an empty registryType', packaged({ registryType: '' }), 'expected length >= 1', 'body.packages[0].registryType'],
  ['an empty identifier', packaged({ identifier: '' }), 'expected length >= 1', 'body.packages[0].identifier'],
  ['a long package version', packaged({ version: long(256) }), 'expected length <= 255', 'body.packages[0].version'],
  [
    'a fileSha256 in upper case',
    packaged({ fileSha256: 'A'.repeat(64) }),
    'expected string to match pattern ^[a-f0-9]{64}$',
    'body.packages[0].fileSha256',
  ],
  [
    'a registryBaseUrl that is no URL',
    packaged({ registryBaseUrl: 'https://x.y/%zz' }),
    'expected string to be RFC 3986 uri: invalid URL escape',
    'body.packages[0].registryBaseUrl',
  ],
  [
    'a transport without type',
    packaged({ transport: {} }),
    'expected required property type to be present',
    'body.packages[0].transport',
  ],
  [
    'an unknown member of a transport',
    packaged({ transport: { type: 'stdio', port: 1 } }),
    'unexpected property',
    'body.packages[0].transport.port',
  ],
  [
    'an argument without type',
    argument({ name: '--x' }),
    'expected required property type to be present',
    'body.packages[0].packageArguments[0]',
  ],
  [
    'an unknown format',
    argument({ type: 'positional', format: 'file_path' }),
    'expected value to be one of "string, number, boolean, filepath"',
    'body.packages[0].packageArguments[0].format',
  ],
  [
    'isRequired as a text',
    argument({ type: 'positional', isRequired: 'yes' }),
    'expected boolean',
    'body.packages[0].packageArguments[0].isRequired',
  ],
  [
    'choices that are no texts',
    argument({ type: 'positional', choices: [1] }),
    'expected string',
    'body.packages[0].packageArguments[0].choices[0]',
  ],
  [
    'a variable without a name',
    variable({ value: 'x' }),
    'expected required property name to be present',
    'body.packages[0].environmentVariables[0]',
  ],
  [
    'an unknown member of an input',
    variable({ name: 'A', variables: { b: { required: true } } }),
    'unexpected property',
    'body.packages[0].environmentVariables[0].variables.b.required',
  ],
  ['an icon without src', doc({ icons: [{}] }), 'expected required property src to be present', 'body.icons[0]'],
  [
    'an icon with a long src',
    doc({ icons: [{ src: `https://a.example/${long(250)}` }] }),
    'expected length <= 255',
    'body.icons[0].src',
  ],
  [
    'an icon of another media type',
    doc({ icons: [{ src: 'https://a.example/i', mimeType: 'image/gif' }] }),
    'expected value to be one of "image/png, image/jpeg, image/jpg, image/svg+xml, image/webp"',
    'body.icons[0].mimeType',
  ],
  [
    'an icon of a strange size',
    doc({ icons: [{ src: 'https://a.example/i', sizes: ['big'] }] }),
    'expected string to match pattern ^(\\d+x\\d+|any)$',
    'body.icons[0].sizes[0]',
  ],
  [
    'an icon of a strange theme',
    doc({ icons: [{ src: 'https://a.example/i', theme: 'blue' }] }),
    'expected value to be one of "light, dark"',
    'body.icons[0].theme',
  ],
  [
    'a remote without type',
    doc({ remotes: [{ url: 'https://a.example' }] }),
    'expected required property type to be present',
    'body.remotes[0]',
  ],
  [
    'an official block of its own',
    doc({ _meta: { 'io.modelcontextprotocol.registry/official': { isLatest: true } } }),
    'unexpected property',
    'body._meta.io.modelcontextprotocol.registry/official',
  ],
  [
    "a claim in the hub's name",
    doc({ _meta: { 'io.github.mcp-hub-registry/runtime': {} } }),
    'unexpected property',
    'body._meta.io.github.mcp-hub-registry/runtime',
  ],
  [
    'publisher metadata that is a text',
    doc({ _meta: { 'io.modelcontextprotocol.registry/publisher-provided': 'x' } }),
    'expected object',
    'body._meta.io.modelcontextprotocol.registry/publisher-provided',
  ],
  ['a NUL', doc({ version: '1.0.0\0' }), 'expected string of whole Unicode characters other than NUL', 'body.version'],
  [
    'half a surrogate pair',
    doc({ description: '\ud800' }),
    'expected string of whole Unicode characters other than NUL',
    'body.description',
  ],
  [
    'too many packages',
    doc({ packages: Array(1001).fill(firstPackage()) }),
    'expected array length <= 1000',
    'body.packages',
  ],
];

function firstPackage(): JsonObject {
  return (packaged().packages as JsonObject[])[0] ?? {};
}

describe('the constraint layer answers 422 with message and location', () => {
  it.each(CONSTRAINTS)('for %s', async (_, json, message, location) => {
    const answer = await registry.send('POST', '/v0.1/validate', { json });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ title: 'Unprocessable Entity', status: 422, detail: 'validation failed' });
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ message, location }));
  });

  it('gives the broken value back, unless it is large', async () => {
    const { body } = await registry.send('POST', '/v0.1/validate', {
      json: doc({ description: long(101), extra: [long(5000)] }),
    });
    expect(body.errors).toEqual([
      { message: 'expected length <= 100', location: 'body.description', value: long(101) },
      { message: 'unexpected property', location: 'body.extra' },
    ]);
  });

  it('lists all broken constraints at once, at most one hundred', async () => {
    const some = await registry.send('POST', '/v0.1/validate', { json: {} });
    expect(some.body.errors).toHaveLength(4);
    const many = await registry.send('POST', '/v0.1/validate', { json: doc({ packages: Array(300).fill({}) }) });
    expect(many.body.errors).toHaveLength(100);
  });

  it.each([
    ['null for an optional member', doc({ title: null, packages: null, repository: null })],
    ['a description of 100 characters beyond the BMP', doc({ description: rocket.repeat(100) })],
    ['a version of 255 characters', doc({ version: long(255) })],
    ['no packages and no remotes', doc()],
    ['foreign keys in _meta', doc({ _meta: { 'com.acme/extra': { anything: [1, null] } } })],
    [
      'a member named __proto__ in free content',
      JSON.parse(`${JSON.stringify(doc()).slice(0, -1)},"_meta":{"com.acme/x":{"__proto__":{"a":1}}}}`),
    ],
  ])('accepts %s', async (_, json) => {
    expect(await registry.send('POST', '/v0.1/validate', { json })).toMatchObject({
      status: 200,
      body: { valid: true },
    });
  });
});

const repo = (members: JsonObject): JsonObject =>
  doc({ repository: { url: 'https://github.com/acme/weather', source: 'github', ...members } });
const transport = (members: JsonObject, pkg: JsonObject = {}): JsonObject => packaged({ ...pkg, transport: members });
const schema = (name: string): JsonObject => doc({ $schema: `https://static.modelcontextprotocol.io/schemas/${name}` });

/** What breaks a semantic rule: document, reference, path. */
const RULES: [string, JsonObject, string, string][] = [
  [
    'a $schema without a version',
    doc({ $schema: 'https://a.example/x.json' }),
    'schema-version-extraction-error',
    'schema',
  ],
  ['the draft schema', schema('draft/server.schema.json'), 'schema-version-not-available', 'schema'],
  ['a schema that never was', schema('2024-01-01/server.schema.json'), 'schema-version-not-available', 'schema'],
  ['a name part of one character', doc({ name: 'com.example/a' }), 'invalid-server-name', 'name'],
  ['a name that ends with a dash', doc({ name: 'com.example/bad-' }), 'invalid-server-name', 'name'],
  ['a namespace that begins with a dot', doc({ name: '.com/xx' }), 'invalid-server-name', 'name'],
  ['the version latest', doc({ version: 'latest' }), 'reserved-version-string', 'version'],
  ['a blank version', doc({ version: '  ' }), 'invalid-version', 'version'],
  ['a caret range', doc({ version: '^1.2.3' }), 'version-looks-like-range', 'version'],
  ['a wildcard', doc({ version: '1.x' }), 'version-looks-like-range', 'version'],
  ['a hyphen range', doc({ version: '1.0 - 2.0' }), 'version-looks-like-range', 'version'],
  ['an or range', doc({ version: '1.2 || 1.3' }), 'version-looks-like-range', 'version'],
  ['a repository elsewhere', repo({ source: 'bitbucket' }), 'invalid-repository-url', 'repository.url'],
  ['a repository URL of another forge', repo({ source: 'gitlab' }), 'invalid-repository-url', 'repository.url'],
  [
    'a nested GitLab group',
    repo({ source: 'gitlab', url: 'https://gitlab.com/a/b/c' }),
    'invalid-repository-url',
    'repository.url',
  ],
  ['a source named like a method', repo({ source: 'constructor' }), 'invalid-repository-url', 'repository.url'],
  ['a subfolder that climbs', repo({ subfolder: 'a/../b' }), 'invalid-subfolder-path', 'repository.subfolder'],
  ['a websiteUrl without a scheme', doc({ websiteUrl: '/docs' }), 'website-url-must-be-absolute', 'websiteUrl'],
  ['a websiteUrl over http', doc({ websiteUrl: 'http://a.example' }), 'website-url-invalid-scheme', 'websiteUrl'],
  [
    'a websiteUrl with a quote',
    doc({ websiteUrl: 'https://a.example/"x"' }),
    'website-url-invalid-characters',
    'websiteUrl',
  ],
  ['a blank title', doc({ title: '   ' }), 'title-whitespace-only', 'title'],
  ['a relative icon', doc({ icons: [{ src: 'icon.png' }] }), 'icon-src-not-absolute', 'icons[0].src'],
  ['a data icon', doc({ icons: [{ src: 'data:image/png;base64,AA' }] }), 'icon-src-invalid-scheme', 'icons[0].src'],
  ['an icon over http', doc({ icons: [{ src: 'http://a.example/i' }] }), 'icon-src-invalid-scheme', 'icons[0].src'],
  ['spaces in an identifier', packaged({ identifier: 'a b' }), 'package-name-has-spaces', 'packages[0].identifier'],
  ['a package version latest', packaged({ version: 'latest' }), 'reserved-version-string', 'packages[0].version'],
  ['a package version range', packaged({ version: '~1.2' }), 'version-looks-like-range', 'packages[0].version'],
  [
    'a named argument without a name',
    argument({ type: 'named', value: 'x' }),
    'named-argument-name-required',
    'packages[0].packageArguments[0].name',
  ],
  [
    'a named argument with its value in the name',
    argument({ type: 'named', name: '--port <port>' }),
    'invalid-named-argument-name',
    'packages[0].packageArguments[0].name',
  ],
  [
    'a value that begins with the name',
    argument({ type: 'named', name: '--port', value: '--port 80' }),
    'argument-value-starts-with-name',
    'packages[0].packageArguments[0].value',
  ],
  [
    'a default that begins with the name',
    argument({ type: 'named', name: '--port', default: '--port=80' }),
    'argument-default-starts-with-name',
    'packages[0].packageArguments[0].default',
  ],
  [
    'a runtime argument without a name',
    packaged({ runtimeArguments: [{ type: 'named', name: '' }] }),
    'named-argument-name-required',
    'packages[0].runtimeArguments[0].name',
  ],
  [
    'a stdio transport with a url',
    transport({ type: 'stdio', url: 'http://a.example' }),
    'stdio-transport-url-not-empty',
    'packages[0].transport.url',
  ],
  [
    'an http transport without a url',
    transport({ type: 'streamable-http' }),
    'streamable-transport-url-required',
    'packages[0].transport.url',
  ],
  [
    'an sse transport without a url',
    transport({ type: 'sse' }),
    'streamable-transport-url-required',
    'packages[0].transport.url',
  ],
  [
    'a variable that the package does not have',
    transport({ type: 'sse', url: 'http://localhost:{port}/' }),
    'invalid-templated-url',
    'packages[0].transport.url',
  ],
  [
    'a transport url that is none',
    transport({ type: 'sse', url: 'localhost:8080' }),
    'invalid-templated-url',
    'packages[0].transport.url',
  ],
  ['an unknown transport', transport({ type: 'http' }), 'unsupported-transport-type', 'packages[0].transport.type'],
  [
    'a remote over stdio',
    doc({ remotes: [{ type: 'stdio' }] }),
    'unsupported-remote-transport-type',
    'remotes[0].type',
  ],
  ['a remote without a url', remote({}), 'remote-transport-url-required', 'remotes[0].url'],
  ['a remote over http', remote({ url: 'http://a.example/mcp' }), 'invalid-remote-url', 'remotes[0].url'],
  ['a remote on this machine', remote({ url: 'https://LOCALHOST/mcp' }), 'invalid-remote-url', 'remotes[0].url'],
  [
    'a remote with an unknown variable',
    remote({ url: 'https://{tenant}.a.example' }),
    'invalid-templated-url',
    'remotes[0].url',
  ],
  [
    'a remote that is all variable',
    remote({ url: '{base}/mcp', variables: { base: {} } }),
    'invalid-remote-url',
    'remotes[0].url',
  ],
];

/** What breaks only the JSON Schema that the document names: document, reference, path. */
const SCHEMA_RULES: [string, JsonObject, string, string][] = [
  [
    'a repository without url',
    repo({ url: '', source: '', id: '7' }),
    '#/definitions/Repository/required',
    'repository',
  ],
  [
    'an argument of an unknown type',
    argument({ type: 'other', value: 'x' }),
    '#/definitions/Argument/properties/type/enum',
    'packages[0].packageArguments[0].type',
  ],
  [
    'a positional argument that says nothing',
    argument({ type: 'positional' }),
    '#/definitions/Argument/else/anyOf',
    'packages[0].packageArguments[0]',
  ],
  [
    'a relative base URL',
    packaged({ registryBaseUrl: '/packages' }),
    '#/definitions/Package/properties/registryBaseUrl/format',
    'packages[0].registryBaseUrl',
  ],
  [
    'a package without the version that its revision wants',
    { ...packaged({ version: null }), $schema: schema('2025-09-29/server.schema.json').$schema ?? '' },
    '#/definitions/Package/required',
    'packages[0]',
  ],
];

describe('the JSON Schema that the document names', () => {
  it.each(SCHEMA_RULES)('finds %s on /validate, and in the 422 of a publish', async (_, json, reference, path) => {
    const verdict = await registry.send('POST', '/v0.1/validate', { json });
    expect(verdict).toMatchObject({ status: 200, body: { valid: false } });
    expect(verdict.body.issues).toContainEqual(
      expect.objectContaining({ type: 'schema', reference, path, severity: 'error' }),
    );
    const refusal = await registry.send('POST', '/v0.1/publish', { as: 'admin', json });
    expect(refusal).toMatchObject({
      status: 422,
      body: { detail: 'Failed to publish server, invalid schema: call /validate for details' },
    });
    expect(refusal.body.errors.map((error: JsonObject) => error.location)).toContain(`body.${path}`);
  });
});

describe('the semantic rules find, on /validate', () => {
  it.each(RULES)('%s', async (_, json, reference, path) => {
    const answer = await registry.send('POST', '/v0/validate', { json });
    expect(answer.status).toBe(200);
    expect(answer.body.valid).toBe(false);
    expect(answer.body.issues).toContainEqual(expect.objectContaining({ reference, path, severity: 'error' }));
  });

  it.each(RULES)('%s, which publish refuses with 422 and the same finding', async (_, document, reference, path) => {
    const answer = await registry.send('POST', '/v0/publish', { as: 'admin', json: document });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toBe('Failed to publish server, invalid schema: call /validate for details');
    expect(
      answer.body.errors.map((error: JsonObject) => error.location),
      reference,
    ).toContain(`body.${path}`);
  });

  it('nothing wrong with a document of an old schema, but warns', async () => {
    const { body } = await registry.send('POST', '/v0/validate', { json: schema('2025-07-09/server.schema.json') });
    expect(body).toMatchObject({
      valid: true,
      issues: [{ reference: 'schema-version-deprecated', severity: 'warning', path: 'schema' }],
    });
  });

  it.each([
    ['an empty repository', repo({ url: '', source: '' })],
    ['a GitLab repository', repo({ source: 'gitlab', url: 'https://gitlab.com/a/b/' })],
    ['an honest version with an x in it', doc({ version: '1.0.0-next.1' })],
    ['a date as version', doc({ version: '2021.03.15' })],
    ['a schema at another host', doc({ $schema: 'https://mirror.example/schemas/2025-12-11/server.schema.json' })],
    [
      'variables from arguments and environment',
      transport(
        { type: 'sse', url: 'http://{host}:{--port}/{dir}' },
        {
          environmentVariables: [{ name: 'host' }],
          packageArguments: [
            { type: 'named', name: '--port' },
            { type: 'positional', valueHint: 'dir' },
          ],
        },
      ),
    ],
    [
      'a remote with variables, one of them not used',
      remote({ url: 'https://{tenant}.a.example', variables: { tenant: {}, other: {} } }),
    ],
    ['a remote at a private address', remote({ url: 'https://10.0.0.5/mcp' })],
  ])('nothing wrong with %s', async (_, json) => {
    expect((await registry.send('POST', '/v0/validate', { json })).body).toEqual({ valid: true, issues: [] });
  });
});

describe('relaxed settings', () => {
  it('allow longer descriptions, and remotes inside a company', async () => {
    const relaxed = await startRegistry({ settings: { maxDescriptionLength: 300, allowInsecureRemotes: true } });
    const json = { ...remote({ url: 'http://localhost:8080/mcp' }), description: long(300) };
    expect((await relaxed.send('POST', '/v0/validate', { json })).body).toEqual({ valid: true, issues: [] });
    await relaxed.close();
  });
});

describe('a stored document', () => {
  it('has its members in order, empty ones left out, foreign _meta kept', async () => {
    const { text } = await registry.publish({
      _meta: {
        'com.acme/extra': { keep: [] },
        'io.modelcontextprotocol.registry/publisher-provided': { tool: 'x', none: '' },
      },
      packages: [
        {
          transport: { url: '', type: 'stdio' },
          environmentVariables: [{ name: 'KEY', isRequired: false, isSecret: true, choices: [], variables: {} }],
          packageArguments: [],
          version: '1.0.0',
          identifier: 'x',
          registryType: 'npm',
        },
      ],
      icons: [],
      websiteUrl: '',
      title: null,
      repository: { url: '', source: '' },
      version: '1.0.0',
      description: 'Order',
      name: 'com.example/order',
      $schema: doc().$schema,
    });
    expect(JSON.stringify(JSON.parse(text).server)).toBe(
      JSON.stringify({
        $schema: doc().$schema,
        name: 'com.example/order',
        description: 'Order',
        version: '1.0.0',
        packages: [
          {
            registryType: 'npm',
            identifier: 'x',
            version: '1.0.0',
            transport: { type: 'stdio' },
            environmentVariables: [{ isSecret: true, name: 'KEY' }],
          },
        ],
        _meta: {
          'io.modelcontextprotocol.registry/publisher-provided': { tool: 'x', none: '' },
          'com.acme/extra': { keep: [] },
        },
      }),
    );
    const read = await registry.get(`/v0.1/servers/${segment('com.example/order')}/versions/latest`);
    expect(read.text).toBe(text);
  });
});

describe.skipIf(!hasSharedData)('the vectors of ../shared/data/registry (skipped when it is absent)', () => {
  const vectors = hasSharedData ? sharedJson('vectors.json') : { compare: [], remoteUrl: [], packageTransportUrl: [] };
  /** Versions that the official rule takes for ranges because of an x somewhere (section 13.5). */
  const honest = ['1.0.0-next.1', '1.0.0-experimental', '2.0.0-linux', '1.0.0-hotfix'];

  it('agree on what is a semantic version', () => {
    for (const [version, expected] of Object.entries(vectors.isSemver))
      expect(isSemver(version), version).toBe(expected);
  });

  it('agree on what looks like a range, but for honest versions with an x', () => {
    for (const [version, expected] of Object.entries(vectors.looksLikeRange_official)) {
      expect(looksLikeRange(version), version).toBe(honest.includes(version) ? false : expected);
    }
  });

  it('agree on the order of versions', () => {
    for (const { a, b, result } of vectors.compare) {
      const order = compareVersions(
        { version: a, publishedAt: '2026-01-01T00:00:00Z' },
        { version: b, publishedAt: '2026-01-02T00:00:00Z' },
      );
      expect(order, `${a} and ${b}`).toBe(result);
    }
  });

  it('agree on server names', async () => {
    for (const [name, expected] of Object.entries(vectors.serverName)) {
      const { status, body } = await registry.send('POST', '/v0/validate', { json: doc({ name }) });
      expect(status === 200 && body.valid, name).toBe(expected);
    }
  });

  it('agree on URLs of remotes', async () => {
    for (const { url, variables, valid } of vectors.remoteUrl) {
      const declared = Object.fromEntries(variables.map((name: string) => [name, {}]));
      const { body } = await registry.send('POST', '/v0/validate', { json: remote({ url, variables: declared }) });
      expect(body.valid, url).toBe(valid);
      if (valid) expect(checkRemoteUrl(url, { allowInsecureRemotes: false }), url).toBeUndefined();
    }
  });

  it('agree on URLs of package transports', () => {
    for (const { url, available, valid } of vectors.packageTransportUrl) {
      expect(checkPackageTransportUrl(url, new Set(available)) === undefined, url).toBe(valid);
    }
  });

  it('agree on subfolders', () => {
    for (const [folder, expected] of Object.entries(vectors.subfolder))
      expect(isSubfolder(folder), folder).toBe(expected);
  });
});

describe.skipIf(!hasSharedData)('the examples of ../shared/data/registry (skipped when it is absent)', () => {
  /** Files that break today's rules, with what they break; the rest is valid. */
  const broken: Record<string, string> = {
    'coder-template-whole-url.json': 'invalid-remote-url',
    'grafana-oci-remote-template.json': 'body.icon',
    'kernel-2025-07-09-schema.json': 'body.status',
    'knapcode-nuget-template.json': 'body.packages[0].environmentVariables[0].variables.weather_choices.is_required',
    'nimblebrain-folk-extra-meta.json': 'schema-version-extraction-error',
    'nimblebrain-ipinfo-extra-meta.json': 'schema-version-extraction-error',
  };
  const files = hasSharedData ? readdirSync(sharedPath('examples')).filter((file) => !file.startsWith('navikt')) : [];

  it.each(files)('%s gets the verdict it deserves', async (file) => {
    const { status, body } = await registry.send('POST', '/v0.1/validate', { json: sharedJson(`examples/${file}`) });
    const expected = broken[file];
    if (expected === undefined) expect(body).toMatchObject({ valid: true });
    else if (status === 200) expect(body.issues.map((issue: JsonObject) => issue.reference)).toContain(expected);
    else expect(body.errors.map((error: JsonObject) => error.location)).toContain(expected);
  });
});
