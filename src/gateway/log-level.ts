import type { Call } from '../upstream/call.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** Log levels of RFC 5424 as MCP uses them, from chatty to severe. */
export const LOG_LEVELS: readonly string[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

/** Whether a message of `level` reaches a client that asked for `wanted`. An unknown level counts as severe. */
export function passesLevel(level: unknown, wanted: string): boolean {
  const at = LOG_LEVELS.indexOf(String(level));
  return (at < 0 ? LOG_LEVELS.length : at) >= LOG_LEVELS.indexOf(wanted);
}

const levels = new WeakMap<Upstream, string>();

/**
 * Tells a legacy server to log at least at this level. Its level is shared by all clients, so it only ever gets
 * chattier; each client's own level filters what it is given.
 */
export async function wantLevel(
  upstream: Upstream,
  call: Omit<Call, 'method' | 'params'>,
  level: string,
): Promise<void> {
  if (upstream.era !== 'legacy' || upstream.description.capabilities.logging === undefined) return;
  const known = levels.get(upstream);
  if (known !== undefined && LOG_LEVELS.indexOf(known) <= LOG_LEVELS.indexOf(level)) return;
  levels.set(upstream, level);
  const reply = await upstream.request({ ...call, method: 'logging/setLevel', params: { level } });
  if ('error' in reply) levels.delete(upstream);
}
