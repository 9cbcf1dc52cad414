import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt, startHubProcess } from './support/process.ts';

const ROUNDS = 20;
const WRITERS = 4;
/** Acknowledged publishes after which a round is cut. */
const ENOUGH = 15;

describe.skipIf(!isBuilt)('kill -9 while publishing', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'mcp-hub-crash-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it(`loses no acknowledged publish in ${ROUNDS} crashes`, { timeout: 240_000 }, async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const hub = await startHubProcess(dir, [], { MCP_HUB_SEED_IMPORT_ON_STARTUP: 'false' });
      await expectAll(hub.url, acknowledged);
      const token = (await readFile(join(dir, '.mcp-hub/admin.token'), 'utf8')).trim();
      let inRound = 0;
      let isOver = false;
      const write = async (writer: number): Promise<void> => {
        for (let n = 0; !isOver; n++) {
          const name = `com.example/round-${round}-${writer}-${n}`;
          const answer = await publish(hub.url, token, name).catch(() => undefined);
          if (answer?.status !== 200) continue;
          acknowledged.push(name);
          if (++inRound >= ENOUGH) isOver = true;
        }
      };
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
      await Promise.race(writers);
      const stopped = hub.stop('SIGKILL');
      isOver = true;
      expect(await stopped).toBe('SIGKILL');
      await Promise.all(writers);
    }
    const hub = await startHubProcess(dir, [], { MCP_HUB_SEED_IMPORT_ON_STARTUP: 'false' });
    await expectAll(hub.url, acknowledged);
    expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS * ENOUGH);
    await hub.stop();
  });
});

function publish(url: string, token: string, name: string): Promise<Response> {
  return fetch(`${url}/v0.1/publish`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
      name,
      description: 'A server of a test',
      version: '1.0.0',
    }),
  });
}

async function expectAll(url: string, names: string[]): Promise<void> {
  const found = new Set<string>();
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor === undefined ? {} : { cursor }) });
    const page = (await (await fetch(`${url}/v0.1/servers?${query}`)).json()) as {
      servers: { server: { name: string } }[];
      metadata: { nextCursor?: string };
    };
    for (const { server } of page.servers) found.add(server.name);
    cursor = page.metadata.nextCursor;
  } while (cursor !== undefined);
  expect(names.filter((name) => !found.has(name))).toEqual([]);
}
