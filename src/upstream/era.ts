/** `modern`: 2026-07-28 and later (stateless); `legacy`: revisions with an `initialize` handshake. */
export type Era = 'modern' | 'legacy';

/** Modern revisions the hub speaks, newest first. */
export const MODERN_VERSIONS: readonly string[] = ['2026-07-28'];

/** Legacy revisions the hub speaks, newest first. */
export const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

/** The era of a revision, or undefined when the hub does not speak it. */
export function eraOf(version: string): Era | undefined {
  if (MODERN_VERSIONS.includes(version)) return 'modern';
  return LEGACY_VERSIONS.includes(version) ? 'legacy' : undefined;
}

/** Reserved keys of `params._meta` that belong to one hop and are never passed to the next. */
export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;
