import { Client as ModernClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** What the tests ask of a client, whichever SDK it comes from. */
export interface AnyClient {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(params: {
    name: string;
    arguments?: Record<string, unknown>;
  }): Promise<{ content?: unknown; isError?: boolean | undefined; structuredContent?: unknown }>;
  listResources(): Promise<{ resources: { uri: string }[] }>;
  readResource(params: { uri: string }): Promise<{ contents: unknown[] }>;
  listPrompts(): Promise<{ prompts: { name: string }[] }>;
  close(): Promise<void>;
}

/** The official clients, each with the protocol revision it ends up with. */
export const CLIENTS: Record<
  string,
  (url: string, token?: string) => Promise<{ client: AnyClient; version: string | undefined }>
> = {
  'SDK 1.x': async (url, token) => {
    const client = new FirstClient({ name: 'e2e-1', version: '1.0.0' });
    const transport = new FirstTransport(new URL(url), requestInit(token));
    await client.connect(transport as never);
    return { client: client as unknown as AnyClient, version: transport.protocolVersion };
  },
  'SDK 2.x, legacy': (url, token) => connectSecond(url, token, 'legacy'),
  'SDK 2.x, modern': (url, token) => connectSecond(url, token, { pin: '2026-07-28' }),
};

async function connectSecond(url: string, token: string | undefined, mode: 'legacy' | { pin: string }) {
  const client = new ModernClient({ name: 'e2e-2', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), requestInit(token)));
  return { client: client as unknown as AnyClient, version: client.getNegotiatedProtocolVersion() };
}

function requestInit(token: string | undefined): { requestInit?: RequestInit } {
  return token === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${token}` } } };
}
