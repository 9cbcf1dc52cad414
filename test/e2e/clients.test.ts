import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProbeHttp } from '../fixtures/probe-http.mjs';
import { CLIENTS } from './support/clients.ts';
import { startTestHub, type TestHub } from './support/hub.ts';
import { isNpmReachable } from './support/registry-reachable.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const npm = await isNpmReachable();
if (!npm) console.log('skipped: tests of the npm server, because npm reaches no package registry from here');

/** Every kind of server behind the hub, with a tool call that proves that it really ran. */
const SERVERS: Record<
  string,
  { slug: string; tool: string; args: Record<string, unknown>; says: RegExp; needsNpm?: true }
> = {
  'an OpenAPI document': {
    slug: 'registry',
    tool: 'list_servers',
    args: { search: 'everything' },
    says: /modelcontextprotocol\/everything/,
  },
  'a module': { slug: 'time', tool: 'get_current_time', args: { timezone: 'Asia/Tokyo' }, says: /Asia\/Tokyo/ },
  'a command, legacy': { slug: 'stdio-legacy', tool: 'echo', args: { text: 'hello' }, says: /hello/ },
  'a command, modern': { slug: 'stdio-modern', tool: 'echo', args: { text: 'hello' }, says: /hello/ },
  'a remote server, legacy': { slug: 'http-legacy', tool: 'echo', args: { text: 'hello' }, says: /hello/ },
  'a remote server, modern': { slug: 'http-modern', tool: 'echo', args: { text: 'hello' }, says: /hello/ },
  'an npm package': { slug: 'everything', tool: 'echo', args: { message: 'hello' }, says: /hello/, needsNpm: true },
};

describe('official clients use every kind of server through the hub', () => {
  let test: TestHub;
  const remotes: Awaited<ReturnType<typeof startProbeHttp>>[] = [];

  beforeAll(async () => {
    remotes.push(await startProbeHttp({ era: 'legacy' }), await startProbeHttp({ era: 'modern' }));
    test = await startTestHub({
      servers: [
        { slug: 'http-legacy', remote: { url: remotes[0]?.url ?? '' } },
        { slug: 'http-modern', remote: { url: remotes[1]?.url ?? '' } },
        { slug: 'stdio-legacy', command: { command: process.execPath, args: [join(fixtures, 'probe-stdio.mjs')] } },
        {
          slug: 'stdio-modern',
          command: { command: process.execPath, args: [join(fixtures, 'probe-stdio.mjs'), 'modern'] },
        },
      ],
    });
    if (npm) {
      const answer = await test.fetch('/api/v1/deployments', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'io.github.modelcontextprotocol/everything' }),
      });
      expect(answer.status).toBe(201);
    }
    for (const { slug, needsNpm } of Object.values(SERVERS)) if (!needsNpm || npm) await test.state(slug, 'healthy');
  });

  afterAll(async () => {
    await test?.close();
    await Promise.all(remotes.map((remote) => remote.close()));
  });

  for (const [clientName, connect] of Object.entries(CLIENTS)) {
    describe(clientName, () => {
      for (const [serverName, { slug, tool, args, says, needsNpm }] of Object.entries(SERVERS)) {
        it.skipIf(needsNpm && !npm)(`lists and calls the tools of ${serverName}`, async () => {
          const { client, version } = await connect(`${test.url}/servers/${slug}/mcp`);
          try {
            expect(version).toBe(clientName.includes('modern') ? '2026-07-28' : '2025-11-25');
            const { tools } = await client.listTools();
            expect(tools.map(({ name }) => name)).toContain(tool);
            const result = await client.callTool({ name: tool, arguments: args });
            expect(result.isError ?? false).toBe(false);
            expect(JSON.stringify(result)).toMatch(says);
          } finally {
            await client.close();
          }
        });
      }

      it('reads a resource and a prompt', async () => {
        const { client } = await connect(`${test.url}/servers/io.github.mcp-hub-registry/time/mcp`);
        const { resources } = await client.listResources();
        expect(resources.map(({ uri }) => uri)).toContain('time://zones');
        const { contents } = await client.readResource({ uri: 'time://zones' });
        expect(JSON.stringify(contents)).toContain('Europe/Berlin');
        const { prompts } = await client.listPrompts();
        expect(prompts.map(({ name }) => name)).toContain('plan_meeting');
        await client.close();
      });

      it('is told what was wrong with a call, by the server itself', async () => {
        const { client } = await connect(`${test.url}/servers/time/mcp`);
        const result = await client.callTool({ name: 'get_current_time', arguments: { timezone: 'Mars/Olympus' } });
        expect(result.isError).toBe(true);
        expect(JSON.stringify(result.content)).toContain('Mars/Olympus');
        await client.close();
      });
    });
  }
});
