import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestIo, type TestIoOptions } from '../../test/fixtures/cli-io.ts';
import { type HubStub, problem, startHubStub } from '../../test/fixtures/hub-stub.ts';
import { isObject, type JsonValue } from '../base/json.ts';
import { runCli } from './main.ts';

const DUMP = path.resolve(import.meta.dirname, '../../../shared/data/registry/official-dump-2025-09.json');
const MAX_BODY_BYTES = 1024 * 1024;

let hub: HubStub;
let cwd: string;
beforeEach(async () => {
  hub = await startHubStub();
  cwd = await mkdtemp(path.join(tmpdir(), 'mcp-hub-import-'));
});
afterEach(async () => {
  await hub.close();
  await rm(cwd, { recursive: true, force: true });
});

async function run(argv: string[], options: TestIoOptions = {}) {
  const test = createTestIo({ cwd, ...options, env: { MCP_HUB_URL: hub.url, ...options.env } });
  const code = await runCli(argv, test.io);
  return { code, out: test.out(), err: test.err() };
}

const write = (name: string, value: unknown): Promise<void> =>
  writeFile(path.join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value));
const rows = (count: number, text = ''): JsonValue[] =>
  Array.from({ length: count }, (_, i) => ({ name: `a/s${i}`, version: '1', description: text }));

/** Takes every row but those whose name is refused; keeps the sizes of the requests. */
function takeRows(refused = new Set<string>()): { sizes: number[]; names: string[] } {
  const got = { sizes: [] as number[], names: [] as string[] };
  hub.on('POST /api/v1/import', ({ body, headers }) => {
    const list = isObject(body) && Array.isArray(body.rows) ? body.rows : [];
    got.sizes.push(list.length);
    expect(Number(headers['content-length'])).toBeLessThan(MAX_BODY_BYTES);
    const skipped = list.flatMap((row, index) => {
      const name = isObject(row) ? String(row.name) : '';
      got.names.push(name);
      return refused.has(name) ? [{ index, name, reason: 'no' }] : [];
    });
    return { json: { imported: list.length - skipped.length, updated: 0, unchanged: 0, skipped, notes: [] } };
  });
  return got;
}

describe('import of a catalogue', () => {
  it('goes in batches, and tells what was skipped by its place in the file', async () => {
    const got = takeRows(new Set(['a/s3', 'a/s250']));
    await write('c.json', [...rows(251), 'no row', null]);
    const { code, out, err } = await run(['import', 'c.json', '--json']);
    expect(code).toBe(0);
    expect(got.sizes).toEqual([200, 51]);
    expect(JSON.parse(out)).toMatchObject({
      imported: 249,
      skipped: [
        { index: 3, name: 'a/s3', reason: 'no' },
        { index: 250, name: 'a/s250', reason: 'no' },
        { index: 251, reason: 'the row is not a JSON object' },
        { index: 252, reason: 'the row is not a JSON object' },
      ],
    });
    expect(err).toBe('importing: 253 of 253\n');
  });

  it('keeps every request below the hub’s limit', async () => {
    const got = takeRows();
    await write('c.json', [...rows(5, 'x'.repeat(400_000)), { name: 'a/big', description: 'x'.repeat(1_000_000) }]);
    const { out } = await run(['import', 'c.json']);
    expect(got.sizes).toEqual([2, 2, 1]);
    expect(out).toBe(
      '5 imported, 0 updated, 0 unchanged, 1 skipped.\n  skipped row 5: the row is larger than 921600 bytes\n',
    );
  });

  it('reads one row a line, as export writes it', async () => {
    const got = takeRows();
    await write('c.ndjson', '{"server":{"name":"a/b"}}\n{"server":{"name":"a/c"}}\n');
    expect((await run(['import', 'c.ndjson'])).code).toBe(0);
    expect(got.sizes).toEqual([2]);
  });

  it('draws a bar on a terminal', async () => {
    takeRows();
    await write('c.json', rows(10));
    const { err } = await run(['import', 'c.json'], { columns: 80 });
    expect(err).toContain('importing [##############################] 10/10');
  });

  it('fails when nothing was taken', async () => {
    takeRows(new Set(['a/s0']));
    await write('c.json', rows(1));
    expect((await run(['import', 'c.json'])).code).toBe(1);
  });

  it.each([
    ['nowhere.json', undefined, /cannot be read: ENOENT/],
    ['c.json', 'no json', /neither JSON nor lines of JSON/],
    ['c.json', '{"a":1}', /must be a list of server\.json documents/],
  ])('of %s with %j says what is wrong', async (name, text, message) => {
    if (text !== undefined) await write(name, text);
    const { code, err } = await run(['import', name]);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });

  it.skipIf(!existsSync(DUMP))('takes the dump of 2025-09 in a few requests', async () => {
    const got = takeRows();
    expect((await run(['import', DUMP])).code).toBe(0);
    expect(got.names).toHaveLength(668);
    expect(got.sizes.length).toBeLessThanOrEqual(5);
  });
});

