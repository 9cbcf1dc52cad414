import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Era } from '../../src/upstream/era.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { callOf, nextEvent, reportUntil, textOf, toolCall } from '../fixtures/calls.ts';

/** What differs between the kinds of upstream that the suite runs against. */
export interface UpstreamUnderTest {
  era: Era;
  /** Connects to a probe server of its own; `close` ends what the test started besides the upstream. */
  start(): Promise<{ upstream: Upstream; close(): Promise<void> }>;
  /** Left out where the server is too small for it. */
  lacks?: readonly ('logs' | 'resources')[];
  /** Whether several calls in flight still know which question is for whom. */
  attributesAsks?: boolean;
}

/** The contract of {@link Upstream}, against a probe server behind any kind of connection. */
export function describeUpstream(name: string, kind: UpstreamUnderTest): void {
  describe(name, () => {
    let upstream: Upstream;
    let end: () => Promise<void>;
    beforeAll(async () => {
      const started = await kind.start();
      upstream = started.upstream;
      end = started.close;
    });
    afterAll(async () => {
      await upstream?.close();
      await end?.();
    });
    const lacks = (what: 'logs' | 'resources'): boolean => kind.lacks?.includes(what) ?? false;

    it('says which era and server it has found', () => {
      expect(upstream.era).toBe(kind.era);
      expect(upstream.description.info.name).toMatch(/^probe/);
      expect(upstream.description.capabilities.tools).toBeDefined();
      expect(upstream.description.protocolVersion).toBe(kind.era === 'modern' ? '2026-07-28' : '2025-11-25');
    });

    it('carries calls and their answers, many at a time', async () => {
      const texts = Array.from({ length: 50 }, (_, i) => `text ${i}`);
      const replies = await Promise.all(texts.map((text) => upstream.request(toolCall('echo', { text }))));
      expect(replies.map(textOf)).toEqual(texts);
    });

    it('carries large and non-ASCII texts', async () => {
      const text = 'Grüße, 世界! '.repeat(20_000);
      expect(textOf(await upstream.request(toolCall('echo', { text })))).toBe(text);
    });

    it('gives an error of the server as a reply', async () => {
      const reply = await upstream.request(callOf('prompts/get', { name: 'no such prompt' }));
      expect('error' in reply && reply.error.code).toBeLessThan(0);
    });

    it('gives progress in order and all of it before the answer', async () => {
      const seen: unknown[] = [];
      const reply = await upstream.request(
        toolCall('count', { to: 5 }, { sink: { progress: (params) => void seen.push(params.progress) } }),
      );
      seen.push(textOf(reply));
      expect(seen).toEqual([1, 2, 3, 4, 5, 'counted to 5']);
    });

    it('keeps the progress of concurrent calls apart and never shows the token', async () => {
      const run = async (to: number): Promise<unknown[]> => {
        const seen: unknown[] = [];
        await upstream.request(toolCall('count', { to }, { sink: { progress: (params) => void seen.push(params) } }));
        return seen;
      };
      const [three, two] = await Promise.all([run(3), run(2)]);
      expect(three).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3 })));
      expect(two).toEqual([1, 2].map((progress) => ({ progress, total: 2 })));
    });

    it.skipIf(lacks('logs'))('gives log messages from the asked level on to the call', async () => {
      const run = async (logLevel: string): Promise<unknown[]> => {
        const seen: unknown[] = [];
        await upstream.request(
          toolCall('talk', {}, { logLevel, sink: { log: (params) => void seen.push(params.data) } }),
        );
        return seen;
      };
      expect(await run('warning')).toEqual(['shouted']);
      expect(await run('debug')).toEqual(['whispered', 'shouted']);
      expect(await run('warning')).toEqual(['shouted']);
    });

    it.skipIf(lacks('logs'))('gives no log messages to a call that asked for none', async () => {
      const seen: unknown[] = [];
      await upstream.request(toolCall('talk', {}, { sink: { log: (params) => void seen.push(params) } }));
      expect(seen).toEqual([]);
    });

    it('lets the server ask the client of the call', async () => {
      const asked: unknown[] = [];
      const reply = await upstream.request(
        toolCall(
          'ask',
          { question: 'Who is there?' },
          {
            sink: {
              async ask(method, params) {
                asked.push([method, params?.message]);
                return { result: { action: 'accept', content: { name: 'Ada' } } };
              },
            },
          },
        ),
      );
      if (kind.era === 'modern') {
        expect(reply).toMatchObject({ result: { resultType: 'input_required', inputRequests: { name: {} } } });
        return;
      }
      expect(asked).toEqual([['elicitation/create', 'Who is there?']]);
      expect(textOf(reply)).toBe('Hello, Ada!');
    });

    it.skipIf(kind.era === 'modern')('tells the server when no client can answer', async () => {
      const reply = await upstream.request(toolCall('ask', { question: 'Anybody?' }));
      expect('result' in reply && reply.result.isError).toBe(true);
      expect(textOf(reply)).toContain('No call is in flight whose client could answer');
    });

    it.skipIf(kind.era === 'modern')(
      'finds the client of a question among several calls, or refuses to guess',
      async () => {
        const ask = (name: string) =>
          upstream.request(
            toolCall(
              'ask',
              { question: `${name}?` },
              {
                sink: { ask: async () => ({ result: { action: 'accept', content: { name } } }) },
              },
            ),
          );
        const texts = (await Promise.all([ask('Ada'), ask('Grace')])).map(textOf);
        if (kind.attributesAsks) expect(texts).toEqual(['Hello, Ada!', 'Hello, Grace!']);
        else for (const text of texts) expect(text).toMatch(/Several calls are in flight|^Hello, /);
      },
    );

    it('stops the work of the server when the client cancels', async () => {
      const controller = new AbortController();
      const before = JSON.parse(textOf(await upstream.request(toolCall('report')))).cancelled;
      const waiting = upstream.request(toolCall('wait', {}, { signal: controller.signal }));
      await reportUntil(upstream, (report) => report.waiting > 0);
      const gone = new Error('the client has gone');
      controller.abort(gone);
      await expect(waiting).rejects.toBe(gone);
      await reportUntil(upstream, (report) => report.waiting === 0 && report.cancelled > before);
    });

    it('refuses a call whose client has gone already', async () => {
      const gone = new Error('gone before it began');
      const call = toolCall('echo', { text: 'x' }, { signal: AbortSignal.abort(gone) });
      await expect(upstream.request(call)).rejects.toBe(gone);
    });

    it('gives a call up at its deadline and stops the work of the server', async () => {
      await expect(upstream.request(toolCall('wait', {}, { timeoutMs: 50 }))).rejects.toMatchObject({
        code: 'upstream.timeout',
      });
      await reportUntil(upstream, (report) => report.waiting === 0);
    });

    it('tells of a changed list of tools', async () => {
      const changed = nextEvent(upstream, 'toolsChanged');
      await upstream.request(toolCall('change'));
      await changed;
    });

    it.skipIf(lacks('resources'))('tells of an updated resource that was subscribed to', async () => {
      const subscribed = await upstream.request(callOf('resources/subscribe', { uri: 'probe://note' }));
      expect(subscribed).toMatchObject({ result: {} });
      const updated = nextEvent(upstream, 'resourceUpdated');
      let isDone = false;
      void updated.then(() => {
        isDone = true;
      });
      // A modern subscription is a stream of its own: it may be opened only after this call has been answered.
      while (!isDone) await upstream.request(toolCall('touch', { uri: 'probe://note' }));
      expect((await updated).uri).toBe('probe://note');
    });

    it('answers a ping', async () => {
      await expect(upstream.ping(5000)).resolves.toBeUndefined();
    });

    it('tells of its end once, refuses later calls and may be closed twice', async () => {
      const { upstream: other, close } = await kind.start();
      const ends: string[] = [];
      other.events.subscribe((event) => {
        if (event.type === 'closed') ends.push(event.reason);
      });
      const hanging = other.request(toolCall('wait', {}));
      const refused = expect(hanging).rejects.toMatchObject({ code: 'upstream.closed' });
      await other.close();
      await other.close();
      await refused;
      expect(ends).toHaveLength(1);
      await expect(other.request(toolCall('echo', { text: 'x' }))).rejects.toMatchObject({ code: 'upstream.closed' });
      await expect(other.ping(1000)).rejects.toMatchObject({ code: 'upstream.closed' });
      await close();
    });
  });
}
