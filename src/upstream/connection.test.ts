import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordOutput } from '../../test/fixtures/calls.ts';
import { HubError } from '../base/errors.ts';
import type { CallSink, Reply } from './call.ts';
import { Connection, type Outgoing } from './connection.ts';
import type { RpcOneWay, RpcRequest } from './json-rpc.ts';

/** A connection whose wire keeps what was sent. */
function create(maxPending?: number) {
  const output = recordOutput();
  const requests: RpcRequest[] = [];
  const oneWays: RpcOneWay[] = [];
  const cancelled: number[] = [];
  const connection = new Connection({
    label: 'the server',
    output,
    ...(maxPending === undefined ? {} : { maxPending }),
  });
  connection.attach({
    request: (message) => void requests.push(message),
    oneWay: async (message) => void oneWays.push(message),
    cancel: (id) => void cancelled.push(id),
    settled: () => undefined,
  });
  const call = (more: Partial<Outgoing> = {}): Promise<Reply> =>
    connection.call({ method: 'tools/call', params: {}, timeoutMs: 0, ...more });
  const answer = (id: number | string | null, result: object = {}): void =>
    connection.receive({ jsonrpc: '2.0', id, result });
  const notify = (method: string, params: object, streamOf?: number): void =>
    connection.receive({ jsonrpc: '2.0', method, params }, streamOf);
  const ask = (id: number | string, method = 'elicitation/create', streamOf?: number): void =>
    connection.receive({ jsonrpc: '2.0', id, method, params: {} }, streamOf);
  return { connection, output, requests, oneWays, cancelled, call, answer, notify, ask };
}

