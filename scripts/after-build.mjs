// What the compiler leaves out of dist.
import { chmodSync, copyFileSync, existsSync } from 'node:fs';

const at = (path) => new URL(`../${path}`, import.meta.url);

// The compiled command must be executable: npm links it into the PATH as it is.
if (existsSync(at('dist/cli/main.js'))) chmodSync(at('dist/cli/main.js'), 0o755);

// The code of worker threads is plain JavaScript, so that it runs unbuilt too.
copyFileSync(at('src/upstream/worker-entry.mjs'), at('dist/upstream/worker-entry.mjs'));
