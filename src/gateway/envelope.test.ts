import { describe, expect, it } from 'vitest';
import { HubError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { META } from '../upstream/era.ts';
import { readEnvelope, withoutHopMeta } from './envelope.ts';

const meta: JsonObject = {
  [META.protocolVersion]: '2026-07-28',
  [META.clientCapabilities]: { sampling: {} },
  [META.clientInfo]: { name: 'c', version: '1' },
};
const headersFor = (method: string, name?: string): Record<string, string> => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
  ...(name === undefined ? {} : { 'mcp-name': name }),
});

function read(method: string, params: JsonObject, headers: Record<string, string>) {
  return readEnvelope(method, params, (name) => headers[name]);
}

function refusalOf(method: string, params: JsonObject, headers: Record<string, string>): HubError {
  try {
    read(method, params, headers);
  } catch (error) {
    if (error instanceof HubError) return error;
  }
  throw new Error('The envelope was not refused.');
}

describe('a modern request', () => {
  it('gives client, log level and progress token', () => {
    const params = { name: 'echo', _meta: { ...meta, [META.logLevel]: 'info', progressToken: 7 } };
    expect(read('tools/call', params, headersFor('tools/call', 'echo'))).toEqual({
      client: {
        protocolVersion: '2026-07-28',
        capabilities: { sampling: {} },
        info: { name: 'c', version: '1' },
      },
      logLevel: 'info',
      progressToken: 7,
    });
  });

  it('may encode a name that does not fit into a header', () => {
    const name = 'größe';
    const encoded = `=?base64?${Buffer.from(name).toString('base64')}?=`;
    expect(() => read('tools/call', { name, _meta: meta }, headersFor('tools/call', encoded))).not.toThrow();
  });

  it.each([
    ['no version header', { 'mcp-method': 'tools/list' }, 'MCP-Protocol-Version header is missing'],
    [
      'another version in the header',
      { ...headersFor('tools/list'), 'mcp-protocol-version': '2025-11-25' },
      'says "2025-11-25"',
    ],
    ['no method header', { 'mcp-protocol-version': '2026-07-28' }, 'Mcp-Method header is missing'],
    ['another method in the header', headersFor('tools/call'), 'Mcp-Method header says "tools/call"'],
  ])('is refused with %s', (_, headers, message) => {
    const refusal = refusalOf('tools/list', { _meta: meta }, headers);
    expect(refusal.rpcCode).toBe(-32020);
    expect(refusal.status).toBe(400);
    expect(refusal.message).toContain(message);
  });

  it.each(['tools/call', 'prompts/get'])('of %s is refused when Mcp-Name names something else', (method) => {
    expect(refusalOf(method, { name: 'a', _meta: meta }, headersFor(method, 'b')).rpcCode).toBe(-32020);
    expect(refusalOf(method, { name: 'a', _meta: meta }, headersFor(method)).rpcCode).toBe(-32020);
  });

  it('of an unknown version is told which versions exist', () => {
    const params = { _meta: { ...meta, [META.protocolVersion]: '2030-01-01' } };
    const refusal = refusalOf('tools/list', params, {
      ...headersFor('tools/list'),
      'mcp-protocol-version': '2030-01-01',
    });
    expect(refusal.rpcCode).toBe(-32022);
    expect(refusal.data).toEqual({ supported: ['2026-07-28'], requested: '2030-01-01' });
  });

  it('without capabilities or without an envelope is refused as invalid', () => {
    const { [META.clientCapabilities]: _, ...rest } = meta;
    expect(refusalOf('tools/list', { _meta: rest }, headersFor('tools/list')).rpcCode).toBe(-32602);
    expect(refusalOf('tools/list', {}, headersFor('tools/list')).rpcCode).toBe(-32602);
  });
});

it('keys of one hop are not passed to the next, others are', () => {
  const params = { name: 'x', _meta: { ...meta, progressToken: 1, traceparent: '00-a', 'com.example/k': 1 } };
  expect(withoutHopMeta(params)).toEqual({ name: 'x', _meta: { traceparent: '00-a', 'com.example/k': 1 } });
  expect(withoutHopMeta({ name: 'x', _meta: meta })).toEqual({ name: 'x' });
});