/** `Promise.withResolvers` of later Node.js versions. */
function withResolvers<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a connection', () => {
  it('gives each answer to the call that waits for it, in whatever order they come', async () => {
    const { call, answer } = create();
    const calls = [call(), call(), call()];
    answer(3, { n: 3 });
    answer(1, { n: 1 });
    answer(2, { n: 2 });
    expect(await Promise.all(calls)).toEqual([{ result: { n: 1 } }, { result: { n: 2 } }, { result: { n: 3 } }]);
  });

  it('refuses more calls than it may have waiting, and takes new ones when there is room', async () => {
    const { call, answer, requests } = create(2);
    const first = call();
    const second = call();
    await expect(call()).rejects.toMatchObject({ code: 'upstream.overloaded', retryAfterSeconds: 1 });
    expect(requests).toHaveLength(2);
    answer(1);
    const third = call();
    answer(2);
    answer(3);
    await expect(Promise.all([first, second, third])).resolves.toHaveLength(3);
  });

  it('names its own id as progress token only when somebody listens, and leaves the caller s params alone', () => {
    const { call, requests } = create();
    const params = Object.freeze({ name: 'x', _meta: Object.freeze({ trace: 'abc' }) });
    void call({ params, sink: { progress: () => undefined } });
    void call({ params });
    expect(requests[0]?.params).toEqual({ name: 'x', _meta: { trace: 'abc', progressToken: 1 } });
    expect(requests[1]?.params).toEqual(params);
  });

  it('drops progress of unknown tokens and of calls that are over', async () => {
    const { call, answer, notify } = create();
    const seen: unknown[] = [];
    const done = call({ sink: { progress: (params) => void seen.push(params) } });
    notify('notifications/progress', { progressToken: 7, progress: 1 });
    notify('notifications/progress', { progressToken: 'text', progress: 1 });
    answer(1);
    notify('notifications/progress', { progressToken: 1, progress: 1 });
    await done;
    expect(seen).toEqual([]);
  });

  it('survives a sink that throws', async () => {
    const { call, answer, notify } = create();
    const done = call({
      sink: {
        progress: () => {
          throw new Error('broken sink');
        },
      },
    });
    notify('notifications/progress', { progressToken: 1, progress: 1 });
    answer(1);
    await expect(done).resolves.toEqual({ result: {} });
  });

  it('cancels at the server when the caller goes, and drops the late answer', async () => {
    const { call, answer, cancelled, output } = create();
    const controller = new AbortController();
    const done = call({ signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(done).rejects.toThrow('gone');
    expect(cancelled).toEqual([1]);
    answer(1);
    expect(output.lines).toEqual([]);
  });

  it('notes answers that belong to no request, and counts them', () => {
    const { connection, answer } = create();
    answer(17);
    answer('1');
    answer(null);
    expect(connection.odd.count).toBe(3);
  });

  it('lets a server end a subscription, but no call of the hub that has the id of a question by chance', async () => {
    const { call, answer, notify } = create();
    const done = call();
    const listening = call({ method: 'subscriptions/listen' });
    notify('notifications/cancelled', { requestId: 1 });
    notify('notifications/cancelled', { requestId: 2 });
    await expect(listening).rejects.toMatchObject({ code: 'upstream.closed' });
    answer(1, { fine: true });
    await expect(done).resolves.toEqual({ result: { fine: true } });
  });

  it('survives whatever a server may send', () => {
    const { connection, call } = create();
    void call({ sink: { ask: async () => ({ result: {} }), progress: () => undefined, log: () => undefined } }).catch(
      () => undefined,
    );
    const field = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(1, '1', null, 'ping', 'roots/list', 'notifications/cancelled'),
    );
    const message = fc.record(
      { jsonrpc: fc.constantFrom('2.0', '1.0'), id: field, method: field, params: field, result: field, error: field },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(message, (value) => connection.receiveText(JSON.stringify(value))),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.string(), (text) => connection.receiveText(text)));
    expect(connection.closed).toBeUndefined();
  });

  it('takes a batch of messages', async () => {
    const { connection, call } = create();
    const both = Promise.all([call(), call()]);
    connection.receiveText(JSON.stringify([1, 2].map((id) => ({ jsonrpc: '2.0', id, result: { id } }))));
    expect(await both).toEqual([{ result: { id: 1 } }, { result: { id: 2 } }]);
  });

  it('refuses everything after its end with the first reason', async () => {
    const { connection, call } = create();
    const done = call();
    connection.close(new HubError('upstream.closed', 'first'));
    connection.close(new HubError('upstream.closed', 'second'));
    await expect(done).rejects.toThrow('first');
    await expect(call()).rejects.toThrow('first');
  });

  it('turns changes into events, and a listener that throws hurts no other', () => {
    const { connection, notify } = create();
    const seen: unknown[] = [];
    connection.events.subscribe(() => {
      throw new Error('broken listener');
    });
    const stop = connection.events.subscribe((event) => void seen.push(event));
    notify('notifications/prompts/list_changed', {});
    notify('notifications/resources/list_changed', {});
    notify('notifications/resources/updated', { uri: 'a:b' });
    notify('notifications/resources/updated', { uri: 5 });
    stop();
    notify('notifications/tools/list_changed', {});
    expect(seen).toEqual([
      { type: 'promptsChanged' },
      { type: 'resourcesChanged' },
      { type: 'resourceUpdated', uri: 'a:b' },
    ]);
  });
});

describe('log messages', () => {
  const message = (level: string) => ({ level, data: level });

  it('on a stream of their own belong to its call, at the level it asked for', () => {
    const { call, notify } = create();
    const seen: unknown[] = [];
    const log: CallSink['log'] = (params) => void seen.push(params.level);
    void call({ sink: { log }, logLevel: 'warning' });
    void call({ sink: { log } });
    notify('notifications/message', message('error'), 1);
    notify('notifications/message', message('info'), 1);
    notify('notifications/message', message('error'), 2);
    expect(seen).toEqual(['error']);
  });

  it('on a shared pipe belong to the only call that takes them, else to nobody', () => {
    const { connection, call, notify } = create();
    const seen: unknown[] = [];
    const events: unknown[] = [];
    connection.events.subscribe((event) => void events.push(event));
    const log: CallSink['log'] = (params) => void seen.push(params.level);
    notify('notifications/message', message('info'));
    void call({ sink: { log }, logLevel: 'debug' });
    void call();
    notify('notifications/message', message('notice'));
    void call({ sink: { log }, logLevel: 'debug' });
    notify('notifications/message', message('error'));
    expect(seen).toEqual(['notice']);
    expect(events).toEqual([
      { type: 'log', params: message('info') },
      { type: 'log', params: message('error') },
    ]);
  });
});

