// Runs inside a worker thread: imports an operator's module and connects the MCP server it makes to the hub.
// It is plain JavaScript because it must run unbuilt (tests) and built (dist) alike; scripts/after-build.mjs copies it.
import { parentPort, workerData } from 'node:worker_threads';

const { moduleUrl, options, env, port } = workerData;

/** The hub's transport as the official SDKs know transports: text over a message port. */
const transport = {
  sessionId: undefined,
  onmessage: undefined,
  onclose: undefined,
  onerror: undefined,
  async start() {
    port.on('message', (text) => {
      try {
        this.onmessage?.(JSON.parse(text));
      } catch (error) {
        this.onerror?.(error);
      }
    });
  },
  async send(message) {
    port.postMessage(JSON.stringify(message));
  },
  async close() {
    port.close();
    this.onclose?.();
  },
  setProtocolVersion() {},
};

const tell = (message) => parentPort.postMessage(message);
const describe = (error) => (error instanceof Error ? error.message : String(error));

try {
  const { default: factory } = await import(moduleUrl);
  if (typeof factory !== 'function') {
    throw new Error(
      'Its default export must be a function that returns an MCP server; it is missing or something else.',
    );
  }
  const server = await factory({ options, env });
  if (typeof server?.connect !== 'function') {
    throw new Error('What its default export returned has no connect() method; return a Server or McpServer.');
  }
  await server.connect(transport);
  parentPort.on('message', async (message) => {
    if (message !== 'close') return;
    try {
      await server.close?.();
    } finally {
      process.exit(0);
    }
  });
  tell({ type: 'ready' });
} catch (error) {
  tell({ type: 'failed', message: describe(error) });
}
