import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProbeHttp } from '../fixtures/probe-http.mjs';
import { startTestHub, type TestHub } from './support/hub.ts';
import { projectFile, runCommand } from './support/process.ts';
import { isNpmReachable } from './support/registry-reachable.ts';

// The Inspector needs Node 22; `.ci/run` installs both outside the project and says where they are.
const node = process.env.INSPECTOR_NODE ?? '';
const inspector = process.env.INSPECTOR_CLI ?? '';
const isHere = existsSync(node) && existsSync(inspector);
const npm = isHere && (await isNpmReachable());
if (!isHere) console.log('skipped: the MCP Inspector, because INSPECTOR_NODE and INSPECTOR_CLI do not name it');

describe.skipIf(!isHere)('the MCP Inspector in CLI mode', () => {
  let test: TestHub;
  let remote: Awaited<ReturnType<typeof startProbeHttp>>;
  beforeAll(async () => {
    remote = await startProbeHttp({ era: 'modern' });
    test = await startTestHub({
      servers: [
        { slug: 'remote', remote: { url: remote.url } },
        {
          slug: 'command',
          command: { command: process.execPath, args: [projectFile('test/fixtures/probe-stdio.mjs')] },
        },
        ...(npm
          ? [{ slug: 'package', npm: { package: '@modelcontextprotocol/server-everything', version: '2026.8.31' } }]
          : []),
      ],
    });
    for (const { deployment } of test.hub.deployments.list()) await test.state(deployment.slug, 'healthy');
  });
  afterAll(async () => {
    await test?.close();
    await remote?.close();
  });

  const inspect = (slug: string, ...args: string[]) =>
    runCommand(dirname(inspector), ['--cli', `${test.url}/servers/${slug}/mcp`, '--transport', 'http', ...args], {
      command: [node, inspector],
      env: { PATH: `${dirname(node)}:${process.env.PATH}` },
    });

  const SERVERS = [
    ['time', 'get_current_time', 'timezone=Asia/Tokyo', 'Asia/Tokyo'],
    ['registry', 'list_servers', 'search=memory', 'modelcontextprotocol/memory'],
    ['remote', 'echo', 'text=hello', 'hello'],
    ['command', 'echo', 'text=hello', 'hello'],
    ...(npm ? [['package', 'echo', 'message=hello', 'hello']] : []),
  ] as [slug: string, tool: string, arg: string, says: string][];

  it.each(SERVERS)('lists and calls the tools of %s', async (slug, tool, arg, says) => {
    const list = await inspect(slug, '--method', 'tools/list');
    expect(list).toMatchObject({ code: 0 });
    expect(JSON.parse(list.stdout).tools.map(({ name }: { name: string }) => name)).toContain(tool);
    const call = await inspect(slug, '--method', 'tools/call', '--tool-name', tool, '--tool-arg', arg);
    expect(call.code).toBe(0);
    expect(call.stdout).toContain(says);
  });
});
