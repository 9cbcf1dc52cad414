// A process of its own that opens a store from the sources: `node store-child.mjs FILE [publish]`. It says `open`, or
// the code and message of the error, on stdout; with `publish` it adds entries without end and names each one when the
// store has acknowledged it. It ends when its stdin does, and closes the store then.
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const [file, task] = process.argv.slice(2);
const say = (word) => process.stdout.write(`${word}\n`);
const logger = { debug() {}, info() {}, warn() {} };

const driver = resolve(import.meta.dirname, '../../src/store/sql/sqlite.ts');
const { openSqliteFile } = (await runnerImport(driver, { configFile: false, logLevel: 'error' })).module;

let store;
try {
  store = await openSqliteFile({ type: 'sqlite', url: `file:${file}`, logger });
} catch (error) {
  say(`${error.code} ${error.message}`);
  process.exit(1);
}
say('open');
let isEnding = false;
process.stdin.resume().on('end', async () => {
  isEnding = true;
  await store.close();
  process.exit(0);
});

for (let i = 0; task === 'publish' && !isEnding; i++) {
  const name = `com.example/${process.pid}-${i}`;
  const at = new Date().toISOString();
  const version = '1.0.0';
  const document = { name, version, description: 'x'.repeat(1000) };
  const dates = { statusChangedAt: at, publishedAt: at, updatedAt: at };
  await store.entries.change(name, (tx) =>
    tx.insert({ id: name, name, version, status: 'active', isLatest: true, document, ...dates }),
  );
  say(name);
}
