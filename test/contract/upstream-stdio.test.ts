import { resolve } from 'node:path';
import { connectStdio } from '../../src/upstream/stdio.ts';
import { describeUpstream } from './upstream.ts';

const fixture = (name: string): string => resolve(import.meta.dirname, '../fixtures', name);
const start = async (args: string[]) => ({
  upstream: await connectStdio({ command: process.execPath, args, timeoutMs: 20_000, label: 'the probe' }),
  close: async () => undefined,
});

describeUpstream('stdio, SDK 2, legacy era', { era: 'legacy', start: () => start([fixture('probe-stdio.mjs')]) });
describeUpstream('stdio, SDK 2, modern era only', {
  era: 'modern',
  start: () => start([fixture('probe-stdio.mjs'), 'modern']),
});
describeUpstream('stdio, SDK 1', {
  era: 'legacy',
  start: () => start([fixture('probe-v1.mjs'), 'stdio']),
  lacks: ['logs', 'resources'],
});
