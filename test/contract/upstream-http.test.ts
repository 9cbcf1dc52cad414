import { resolve } from 'node:path';
import { connectHttp } from '../../src/upstream/http.ts';
import { connectRemote } from '../../src/upstream/remote.ts';
import { connectSse } from '../../src/upstream/sse.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { startChildServer } from '../fixtures/child-server.ts';
import { createTestNet } from '../fixtures/net.ts';
import { startProbeHttp } from '../fixtures/probe-http.mjs';
import { describeUpstream } from './upstream.ts';

const net = createTestNet();
const bounds = { net, trust: 'operator', timeoutMs: 20_000 } as const;

const startSdk2 = async (era: 'legacy' | 'modern', stream = true) => {
  const server = await startProbeHttp({ era, stream });
  return { upstream: await connectHttp({ url: server.url, ...bounds }), close: () => server.close() };
};
const startSdk1 = async (mode: 'http' | 'sse', connect: (url: string) => Promise<Upstream>) => {
  const server = await startChildServer([resolve(import.meta.dirname, '../fixtures/probe-v1.mjs'), mode]);
  return { upstream: await connect(server.url), close: () => server.stop() };
};

describeUpstream('Streamable HTTP, SDK 2, modern era', { era: 'modern', start: () => startSdk2('modern') });
describeUpstream('Streamable HTTP, SDK 2, legacy era', {
  era: 'legacy',
  start: () => startSdk2('legacy'),
  attributesAsks: true,
});
describeUpstream('Streamable HTTP, SDK 1', {
  era: 'legacy',
  start: () => startSdk1('http', (url) => connectHttp({ url, ...bounds })),
  lacks: ['logs', 'resources'],
});
describeUpstream('HTTP+SSE, SDK 1', {
  era: 'legacy',
  start: () => startSdk1('sse', (url) => connectSse({ url, ...bounds })),
  lacks: ['logs', 'resources'],
});
describeUpstream('HTTP+SSE found by trying, SDK 1', {
  era: 'legacy',
  start: () => startSdk1('sse', (url) => connectRemote({ url, ...bounds })),
  lacks: ['logs', 'resources'],
});
