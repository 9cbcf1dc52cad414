import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { exportRows } from '../../src/registry/import/export.ts';
import { type ImportSummary, importRows } from '../../src/registry/import/import.ts';
import { followPages } from '../../src/registry/import/pages.ts';
import { readCatalogue, readCatalogueText, readRow } from '../../src/registry/import/read.ts';
import {
  doc,
  hasSharedData,
  official,
  remote,
  segment,
  sharedJson,
  startRegistry,
  type TestRegistry,
} from './registry-api.harness.ts';

const OFFICIAL = 'io.modelcontextprotocol.registry/official';
const ENTRY = 'io.github.mcp-hub-registry/entry';
const name = 'com.example/weather';

let registry: TestRegistry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

const take = (value: JsonValue, into = registry): Promise<ImportSummary> =>
  importRows(into.catalog, readCatalogue(value));
const counts = ({ imported, updated, unchanged, skipped }: ImportSummary): number[] => [
  imported,
  updated,
  unchanged,
  skipped.length,
];
const read = async (serverName = name, version = 'latest'): Promise<{ server: JsonObject; _meta: JsonObject }> =>
  (await registry.get(`/v0.1/servers/${segment(serverName)}/versions/${version}?include_deleted=true`)).body;
const exported = async (from = registry): Promise<JsonObject[]> => {
  const rows: JsonObject[] = [];
  for await (const row of exportRows(from.store)) rows.push(row);
  return rows;
};

