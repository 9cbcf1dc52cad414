import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt, projectFile, startHubProcess } from './support/process.ts';

/** Whether a process still runs; one that has ended and waits to be reaped does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A server whose tool answers when the test says so, through a file. */
const SLOW_SERVER = `
import { existsSync, writeFileSync } from 'node:fs';
import { McpServer } from ${JSON.stringify(`${projectFile('node_modules/@modelcontextprotocol/server/dist/index.mjs')}`)};
import { StdioServerTransport } from ${JSON.stringify(`${projectFile('node_modules/@modelcontextprotocol/server/dist/stdio.mjs')}`)};
writeFileSync('pid', String(process.pid));
const server = new McpServer({ name: 'slow', version: '1' });
server.registerTool('slow', {}, async () => {
  writeFileSync('begun', '');
  while (!existsSync('go-on')) await new Promise((resolve) => setTimeout(resolve, 20));
  return { content: [{ type: 'text', text: 'finished' }] };
});
await server.connect(new StdioServerTransport());
`;

describe.skipIf(!isBuilt)('SIGTERM', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'mcp-hub-stop-'));
    await writeFile(join(dir, 'slow.mjs'), SLOW_SERVER);
    await writeFile(
      join(dir, 'mcp-hub.json'),
      JSON.stringify({ mcpServers: { slow: { command: process.execPath, args: ['slow.mjs'], cwd: '.' } } }),
    );
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('lets a call in flight finish, then ends the hub and all its children', async () => {
    const hub = await startHubProcess(dir);
    const call = fetch(`${hub.url}/servers/slow/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'slow',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: {
          name: 'slow',
          arguments: {},
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      }),
    });
    await expect.poll(() => fileExists(join(dir, 'begun')), { timeout: 20_000 }).toBe(true);
    const pid = Number(readFileSync(join(dir, 'pid'), 'utf8'));
    expect(isAlive(pid)).toBe(true);
    const stopped = hub.stop('SIGTERM');
    await expect
      .poll(
        () =>
          fetch(`${hub.url}/health/live`).then(
            () => 'open',
            () => 'closed',
          ),
        { timeout: 20_000 },
      )
      .toBe('closed');
    await writeFile(join(dir, 'go-on'), '');
    const answer = await call;
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('finished');
    expect(await stopped).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });
});

function fileExists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
