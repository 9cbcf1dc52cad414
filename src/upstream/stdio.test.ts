import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { nextEvent, recordOutput, textOf, toolCall } from '../../test/fixtures/calls.ts';
import { MAX_MESSAGE_BYTES } from './connection.ts';
import { connectStdio, type StdioOptions } from './stdio.ts';
import type { Upstream } from './upstream.ts';

const fixture = (name: string): string => resolve(import.meta.dirname, '../../test/fixtures', name);
const open: Upstream[] = [];
afterEach(async () => {
  for (const upstream of open.splice(0)) await upstream.close();
});

async function connect(args: string[], more: Partial<StdioOptions> = {}): Promise<Upstream> {
  const upstream = await connectStdio({
    command: process.execPath,
    args,
    timeoutMs: 20_000,
    label: 'the server',
    grace: { stdinMs: 100, termMs: 100 },
    ...more,
  });
  open.push(upstream);
  return upstream;
}
const odd = (mode: string, more?: Partial<StdioOptions>): Promise<Upstream> =>
  connect([fixture('odd-stdio.mjs'), mode], more);
const probe = (more?: Partial<StdioOptions>): Promise<Upstream> => connect([fixture('probe-stdio.mjs')], more);

/** The dead that PID 1 of a container has not collected do not count. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a stdio server', () => {
  it('gets what was given for it and nothing of the hub besides a short list', async () => {
    process.env.HUB_ONLY_SECRET = 'must not leak';
    const output = recordOutput();
    await odd('env', { env: { GIVEN: 'yes' }, output });
    delete process.env.HUB_ONLY_SECRET;
    const names: string[] = JSON.parse((await output.seen(/env (\[.*)/))[1] ?? '');
    expect(names).toContain('GIVEN');
    expect(names).toContain('PATH');
    expect(names).not.toContain('HUB_ONLY_SECRET');
    expect(names.filter((name) => /^(npm_|VITEST|NODE_)/.test(name))).toEqual([]);
  });

  it('that cannot be started says so', async () => {
    const failed = connectStdio({ command: '/no/such/program', timeoutMs: 5000 });
    await expect(failed).rejects.toMatchObject({
      code: 'loader.start_failed',
      message: expect.stringContaining('no such program'),
    });
  });

  it('that leaves at once is reported with its exit code and its last words', async () => {
    await expect(odd('exit')).rejects.toMatchObject({
      code: 'loader.start_failed',
      message: 'the server exited with code 2. Its last words: first line | API_KEY is not set',
    });
  });

  it('that never answers is given up at the deadline and stopped', async () => {
    const output = recordOutput();
    await expect(odd('hang', { timeoutMs: 100, output })).rejects.toMatchObject({ code: 'upstream.timeout' });
  });

  it('is stopped when the load is given up', async () => {
    const controller = new AbortController();
    const gone = new Error('given up');
    const loading = odd('hang', { signal: controller.signal });
    controller.abort(gone);
    await expect(loading).rejects.toBe(gone);
  });

  it('of an unknown revision is refused with the ones the hub speaks', async () => {
    await expect(odd('old')).rejects.toMatchObject({
      code: 'upstream.protocol',
      message: expect.stringContaining('2031-01-01'),
    });
  });

  it('that refuses initialize and leaves is started anew for server/discover', async () => {
    const upstream = await odd('leaves');
    expect(upstream.era).toBe('modern');
  });

  it('that dies in the middle of a call fails the call and tells why it is closed', async () => {
    const upstream = await probe();
    const closed = nextEvent(upstream, 'closed');
    await expect(upstream.request(toolCall('die'))).rejects.toMatchObject({
      code: 'upstream.closed',
      message: expect.stringContaining('exited with code 3'),
    });
    expect((await closed).reason).toContain('the probe was told to die');
    await expect(upstream.request(toolCall('echo', { text: 'x' }))).rejects.toMatchObject({ code: 'upstream.closed' });
  });

  it('that prints other things to stdout keeps working, and the lines are noted', async () => {
    const output = recordOutput();
    const upstream = await odd('garbage', { output });
    await expect(upstream.request(toolCall('echo'))).resolves.toEqual({ result: {} });
    expect(output.lines.join('\n')).toContain('Starting up...');
    expect(output.lines.join('\n')).toContain('neither "method"');
  });

  it('that sends what nobody asked for keeps working', async () => {
    const output = recordOutput();
    const upstream = await odd('plain', { output });
    await expect(upstream.request(toolCall('odd'))).resolves.toEqual({ result: { content: [] } });
    expect(output.lines.filter((line) => line.includes('belongs to no request'))).toHaveLength(2);
  });

  it('that answers with something that is no result fails that call only', async () => {
    const upstream = await odd('plain');
    await expect(upstream.request(toolCall('wrong'))).rejects.toMatchObject({ code: 'upstream.protocol' });
    await expect(upstream.request(toolCall('echo'))).resolves.toEqual({ result: {} });
  });

  it('that answers with nesting without end is not parsed', async () => {
    const upstream = await odd('plain');
    await expect(upstream.request(toolCall('deep'))).resolves.toEqual({ result: { content: [] } });
  });

  it('may cut its bytes anywhere, inside a character too', async () => {
    const upstream = await odd('plain');
    expect(textOf(await upstream.request(toolCall('halves')))).toBe('grüße');
  });

  it('that answers with more than the limit fails that call by name and keeps working', async () => {
    const upstream = await odd('plain');
    await expect(upstream.request(toolCall('huge'))).rejects.toMatchObject({
      code: 'upstream.protocol',
      message: expect.stringContaining(`the limit is ${MAX_MESSAGE_BYTES}`),
    });
    await expect(upstream.request(toolCall('echo'))).resolves.toEqual({ result: {} });
  });

  it('has its stderr passed on line by line', async () => {
    const output = recordOutput();
    await odd('family', { output });
    await output.seen(/^stderr: grandchild \d+$/);
  });

  it('and its own children are gone when close resolves, however stubborn they are', async () => {
    const output = recordOutput();
    const upstream = await odd('family', { output });
    const pid = Number((await output.seen(/grandchild (\d+)/))[1]);
    expect(isAlive(pid)).toBe(true);
    await upstream.close();
    expect(isAlive(pid)).toBe(false);
  });

  it('that ignores its stdin and SIGTERM is killed', async () => {
    const upstream = await odd('stubborn');
    await expect(upstream.close()).resolves.toBeUndefined();
  });

  it('leaves no listener on the hub process behind', async () => {
    const before = process.listenerCount('exit');
    const upstream = await probe();
    await upstream.close();
    expect(process.listenerCount('exit')).toBe(before);
  });
});
