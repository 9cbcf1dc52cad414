import { HubError } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import type { Call, Reply } from './call.ts';
import type { ClientIdentity } from './client-identity.ts';
import type { Connection } from './connection.ts';
import { eraOf, LEGACY_VERSIONS } from './era.ts';
import type { EraSession, Opening } from './era-session.ts';
import { severityOf } from './severity.ts';
import type { ServerDescription } from './upstream.ts';

/** How an opening exchange is bounded. */
export interface OpeningBounds {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Sends `initialize` (revision 2025-11-25, lifecycle). An error of the server is a value. The caller sends
 * `notifications/initialized` when its wire is ready for it.
 *
 * @throws HubError `upstream.protocol` for an answer without a revision the hub speaks, and what a call throws.
 */
export async function initialize(
  connection: Connection,
  identity: ClientIdentity,
  bounds: OpeningBounds,
): Promise<Opening<ServerDescription>> {
  const params: JsonObject = {
    protocolVersion: LEGACY_VERSIONS[0],
    capabilities: identity.capabilities,
    clientInfo: identity.info,
  };
  const { timeoutMs, signal } = bounds;
  const reply = await connection.call({ method: 'initialize', params, timeoutMs, signal });
  if ('error' in reply) return { ok: false, error: reply.error };
  const { protocolVersion, capabilities, serverInfo, instructions } = reply.result;
  if (typeof protocolVersion !== 'string' || eraOf(protocolVersion) !== 'legacy') {
    throw new HubError(
      'upstream.protocol',
      `${connection.label} answered initialize with protocol version ${String(protocolVersion).slice(0, 40)}; the hub speaks ${LEGACY_VERSIONS.join(', ')} in this handshake.`,
    );
  }
  return {
    ok: true,
    value: {
      protocolVersion,
      capabilities: isObject(capabilities) ? capabilities : {},
      info: isObject(serverInfo) ? serverInfo : {},
      ...(typeof instructions === 'string' ? { instructions } : {}),
    },
  };
}

/** Tells a server that the handshake is over. */
export function sendInitialized(connection: Connection): Promise<void> {
  return connection.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
}

/** Makes the session of an initialised legacy server. */
export function createLegacySession(connection: Connection, description: ServerDescription): EraSession {
  const hasLogging = isObject(description.capabilities.logging);
  /** The most verbose level asked for so far; the server sends from there on, and each call takes what it wants. */
  let level: number | undefined;

  /** A server that refuses the level keeps its own; that is no reason to refuse the call. */
  const openLog = async (wanted: string, call: Call): Promise<void> => {
    if (!hasLogging || (level !== undefined && level <= severityOf(wanted))) return;
    level = severityOf(wanted);
    const { signal, timeoutMs } = call;
    await connection.call({ method: 'logging/setLevel', params: { level: wanted }, signal, timeoutMs });
  };

  const send = (call: Call, headers: Readonly<Record<string, string>> | undefined): Promise<Reply> => {
    const { method, params, timeoutMs, signal, sink, logLevel } = call;
    if (method === 'logging/setLevel' && typeof params.level === 'string') level = severityOf(params.level);
    return connection.call({ method, params, timeoutMs, signal, sink, logLevel, headers });
  };

  return {
    era: 'legacy',
    description,
    request(call, headers) {
      if (call.logLevel === undefined || call.sink?.log === undefined) return send(call, headers);
      const opened = openLog(call.logLevel, call);
      return opened.then(() => send(call, headers));
    },
    async ping(timeoutMs) {
      await connection.call({ method: 'ping', params: {}, timeoutMs });
    },
    stop: () => undefined,
  };
}
