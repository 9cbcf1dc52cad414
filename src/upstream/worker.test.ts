import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { nextEvent, recordOutput, textOf, toolCall } from '../../test/fixtures/calls.ts';
import type { Upstream } from './upstream.ts';
import { startWorker, type WorkerOptions } from './worker.ts';

const probe = pathToFileURL(resolve(import.meta.dirname, '../../test/fixtures/probe-server.mjs')).href;
const code = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;
const open: Upstream[] = [];
afterEach(async () => {
  for (const upstream of open.splice(0)) await upstream.close();
});

async function start(more: Partial<WorkerOptions> = {}): Promise<Upstream> {
  const upstream = await startWorker({ moduleUrl: probe, timeoutMs: 20_000, label: 'the module', ...more });
  open.push(upstream);
  return upstream;
}

describe('a module in a worker thread', () => {
  it('gets its options and its environment, and nothing else of the hub s', async () => {
    process.env.HUB_ONLY_SECRET = 'must not leak';
    const upstream = await start({ options: { greeting: 'hi' }, env: { KEY: 'value' } });
    delete process.env.HUB_ONLY_SECRET;
    expect(JSON.parse(textOf(await upstream.request(toolCall('given'))))).toEqual({
      options: { greeting: 'hi' },
      env: { KEY: 'value' },
      secret: null,
    });
  });

  it('has what it prints passed on', async () => {
    const output = recordOutput();
    const upstream = await start({ output });
    await upstream.request(toolCall('print'));
    await output.seen(/^stdout: printed to stdout$/);
    await output.seen(/^stderr: printed to stderr$/);
  });

  it('that throws outside of a call ends alone, with its error as the reason', async () => {
    const upstream = await start();
    const closed = nextEvent(upstream, 'closed');
    await expect(upstream.request(toolCall('crash'))).rejects.toMatchObject({ code: 'upstream.closed' });
    expect((await closed).reason).toBe('the module ended: the probe has crashed.');
  });

  it('that calls process.exit ends alone', async () => {
    const upstream = await start();
    await expect(upstream.request(toolCall('die'))).rejects.toThrow('its thread left with code 3');
  });

  it('that takes too much memory ends alone', async () => {
    const upstream = await start({ memoryMb: 32 });
    await expect(upstream.request(toolCall('hoard'))).rejects.toThrow(/memory/i);
  });

  it('in an endless loop fails its calls and pings at their deadline, and can still be closed', async () => {
    const upstream = await start();
    await expect(upstream.request(toolCall('spin', {}, { timeoutMs: 100 }))).rejects.toMatchObject({
      code: 'upstream.timeout',
    });
    await expect(upstream.ping(100)).rejects.toMatchObject({ code: 'upstream.timeout' });
    await upstream.close();
  });

  it.each([
    ['does not exist', 'file:///no/such/module.mjs', /Cannot find module/],
    ['has a syntax error', code('const const'), /Unexpected/],
    ['has no default export', code('export const a = 1'), /default export must be a function/],
    ['makes no server', code('export default () => ({})'), /no connect\(\) method/],
    ['throws', code('export default () => { throw new Error("no licence") }'), /no licence/],
    ['leaves', code('export default () => process.exit(4)'), /left with code 4/],
  ])('that %s is reported', async (_what, moduleUrl, words) => {
    const failed = await start({ moduleUrl }).catch((error) => error);
    expect(failed).toMatchObject({ code: 'loader.start_failed' });
    expect(failed.message).toMatch(words);
  });

  it('that never gets ready is given up at the deadline', async () => {
    const failed = start({
      moduleUrl: code('setInterval(() => {}, 1000); export default () => new Promise(() => {})'),
      timeoutMs: 300,
    });
    await expect(failed).rejects.toMatchObject({ code: 'loader.timeout' });
  });

  it('is given up when the load is', async () => {
    const gone = new Error('given up');
    await expect(start({ signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
  });
});