describe('an import', () => {
  it('takes a list of server.json documents and dates them now', async () => {
    expect(counts(await take([doc(), doc({ version: '2.0.0' })]))).toEqual([2, 0, 0, 0]);
    expect((await read()).server.version).toBe('2.0.0');
    expect(official(await read())).toMatchObject({ status: 'active', isLatest: true });
  });

  it('takes an answer of the API with status, dates and foreign keys, and works out latest itself', async () => {
    const row = (version: string, members: JsonObject): JsonObject => ({
      server: doc({ version }),
      _meta: {
        [OFFICIAL]: {
          status: 'active',
          publishedAt: '2025-01-01T00:00:00.123456789Z',
          updatedAt: '2025-02-01T00:00:00Z',
          isLatest: true,
          ...members,
        },
        'com.acme/scores': { stars: 5 },
        'io.github.mcp-hub-registry/runtime': { status: 'healthy' },
      },
    });
    const servers = [
      row('1.0.0', { status: 'deprecated', statusMessage: 'old', statusChangedAt: '2025-01-15T01:00:00+01:00' }),
      row('2.0.0', { isLatest: false }),
    ];
    expect(counts(await take({ servers, metadata: { count: 2 } }))).toEqual([2, 0, 0, 0]);
    const first = await read(name, '1.0.0');
    expect(official(first)).toEqual({
      status: 'deprecated',
      statusMessage: 'old',
      statusChangedAt: '2025-01-15T00:00:00Z',
      publishedAt: '2025-01-01T00:00:00.123456789Z',
      updatedAt: '2025-02-01T00:00:00Z',
      isLatest: false,
    });
    expect(first._meta['com.acme/scores']).toEqual({ stars: 5 });
    expect(first._meta).not.toHaveProperty(['io.github.mcp-hub-registry/runtime']);
    expect(official(await read(name, '2.0.0'))).toMatchObject({ isLatest: true, updatedAt: '2025-02-01T00:00:00Z' });
  });

  it('takes the dump of mid-2025: status and official block inside the document', async () => {
    const id = '00636d73-03c1-4107-a591-84b271cd1646';
    const row = doc({
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-09-16/server.schema.json',
      status: 'deleted',
      _meta: {
        [OFFICIAL]: {
          versionId: id,
          publishedAt: '2025-09-16T13:14:05.094878294Z',
          updatedAt: '2025-09-16T13:14:05.094878294Z',
          isLatest: true,
        },
      },
    });
    await take({ servers: [row] });
    const entry = await read();
    expect(entry.server).toEqual(
      doc({ $schema: 'https://static.modelcontextprotocol.io/schemas/2025-09-16/server.schema.json' }),
    );
    expect(official(entry)).toMatchObject({ status: 'deleted', publishedAt: '2025-09-16T13:14:05.094878294Z' });
    expect(entry._meta[ENTRY]).toEqual({ id });
  });

  it('takes the seed of 2025-05 and maps it', async () => {
    const row = {
      id: 'd3669201-252f-403c-944b-c3ec0845782b',
      name: 'io.github.acme/tool',
      description: '',
      repository: { url: 'https://github.com/acme/tool', source: 'github', id: '7' },
      version_detail: { version: '', release_date: '2025-05-16T18:56:52Z', is_latest: true },
      packages: [
        {
          registry_name: 'npm',
          name: '@acme/tool',
          version: '1.0.0',
          runtime_hint: 'npx',
          package_arguments: [
            { type: 'positional', value_hint: 'dir', is_required: true, format: 'file_path', is_repeated: true },
            { type: 'named', name: '--to', template: '{host}:1', properties: { host: { is_secret: true } } },
          ],
          environment_variables: [{ name: 'KEY', description: 'A key' }],
        },
        { registry_name: 'docker', name: 'acme/tool', version: '2.0' },
        { registry_name: 'docker', name: 'ghcr.io/acme/tool', version: '' },
        { registry_name: 'pypi', name: 'acme-tool', version: '' },
        { registry_name: 'unknown', name: 'acme/tool', version: '' },
      ],
      remotes: [
        { transport_type: 'streamable', url: 'http://localhost:5008/mcp', headers: [{ description: 'nameless' }] },
      ],
    };
    const summary = await take([row]);
    expect(counts(summary)).toEqual([1, 0, 0, 0]);
    expect(summary.notes.map(({ note }) => note)).toEqual([
      "a package of the registry 'unknown' was left out",
      'headers without a name were left out',
      'the description is empty; the name was taken',
      expect.stringContaining('must use https'),
    ]);
    const entry = await read('io.github.acme/tool');
    expect(official(entry)).toMatchObject({ publishedAt: '2025-05-16T18:56:52Z', isLatest: true });
    expect(entry._meta[ENTRY]).toEqual({ id: row.id });
    expect(entry.server).toEqual({
      $schema: doc().$schema,
      name: 'io.github.acme/tool',
      description: 'io.github.acme/tool',
      repository: { url: 'https://github.com/acme/tool', source: 'github', id: '7' },
      version: '0.0.1-seed',
      packages: [
        {
          registryType: 'npm',
          identifier: '@acme/tool',
          version: '1.0.0',
          runtimeHint: 'npx',
          transport: { type: 'stdio' },
          packageArguments: [
            { isRequired: true, format: 'filepath', type: 'positional', valueHint: 'dir', isRepeated: true },
            { value: '{host}:1', variables: { host: { isSecret: true } }, type: 'named', name: '--to' },
          ],
          environmentVariables: [{ description: 'A key', name: 'KEY' }],
        },
        { registryType: 'oci', identifier: 'docker.io/acme/tool:2.0', transport: { type: 'stdio' } },
        { registryType: 'oci', identifier: 'ghcr.io/acme/tool', transport: { type: 'stdio' } },
        { registryType: 'pypi', identifier: 'acme-tool', transport: { type: 'stdio' } },
      ],
      remotes: [{ type: 'streamable-http', url: 'http://localhost:5008/mcp' }],
    });
  });

  it('takes documents of the snake_case model, and leaves out what the model does not know', async () => {
    const row = {
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-07-09/server.schema.json',
      name,
      description: 'Old',
      status: 'deprecated',
      version: '1.0.0',
      homepage_url: 'https://a.example',
      tags: ['x'],
      packages: [
        {
          registry_type: 'npm',
          registry_base_url: 'https://npm.example',
          identifier: 'x',
          version: '1.0.0',
          environment_variables: [{ name: 'A', is_required: true, format: 'url' }],
        },
      ],
    };
    const summary = await take([row]);
    expect(summary.notes.map(({ note }) => note)).toEqual([
      "'tags' is not part of the model and was left out",
      "'packages[0].environmentVariables[0].format' has an unknown value and was left out",
    ]);
    expect((await read()).server).toEqual({
      $schema: row.$schema,
      name,
      description: 'Old',
      version: '1.0.0',
      websiteUrl: 'https://a.example',
      packages: [
        {
          registryType: 'npm',
          registryBaseUrl: 'https://npm.example',
          identifier: 'x',
          version: '1.0.0',
          transport: { type: 'stdio' },
          environmentVariables: [{ isRequired: true, name: 'A' }],
        },
      ],
    });
    expect(official(await read()).status).toBe('deprecated');
  });

  it('takes lines of JSON, with broken ones among them', async () => {
    const text = `\uFEFF${JSON.stringify(doc())}\n\n{"name": \n${JSON.stringify({ server: doc({ version: '2.0.0' }) })}\r\n`;
    const { rows } = readCatalogueText(text);
    const summary = await importRows(registry.catalog, rows.map(readRow));
    expect(counts(summary)).toEqual([2, 0, 0, 1]);
    expect(summary.skipped).toEqual([{ index: 1, reason: 'the row is not a JSON object' }]);
  });

  it.each([
    ['text', 'hello'],
    ['an empty file', ''],
    ['a number', '7'],
    ['another object', '{"a":1}'],
  ])('refuses %s and says what a catalogue is', (_, text) => {
    expect(() => readCatalogueText(text)).toThrow(/catalogue/);
  });

  it('skips broken rows with their reason, and takes the rest', async () => {
    const summary = await take([
      null,
      'text',
      {},
      { name, description: 'x' },
      doc({ name: 'noslash' }),
      doc({ name: 'a/b' }),
      doc({ version: 'latest' }),
      doc({ version: '^1.0.0' }),
      doc({ packages: [{ registryType: 'npm' }] }),
      doc({ title: 7 }),
      doc({ version: '1.0.0\0' }),
      doc(),
      doc({ title: 'again' }),
      doc({ name: 'com.example/Weather', version: '3.0.0' }),
    ]);
    expect(summary.imported).toBe(1);
    expect(summary.skipped.map(({ index, reason }) => `${index}: ${reason}`)).toEqual([
      '0: the row is not a JSON object',
      '1: the row is not a JSON object',
      '2: the row has no name',
      '3: the row has no version',
      expect.stringMatching(/^4: name: expected string to match pattern/),
      expect.stringMatching(/^5: The server name 'a\/b'/),
      expect.stringMatching(/^6: The version 'latest' is reserved/),
      expect.stringMatching(/^7: .*range/),
      expect.stringMatching(/^8: packages\[0\]: expected required property identifier/),
      '9: title: expected string',
      expect.stringMatching(/^10: version: .*NUL/),
      '12: version 1.0.0 stands in this import twice',
      "13: the name differs only in case from the server 'com.example/weather'",
    ]);
  });

  it('relaxes descriptions and remotes, with a note for each', async () => {
    const summary = await take([{ ...remote({ url: 'http://localhost/mcp' }), description: 'x'.repeat(500) }]);
    expect(counts(summary)).toEqual([1, 0, 0, 0]);
    expect(summary.notes).toEqual([
      { index: 0, name, note: expect.stringContaining('must use https') },
      { index: 0, name, note: 'description: 500 characters; the limit for publishing is 100' },
    ]);
    expect((await read()).server.description).toHaveLength(500);
  });

  it('gives a row without a usable date the present', async () => {
    await take([{ server: doc(), _meta: { [OFFICIAL]: { publishedAt: '1970-01-01T00:00:00Z', updatedAt: 'soon' } } }]);
    expect(official(await read()).publishedAt).toMatch(/^20(2[6-9]|[3-9])/);
  });

  it('gives a new id to a row whose id another version has', async () => {
    const id = '00636d73-03c1-4107-a591-84b271cd1646';
    const row = (version: string): JsonObject => ({ server: doc({ version }), _meta: { [ENTRY]: { id } } });
    await take([row('1.0.0'), row('2.0.0')]);
    const ids = [(await read(name, '1.0.0'))._meta[ENTRY], (await read(name, '2.0.0'))._meta[ENTRY]];
    expect(ids[0]).toEqual({ id });
    expect(ids[1]).not.toEqual({ id });
  });

  it('twice changes nothing, not even in the change feed', async () => {
    const rows = [
      doc(),
      {
        server: doc({ version: '2.0.0' }),
        _meta: { [OFFICIAL]: { status: 'deprecated', updatedAt: '2025-02-01T00:00:00Z' } },
      },
    ];
    await take(rows);
    const before = { rows: await exported(), changes: await registry.store.changes(0, 1000) };
    expect(counts(await take(rows))).toEqual([0, 0, 2, 0]);
    expect({ rows: await exported(), changes: await registry.store.changes(0, 1000) }).toEqual(before);
  });

  it('updates what differs and keeps what is not told', async () => {
    await registry.publish(doc());
    await registry.send('PATCH', `/v0/servers/${segment(name)}/status`, {
      as: 'admin',
      json: { status: 'deprecated', statusMessage: 'old' },
    });
    const before = official(await read());
    expect(counts(await take([doc({ title: 'New' })]))).toEqual([0, 1, 0, 0]);
    const after = await read();
    expect(after.server.title).toBe('New');
    expect(official(after)).toMatchObject({
      status: 'deprecated',
      statusMessage: 'old',
      publishedAt: before.publishedAt,
    });
    expect(counts(await take([{ ...doc({ title: 'New' }), status: 'active' }]))).toEqual([0, 1, 0, 0]);
    expect(official(await read())).not.toHaveProperty('statusMessage');
  });

  it('moves the date of a version that loses the flag to a row without dates, and not to one with dates', async () => {
    const dated = (version: string): JsonObject => ({
      server: doc({ version }),
      _meta: { [OFFICIAL]: { publishedAt: '2025-01-01T00:00:00Z', updatedAt: '2025-01-01T00:00:00Z' } },
    });
    await take([dated('1.0.0')]);
    await take([dated('2.0.0')]);
    expect(official(await read(name, '1.0.0'))).toMatchObject({ isLatest: false, updatedAt: '2025-01-01T00:00:00Z' });
    await take([doc({ version: '3.0.0' })]);
    expect(official(await read(name, '2.0.0')).isLatest).toBe(false);
    expect(official(await read(name, '2.0.0')).updatedAt).not.toBe('2025-01-01T00:00:00Z');
  });

  it('tells its progress and can be ended', async () => {
    const rows = readCatalogue(Array.from({ length: 120 }, (_, i) => doc({ name: `com.example/server-${i}` })));
    const steps: number[] = [];
    const controller = new AbortController();
    const onProgress = (done: number): void => {
      steps.push(done);
      if (done >= 100) controller.abort(new Error('enough'));
    };
    await expect(importRows(registry.catalog, rows, { onProgress, signal: controller.signal })).rejects.toThrow(
      'enough',
    );
    expect(steps).toEqual([50, 100]);
    expect((await registry.store.entries.count()).names).toBe(100);
  });
});

