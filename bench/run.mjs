// `npm run bench -- gateway`: this hub beside the floors and the plain upstream, in one run.
// The benchmark itself is the shared one; a copy of it, with its packages, is kept outside the project.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const shared = resolve(root, '../shared/bench');
const [what = 'gateway', ...more] = process.argv.slice(2);

if (what !== 'gateway') {
  console.error(`There is no benchmark "${what}". Known: gateway`);
  process.exit(2);
}
if (!existsSync(shared)) {
  console.error(`The benchmark stands in ${shared}, which is not here.`);
  process.exit(1);
}
const copy = process.env.BENCH_DIR ?? join(tmpdir(), 'mcp-hub-bench');
if (!existsSync(join(copy, 'node_modules'))) {
  cpSync(shared, copy, { recursive: true });
  spawnSync('npm', ['install', '--no-audit', '--no-fund', '--silent'], { cwd: copy, stdio: 'inherit' });
}
const options = ['--targets-file', join(root, 'bench/targets.mjs'), '--target', 'mcp-hub,gw-floor', '--phases', 'load'];
const { status } = spawnSync(process.execPath, ['bench.mjs', ...options, ...more], { cwd: copy, stdio: 'inherit' });
process.exit(status ?? 1);