describe('questions of a server', () => {
  const accept = { result: { action: 'accept' } };

  it('are answered by the client of the call on whose stream they came', async () => {
    const { call, ask, oneWays } = create();
    void call({ sink: { ask: async () => ({ result: { who: 1 } }) } });
    void call({ sink: { ask: async () => ({ result: { who: 2 } }) } });
    ask('q', 'sampling/createMessage', 2);
    await tick();
    expect(oneWays).toEqual([{ jsonrpc: '2.0', id: 'q', result: { who: 2 } }]);
  });

  it('are refused when nothing tells whom they are for, and when nobody can answer', async () => {
    const { call, ask, oneWays } = create();
    ask(1);
    void call({ sink: { ask: async () => accept } });
    void call({ sink: { ask: async () => accept } });
    ask(2);
    await tick();
    expect(oneWays).toMatchObject([
      { id: 1, error: { code: -32601, message: expect.stringContaining('No call is in flight') } },
      { id: 2, error: { code: -32603, message: expect.stringContaining('Several calls') } },
    ]);
  });

  it('of other kinds are refused, and a ping is answered', async () => {
    const { call, ask, oneWays } = create();
    void call({ sink: { ask: async () => accept } });
    ask(1, 'ping');
    ask(2, 'tools/list');
    await tick();
    expect(oneWays).toMatchObject([
      { id: 1, result: {} },
      { id: 2, error: { code: -32601 } },
    ]);
  });

  it('end in an error when the client fails to answer', async () => {
    const { call, ask, oneWays } = create();
    void call({ sink: { ask: () => Promise.reject(new Error('secret detail')) } });
    ask(1);
    await tick();
    expect(oneWays).toMatchObject([{ id: 1, error: { message: 'The client could not answer elicitation/create.' } }]);
  });

  it('that the server withdraws are taken back from the client and not answered', async () => {
    const { call, ask, notify, oneWays } = create();
    let signal: AbortSignal | undefined;
    const late = withResolvers<Reply>();
    void call({
      sink: {
        ask(_method, _params, given) {
          signal = given;
          return late.promise;
        },
      },
    });
    ask('q');
    notify('notifications/cancelled', { requestId: 'q' });
    expect(signal?.aborted).toBe(true);
    late.resolve(accept);
    await tick();
    expect(oneWays).toEqual([]);
  });

  it('are refused when the call they belong to ends first', async () => {
    const { call, ask, answer, oneWays } = create();
    let signal: AbortSignal | undefined;
    const done = call({
      sink: {
        ask(_method, _params, given) {
          signal = given;
          return new Promise(() => undefined);
        },
      },
    });
    ask('q', 'roots/list', 1);
    answer(1);
    await done;
    expect(signal?.aborted).toBe(true);
    expect(oneWays).toMatchObject([{ id: 'q', error: { code: -32603 } }]);
  });

  it('answered after the end of the connection are dropped', async () => {
    const { connection, call, ask, oneWays } = create();
    const late = withResolvers<Reply>();
    const done = call({ sink: { ask: () => late.promise } });
    ask('q');
    connection.close(new HubError('upstream.closed', 'over'));
    late.resolve(accept);
    await expect(done).rejects.toThrow('over');
    await tick();
    expect(oneWays).toEqual([]);
  });

  it('are limited in number', async () => {
    const { call, ask, oneWays } = create();
    void call({ sink: { ask: () => new Promise(() => undefined) } });
    for (let id = 0; id < 300; id++) ask(id);
    await tick();
    expect(oneWays).toHaveLength(300 - 256);
  });
});