describe('an export', () => {
  it('gives every version with its facts, and an import of it gives the same answers byte for byte', async () => {
    await registry.publish(doc({ _meta: { 'com.acme/x': [1] } }));
    await registry.publish(doc({ version: '2.0.0-beta' }));
    await registry.publish(doc({ name: 'com.example/other', version: 'snapshot' }));
    await registry.send('PATCH', `/v0/servers/${segment(name)}/versions/2.0.0-beta/status`, {
      as: 'admin',
      json: { status: 'deleted', statusMessage: 'bad' },
    });
    const copy = await startRegistry();
    const text = (await exported()).map((row) => JSON.stringify(row)).join('\n');
    expect(text.split('\n')).toHaveLength(3);
    await importRows(copy.catalog, readCatalogueText(text).rows.map(readRow));
    for (const path of [
      '/v0.1/servers?include_deleted=true',
      `/v0.1/servers/${segment(name)}/versions?include_deleted=true`,
    ]) {
      expect((await copy.get(path)).text).toBe((await registry.get(path)).text);
    }
    await copy.close();
  });

  it('gives more rows than one page once each', async () => {
    await take(Array.from({ length: 250 }, (_, i) => doc({ name: `com.example/server-${i}` })));
    const rows = await exported();
    expect(rows).toHaveLength(250);
    expect(new Set(rows.map((row) => JSON.stringify(row.server))).size).toBe(250);
  });
});

