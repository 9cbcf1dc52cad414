import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt, projectFile, runCommand } from './support/process.ts';
import { isNpmReachable } from './support/registry-reachable.ts';

const npm = await isNpmReachable();
if (!npm) console.log('skipped: installing the packed project, because npm reaches no package registry from here');

describe.skipIf(!isBuilt || !npm)('the packed project', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'mcp-hub-package-'));
    const pack = await runCommand(projectFile(), ['pack', '--ignore-scripts', '--pack-destination', dir], {
      command: ['npm'],
    });
    expect(pack).toMatchObject({ code: 0 });
    const [tarball = ''] = (await readdir(dir)).filter((name) => name.endsWith('.tgz'));
    const install = await runCommand(
      dir,
      ['install', '--global', '--prefix', join(dir, 'global'), join(dir, tarball)],
      { command: ['npm'] },
    );
    expect(install).toMatchObject({ code: 0 });
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('runs as a global command, with page and seed inside', { timeout: 120_000 }, async () => {
    const command = [join(dir, 'global/bin/mcp-hub')];
    const version = await runCommand(dir, ['version', '--json'], { command });
    expect(version).toMatchObject({ code: 0 });
    const script = `
      const { spawn } = require('node:child_process');
      const hub = spawn(${JSON.stringify(command[0])}, ['serve', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      hub.stdout.on('data', async (chunk) => {
        text += chunk;
        const url = /(http:\\/\\/127\\.0\\.0\\.1:\\d+)\\/servers/.exec(text)?.[1];
        if (!url || hub.found) return;
        hub.found = true;
        for (let i = 0; i < 100; i++) {
          const status = await (await fetch(url + '/health/ready')).json();
          if (status.deployments.byState.healthy === 2) break;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
        const page = await (await fetch(url + '/')).text();
        const style = await fetch(url + '/assets/style.css');
        console.log(JSON.stringify({ ready: await (await fetch(url + '/health/ready')).json(), page: page.includes('everything'), style: style.status }));
        hub.kill('SIGTERM');
      });`;
    const { stdout } = await runCommand(dir, ['-e', script], { command: [process.execPath] });
    expect(JSON.parse(stdout)).toMatchObject({
      ready: { status: 'ready', deployments: { total: 2, byState: { healthy: 2 } } },
      page: true,
      style: 200,
    });
  });
});
