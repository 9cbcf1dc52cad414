// What the compiler leaves out of dist.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, writeFileSync } from 'node:fs';

const at = (path) => new URL(`../${path}`, import.meta.url);

// The compiled command must be executable: npm links it into the PATH as it is.
if (existsSync(at('dist/cli/main.js'))) chmodSync(at('dist/cli/main.js'), 0o755);

// The code of worker threads is plain JavaScript, so that it runs unbuilt too.
copyFileSync(at('src/upstream/worker-entry.mjs'), at('dist/upstream/worker-entry.mjs'));
copyFileSync(at('src/openapi/yaml-worker.mjs'), at('dist/openapi/yaml-worker.mjs'));

// What this build is, for GET /v0.1/version. A package without a repository says so.
const commit = () => {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: at(''), stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return 'unknown';
  }
};
writeFileSync(at('dist/build.json'), JSON.stringify({ gitCommit: commit(), buildTime: new Date().toISOString() }));
