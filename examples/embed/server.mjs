import { createHub } from 'mcp-hub-registry';

const hub = await createHub({
  hub: { name: 'Embedded hub' },
  api: { port: 0 },
  database: { type: 'memory' },
  log: { level: 'warn' },
  seed: { importOnStartup: false },
  servers: [{ slug: 'notes', module: { path: new URL('./notes.mjs', import.meta.url).pathname } }],
});
const { url } = await hub.start();
console.log(`The hub listens on ${url}`);

const notes = hub.deployments.require('notes');
await notes.settled(10_000);
console.log(`notes is ${notes.status.state} and has the tools: ${notes.inventory?.tools.join(', ')}`);

await hub.close();
