import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import type { Era } from '../../src/upstream/era.ts';
import { connectHttp } from '../../src/upstream/http.ts';
import { connectSse } from '../../src/upstream/sse.ts';
import { connectStdio } from '../../src/upstream/stdio.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { callOf, textOf, toolCall } from '../fixtures/calls.ts';
import { createTestNet } from '../fixtures/net.ts';

/** A copy of ../shared/conformance with its packages installed; named by the environment, else the shared folder. */
const folder = process.env.CONFORMANCE_DIR ?? resolve(import.meta.dirname, '../../../shared/conformance');
const script = join(folder, 'fixture.mjs');
const isInstalled = existsSync(script) && existsSync(join(folder, 'node_modules/@modelcontextprotocol/server'));

const net = createTestNet();
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  await net.close();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function startHttp(...args: string[]): Promise<string> {
  const port = await freePort();
  const child = spawn(process.execPath, [script, '--port', String(port), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  await once(child.stderr, 'data');
  return `http://127.0.0.1:${port}`;
}

const bounds = { timeoutMs: 20_000 };
const remote = { ...bounds, net, trust: 'operator' } as const;
const http = async (...args: string[]): Promise<Upstream> =>
  connectHttp({ url: `${await startHttp(...args)}/mcp`, ...remote });
const stdio = (era: string): Promise<Upstream> =>
  connectStdio({ command: process.execPath, args: [script, '--stdio', '--era', era], ...bounds });

const KINDS: [name: string, era: Era, connect: () => Promise<Upstream>][] = [
  ['http, dual', 'modern', () => http()],
  ['http, legacy', 'legacy', () => http('--era', 'legacy')],
  ['http, legacy, questions on the server s own stream', 'legacy', () => http('--era', 'legacy', '--asks-on-get')],
  ['http, modern', 'modern', () => http('--era', 'modern')],
  ['sse', 'legacy', async () => connectSse({ url: `${await startHttp('--era', 'legacy', '--sse')}/sse`, ...remote })],
  ['stdio, dual', 'legacy', () => stdio('dual')],
  ['stdio, legacy', 'legacy', () => stdio('legacy')],
  ['stdio, modern', 'modern', () => stdio('modern')],
];

describe.skipIf(!isInstalled)(
  `the conformance fixture (${isInstalled ? folder : 'not installed, set CONFORMANCE_DIR'})`,
  () => {
    describe.each(KINDS)('over %s', (_name, era, connect) => {
      let upstream: Upstream;
      beforeAll(async () => {
        upstream = await connect();
      });
      afterAll(() => upstream?.close());
      const result = async (name: string, more = {}): Promise<JsonObject> => {
        const reply = await upstream.request(toolCall(name, {}, more));
        return 'result' in reply ? reply.result : { error: reply.error.message };
      };

      it('is found in its era and lists its tools', async () => {
        expect(upstream.era).toBe(era);
        const reply = await upstream.request(callOf('tools/list'));
        expect('result' in reply && Array.isArray(reply.result.tools) && reply.result.tools.length).toBeGreaterThan(20);
      });

      it('gives progress, logs and every kind of content', async () => {
        const seen: unknown[] = [];
        await result('test_tool_with_progress', {
          sink: { progress: (params: JsonObject) => void seen.push(params.progress) },
        });
        expect(seen).toEqual([0, 50, 100]);
        const logs: unknown[] = [];
        await result('test_tool_with_logging', {
          logLevel: 'info',
          sink: { log: (params: JsonObject) => void logs.push(params.data) },
        });
        expect(logs).toHaveLength(3);
        expect(await result('test_multiple_content_types')).toMatchObject({
          content: [{ type: 'text' }, { type: 'image' }, { type: 'resource' }],
        });
      });

      it('gets its questions answered, or hands them up as input_required', async () => {
        const answers: Record<string, JsonObject> = {
          'elicitation/create': { action: 'accept', content: { name: 'Ada' } },
          'sampling/createMessage': { role: 'assistant', model: 'm', content: { type: 'text', text: 'Hi' } },
          'roots/list': { roots: [{ uri: 'file:///tmp' }] },
        };
        const ask = async (method: string) => ({ result: answers[method] ?? {} });
        const client = { protocolVersion: '2025-11-25', capabilities: { elicitation: {}, sampling: {}, roots: {} } };
        const outcome = await result('test_input_required_result_multiple_inputs', { client, sink: { ask } });
        if (era === 'modern')
          expect(outcome).toMatchObject({ resultType: 'input_required', requestState: expect.any(String) });
        else expect(outcome).toMatchObject({ content: [{ text: 'all inputs received' }] });
      });

      it('mirrors arguments into headers where there are headers', async () => {
        const reply = await upstream.request(toolCall('test_x_mcp_header', { region: 'eu', level: 2 }));
        expect(textOf(reply)).toBe('region=eu');
      });

      it('has a broken stream taken up again', async () => {
        // Only a legacy session over HTTP has a stream of which the rest can be asked for.
        const outcome = await result('test_reconnection');
        expect(outcome).toMatchObject({ content: [{ text: 'Reconnection test completed successfully.' }] });
      });

      it('completes arguments, reads resources and gets prompts', async () => {
        expect(
          await upstream.request(
            callOf('completion/complete', {
              ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' },
              argument: { name: 'arg1', value: 'par' },
            }),
          ),
        ).toMatchObject({ result: { completion: { values: ['paris', 'park', 'party'] } } });
        expect(await upstream.request(callOf('resources/read', { uri: 'test://template/7/data' }))).toMatchObject({
          result: { contents: [{ uri: 'test://template/7/data' }] },
        });
        expect(await upstream.request(callOf('prompts/get', { name: 'test_simple_prompt' }))).toMatchObject({
          result: { messages: [{ role: 'user' }] },
        });
      });
    });
  },
);
