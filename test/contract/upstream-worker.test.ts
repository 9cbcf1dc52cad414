import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startWorker } from '../../src/upstream/worker.ts';
import { describeUpstream } from './upstream.ts';

const fixture = (name: string): string => pathToFileURL(resolve(import.meta.dirname, '../fixtures', name)).href;
const start = async (name: string) => ({
  upstream: await startWorker({ moduleUrl: fixture(name), timeoutMs: 20_000, label: 'the probe' }),
  close: async () => undefined,
});

describeUpstream('worker thread, SDK 2', { era: 'legacy', start: () => start('probe-server.mjs') });
describeUpstream('worker thread, SDK 1', {
  era: 'legacy',
  start: () => start('probe-v1.mjs'),
  lacks: ['logs', 'resources'],
});
