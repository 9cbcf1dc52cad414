import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from './support/hub.ts';
import { runCommand } from './support/process.ts';

// The Inspector needs Node 22; `.ci/run` installs both outside the project and says where they are.
const node = process.env.INSPECTOR_NODE ?? '';
const inspector = process.env.INSPECTOR_CLI ?? '';
const isHere = existsSync(node) && existsSync(inspector);
if (!isHere) console.log('skipped: the MCP Inspector, because INSPECTOR_NODE and INSPECTOR_CLI do not name it');

describe.skipIf(!isHere)('the MCP Inspector in CLI mode', () => {
  let test: TestHub;
  beforeAll(async () => {
    test = await startTestHub();
    await test.state('time', 'healthy');
    await test.state('registry', 'healthy');
  });
  afterAll(() => test?.close());

  const inspect = (slug: string, ...args: string[]) =>
    runCommand(dirname(inspector), ['--cli', `${test.url}/servers/${slug}/mcp`, '--transport', 'http', ...args], {
      command: [node, inspector],
      env: { PATH: `${dirname(node)}:${process.env.PATH}` },
    });

  it.each([
    ['time', 'get_current_time'],
    ['registry', 'list_servers'],
  ])('lists the tools of %s', async (slug, tool) => {
    const { code, stdout, stderr } = await inspect(slug, '--method', 'tools/list');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout).tools.map(({ name }: { name: string }) => name)).toContain(tool);
  });

  it.each([
    ['time', 'get_current_time', 'timezone=Asia/Tokyo', 'Asia/Tokyo'],
    ['registry', 'list_servers', 'search=memory', 'modelcontextprotocol/memory'],
  ])('calls a tool of %s', async (slug, tool, arg, says) => {
    const { code, stdout } = await inspect(slug, '--method', 'tools/call', '--tool-name', tool, '--tool-arg', arg);
    expect(code).toBe(0);
    expect(stdout).toContain(says);
  });
});
