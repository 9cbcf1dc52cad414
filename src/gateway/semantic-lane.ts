import type { Running } from '../hub/running.ts';
import type { Call, Reply } from '../upstream/call.ts';
import type { Era } from '../upstream/era.ts';
import { withoutHopMeta } from './envelope.ts';
import { toLegacy, toModern } from './era-bridge.ts';
import { requestWithInput } from './input-bridge.ts';

/** Methods of the legacy era that modern clients do not have: they get "method not found". */
const LEGACY_ONLY: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);
/** The same the other way round. */
const MODERN_ONLY: ReadonlySet<string> = new Set(['server/discover', 'subscriptions/listen']);

/** Whether a client of this era may use a method at all. Methods unknown to both eras pass: extensions use them. */
export function belongsTo(era: Era, method: string): boolean {
  return !(era === 'modern' ? LEGACY_ONLY : MODERN_ONLY).has(method);
}

/**
 * Carries a call of a client to a server of any era, and the answer back in the client's own form.
 *
 * @throws HubError when there is no server to answer; what the server itself refuses is a reply.
 */
export async function callServer(running: Running, era: Era, call: Call): Promise<Reply> {
  const upstream = await running.ready(call.signal);
  const outgoing: Call = { ...call, params: withoutHopMeta(call.params) };
  const isBridgedInput = era === 'legacy' && upstream.era === 'modern';
  const reply = isBridgedInput ? await requestWithInput(upstream, outgoing) : await upstream.request(outgoing);
  if (era === upstream.era) return reply;
  return era === 'modern' ? toModern(call.method, reply, upstream.description) : toLegacy(call.method, reply);
}
