import { BlockList, isIP } from 'node:net';
import type { HubConfig } from './config.ts';
import type { ConfigProblem } from './problem.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only this machine reaches a server that listens on `host` (a name or an address). */
export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const family = isIP(bare);
  if (family === 0) return bare === 'localhost' || bare.endsWith('.localhost');
  return LOOPBACK.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * The reason not to listen: everybody who reaches the port could read, change and run servers without a token.
 * Undefined when the address is loopback, a token is required, or somebody decided otherwise.
 */
export function unsafeBind(config: Pick<HubConfig, 'api' | 'auth'>): ConfigProblem | undefined {
  const { host, allowUnauthenticated } = config.api;
  if (isLoopbackHost(host) || config.auth.required || allowUnauthenticated) return undefined;
  return {
    code: 'config.unsafe_bind',
    path: ['api', 'host'],
    message:
      `"${host}" is reachable from other machines, and without a token anybody there could publish and run servers here; ` +
      'either set auth.required: true (MCP_HUB_AUTH_REQUIRED=true), or, when something in front of the hub decides ' +
      'who comes in, api.allowUnauthenticated: true (MCP_HUB_API_ALLOW_UNAUTHENTICATED=true)',
  };
}