describe('a catalogue at a URL', () => {
  it('is followed page by page', async () => {
    await take(Array.from({ length: 7 }, (_, i) => doc({ name: `com.example/server-${i}` })));
    const asked: string[] = [];
    const load = async (url: string): Promise<JsonValue> => {
      asked.push(url);
      return (await registry.get(url.slice('http://hub.test'.length))).body;
    };
    const pages: number[] = [];
    for await (const rows of followPages('http://hub.test/v0.1/servers?limit=3&search=server', load))
      pages.push(rows.length);
    expect(pages).toEqual([3, 3, 1]);
    expect(asked[1]).toContain('search=server');
  });

  it('that gives a cursor twice is given up', async () => {
    const load = async (): Promise<JsonValue> => ({ servers: [], metadata: { next_cursor: 'x' } });
    const walk = async (): Promise<void> => {
      for await (const _ of followPages('https://a.example/v0/servers', load)) {
        // Only the walk counts.
      }
    };
    await expect(walk()).rejects.toThrow("gave the cursor 'x' twice");
  });
});

describe.skipIf(!hasSharedData)('the catalogues of ../shared/data/registry (skipped when it is absent)', () => {
  it.each([
    ['official-dump-2025-09.json', 663, 5],
    ['seed-era/seed_2025_05_16.json', 464, 7],
    ['api-response-sample-v0.1-list.json', 2, 0],
    ['examples/navikt-private-registry-allowlist.json', 9, 0],
  ])('%s gives %i entries and skips %i rows; a second time it changes nothing', async (file, imported, skipped) => {
    const value = sharedJson(file);
    expect(counts(await take(value))).toEqual([imported, 0, 0, skipped]);
    expect(counts(await take(value))).toEqual([0, 0, imported, skipped]);
    const copy = await startRegistry();
    await take(await exported(), copy);
    expect(await exported(copy)).toEqual(await exported());
    await copy.close();
  });

  it('keeps the dates, the status and the document of a row of the dump', async () => {
    const dump = sharedJson('official-dump-2025-09.json');
    await take(dump);
    const row = dump.servers.find((one: JsonObject) => one.name === 'ai.waystation/gmail' && one.version === '0.3.1');
    const { status, _meta, ...document } = row;
    const entry = await read('ai.waystation/gmail', '0.3.1');
    expect(entry.server).toEqual(document);
    const { publishedAt, updatedAt } = _meta[OFFICIAL];
    expect(official(entry)).toMatchObject({ status, publishedAt, updatedAt });
  });
});
