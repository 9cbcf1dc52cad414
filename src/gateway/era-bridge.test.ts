import { describe, expect, it } from 'vitest';
import { META } from '../upstream/era.ts';
import { toLegacy, toLegacyCapabilities, toModern, toModernCapabilities } from './era-bridge.ts';

const server = { info: { name: 's', version: '1' }, capabilities: {}, protocolVersion: '2025-11-25' };

describe('a legacy answer for a modern client', () => {
  it('gains result type, cache hints and the server it came from', () => {
    expect(toModern('resources/read', { result: { contents: [] } }, server)).toEqual({
      result: {
        contents: [],
        resultType: 'complete',
        ttlMs: 0,
        cacheScope: 'private',
        _meta: { [META.serverInfo]: server.info },
      },
    });
  });

  it('has no cache hints where the era has none, and keeps its own _meta', () => {
    const reply = toModern('tools/call', { result: { content: [], _meta: { a: 1 } } }, server);
    expect(reply).toEqual({
      result: { content: [], resultType: 'complete', _meta: { a: 1, [META.serverInfo]: server.info } },
    });
  });

  it('loses the task hints of its tools and nothing else', () => {
    const tools = [
      { name: 'a', execution: { taskSupport: 'optional' }, annotations: { title: 'A' }, icons: [{ src: 'x' }] },
    ];
    const reply = toModern('tools/list', { result: { tools } }, server);
    expect(reply).toMatchObject({
      result: { tools: [{ name: 'a', annotations: { title: 'A' }, icons: [{ src: 'x' }] }] },
    });
    expect(JSON.stringify(reply)).not.toContain('taskSupport');
  });

  it('says "not found" in the modern way', () => {
    expect(toModern('resources/read', { error: { code: -32002, message: 'no' } }, server)).toEqual({
      error: { code: -32602, message: 'no' },
    });
  });
});

describe('a modern answer for a legacy client', () => {
  it('loses what the era does not know', () => {
    const result = {
      tools: [],
      resultType: 'complete',
      ttlMs: 5,
      cacheScope: 'public',
      _meta: { [META.serverInfo]: {}, k: 1 },
    };
    expect(toLegacy('tools/list', { result })).toEqual({ result: { tools: [], _meta: { k: 1 } } });
    expect(toLegacy('prompts/get', { result: { messages: [], _meta: { [META.serverInfo]: {} } } })).toEqual({
      result: { messages: [] },
    });
  });

  it('wraps structured content that is not an object, and repeats it as text', () => {
    expect(toLegacy('tools/call', { result: { content: [], structuredContent: [1, 2] } })).toEqual({
      result: { structuredContent: { result: [1, 2] }, content: [{ type: 'text', text: '[1,2]' }] },
    });
    const object = { content: [], structuredContent: { a: 1 } };
    expect(toLegacy('tools/call', { result: object })).toEqual({ result: object });
  });

  it('wraps output schemas in the same way', () => {
    const outputSchema = { type: 'array', items: { $ref: '#/$defs/A' }, $defs: { A: { type: 'string' } } };
    expect(toLegacy('tools/list', { result: { tools: [{ name: 'a', outputSchema }] } })).toMatchObject({
      result: {
        tools: [
          {
            outputSchema: {
              type: 'object',
              properties: { result: { type: 'array', items: { $ref: '#/$defs/A' } } },
              required: ['result'],
              $defs: { A: { type: 'string' } },
            },
          },
        ],
      },
    });
  });

  it("does not blame the client for the hub's own request", () => {
    expect(toLegacy('tools/call', { error: { code: -32020, message: 'm' } })).toEqual({
      error: { code: -32603, message: 'm' },
    });
    expect(toLegacy('tools/call', { error: { code: -32602, message: 'm' } })).toEqual({
      error: { code: -32602, message: 'm' },
    });
  });
});

it('capabilities of one era are not shown to the other', () => {
  expect(toModernCapabilities({ tools: {}, tasks: {} })).toEqual({ tools: {} });
  const resources = { subscribe: true, listChanged: true };
  expect(toLegacyCapabilities({ resources, extensions: {} })).toEqual({ resources });
});