describe('import from a registry', () => {
  it('follows the pages', async () => {
    const got = takeRows();
    hub.on('GET /v0.1/servers', ({ url }) => {
      const cursor = new URL(url, hub.url).searchParams.get('cursor');
      const metadata = cursor === null ? { nextCursor: 'n/1:x' } : {};
      return { json: { servers: [{ server: { name: cursor ?? 'first' }, _meta: {} }], metadata } };
    });
    const { code, out } = await run(['import', `${hub.url}/v0.1/servers?limit=1`, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ imported: 2 });
    expect(got.sizes).toEqual([1, 1]);
    expect(hub.seen.filter(({ method }) => method === 'GET').map(({ url }) => url)).toEqual([
      '/v0.1/servers?limit=1',
      '/v0.1/servers?limit=1&cursor=n%2F1%3Ax',
    ]);
  });

  it('sends no token to it', async () => {
    takeRows();
    hub.on('GET /list', () => ({ json: [] }));
    await run(['import', `${hub.url}/list`], { env: { MCP_HUB_TOKEN: 'the-token' } });
    expect(hub.seen.find(({ url }) => url === '/list')?.headers.authorization).toBeUndefined();
  });

  it('says so when there is none', async () => {
    const { code, err } = await run(['import', `${hub.url}/nothing`]);
    expect(code).toBe(1);
    expect(err).toContain('answered with HTTP status 404');
  });
});

describe('import of a client’s configuration', () => {
  const file = {
    mcpServers: {
      fs: { command: 'npx', args: ['-y', 'server-fs', '.'] },
      far: { url: 'https://example.com/mcp' },
      there: { command: 'x' },
      refused: { command: 'y' },
      broken: {},
    },
  };

  it('makes deployments, leaves those that are there, and tells what it left out', async () => {
    hub.on('GET /api/v1/deployments', () => ({ json: { deployments: [{ slug: 'there' }] } }));
    hub.on('POST /api/v1/deployments', ({ body }) => {
      const slug = isObject(body) ? String(body.slug) : '';
      return slug === 'refused' ? problem(422, 'deployment.invalid', 'Not here.') : { status: 201, json: { slug } };
    });
    await write('.mcp.json', file);
    const { code, out } = await run(['import', '.mcp.json', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      deployed: ['fs', 'far'],
      unchanged: ['there'],
      skipped: [
        { name: 'refused', reason: 'Not here.' },
        { name: 'broken', reason: expect.stringContaining('command or url') },
      ],
    });
    expect(hub.seen.find(({ method }) => method === 'POST')?.body).toEqual({
      slug: 'fs',
      enabled: true,
      source: 'import',
      settings: { kind: 'command', command: { command: 'npx', args: ['-y', 'server-fs', '.'], cwd } },
    });
  });

  it('ends when the hub goes away', async () => {
    hub.on('GET /api/v1/deployments', () => ({ json: { deployments: [] } }));
    hub.on('POST /api/v1/deployments', (_, response) => {
      response.destroy();
      return undefined;
    });
    await write('.mcp.json', file);
    const { code, err } = await run(['import', '.mcp.json']);
    expect(code).toBe(1);
    expect(err).toContain('(hub.unreachable)');
  });
});
