import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { doc, packaged, segment, startRegistry, type TestRegistry } from './registry-api.harness.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

/** Any JSON, and documents with one or two members replaced by any JSON, which get further into the rules. */
const anyJson = fc.jsonValue({ noUnicodeString: false, maxDepth: 4 });
const keys = [
  '$schema',
  'name',
  'description',
  'version',
  'title',
  'repository',
  'websiteUrl',
  'icons',
  'packages',
  'remotes',
  '_meta',
  'server',
  'x',
];
const nearDocument = fc
  .tuple(fc.constantFrom(doc(), packaged()), fc.dictionary(fc.constantFrom(...keys), anyJson, { maxKeys: 2 }))
  .map(([base, members]) => ({ ...base, ...(members as JsonObject) }));
const bodies = fc.oneof(
  anyJson,
  nearDocument,
  nearDocument.map((server) => ({ server, load_immediately: true })),
);

describe('any JSON body', () => {
  it.each([
    ['POST', '/v0.1/publish'],
    ['POST', '/v0.1/validate'],
    ['PUT', `/v0.1/servers/${segment('com.example/weather')}/versions/1.0.0`],
    ['PATCH', `/v0.1/servers/${segment('com.example/weather')}/versions/1.0.0/status`],
    ['PATCH', `/v0.1/servers/${segment('com.example/weather')}/status`],
  ])('to %s %s gives a 2xx or a 4xx problem', async (method, path) => {
    await fc.assert(
      fc.asyncProperty(bodies, async (json) => {
        const { status, body } = await registry.send(method, path, { as: 'admin', json });
        if (status !== 200) {
          expect(status).toBeGreaterThanOrEqual(400);
          expect(status).toBeLessThan(500);
          expect(body).toMatchObject({ status, detail: expect.any(String), error: expect.any(String) });
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('any path and query', () => {
  it('below the prefix gives a 2xx or a 4xx', async () => {
    const part = fc.oneof(
      fc.constantFrom('servers', 'versions', 'latest', 'status', 'com.example', '%', '%2F', '%00', '..', ''),
      fc.string(),
      fc.webSegment(),
    );
    const query = fc.webQueryParameters();
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), query, async (parts, search) => {
        const path = `/v0.1/${parts.map((one) => one.replace(/[?#\\]/g, '')).join('/')}`;
        const { status } = await registry.get(`${path}?${search}`);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });

  it('as a cursor gives a page', async () => {
    const forged = fc
      .record({
        n: anyJson,
        v: anyJson,
        r: anyJson,
        f: fc.record({ s: anyJson, u: anyJson, v: anyJson, d: fc.constant(true) }),
      })
      .map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String(), forged), async (cursor) => {
        const { status } = await registry.get(
          `/v0.1/servers?cursor=${encodeURIComponent(cursor.replaceAll('\0', ''))}`,
        );
        // A forged search may be longer than a search can be; everything else is a page.
        expect([200, 422]).toContain(status);
      }),
      { numRuns: 300 },
    );
  });
});

describe('paging', () => {
  it('gives each row that stays exactly once, whatever is inserted meanwhile', async () => {
    const paged = await startRegistry();
    const name = (i: number): string => `com.example/server-${String(i).padStart(4, '0')}`;
    const steady = Array.from({ length: 40 }, (_, i) => name(i * 10));
    for (const one of steady) await paged.publish(doc({ name: one }));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 15 }),
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 20 }),
        fc.constantFrom('', '&search=server', '&version=latest'),
        async (limit, inserts, filter) => {
          const waiting = [...inserts];
          const seen: string[] = [];
          let cursor = '';
          do {
            const { body } = await paged.get(`/v0.1/servers?limit=${limit}${filter}${cursor && `&cursor=${cursor}`}`);
            seen.push(...body.servers.map(({ server }: { server: JsonObject }) => `${server.name}@${server.version}`));
            cursor = body.metadata.nextCursor ?? '';
            const next = waiting.pop();
            if (next !== undefined)
              await paged.send('POST', '/v0/publish', { as: 'admin', json: doc({ name: name(next) }) });
          } while (cursor !== '');
          expect(new Set(seen).size).toBe(seen.length);
          for (const one of steady) expect(seen).toContain(`${one}@1.0.0`);
        },
      ),
      { numRuns: 25 },
    );
    await paged.close();
  });
});
