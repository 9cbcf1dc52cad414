import { HubError } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import type { Call, Reply } from './call.ts';
import type { ClientIdentity } from './client-identity.ts';
import type { Connection } from './connection.ts';
import { META, MODERN_VERSIONS } from './era.ts';
import type { EraSession, Opening } from './era-session.ts';
import type { OpeningBounds } from './legacy.ts';
import { createSubscription } from './subscription.ts';
import type { ServerDescription } from './upstream.ts';

/** JSON-RPC code of a modern server that does not speak the revision of a request; `data.supported` lists its own. */
export const UNSUPPORTED_VERSION = -32022;

const PREFERRED_VERSION = MODERN_VERSIONS[0] ?? '';

/** `params` with the envelope that every modern request carries (specification 2026-07-28, per-request `_meta`). */
export function withEnvelope(
  params: JsonObject,
  identity: ClientIdentity,
  version: string,
  logLevel?: string,
): JsonObject {
  return {
    ...params,
    _meta: {
      ...(isObject(params._meta) ? params._meta : {}),
      [META.protocolVersion]: version,
      [META.clientInfo]: identity.info,
      [META.clientCapabilities]: identity.capabilities,
      ...(logLevel === undefined ? {} : { [META.logLevel]: logLevel }),
    },
  };
}

/**
 * Sends `server/discover`. An error of the server, and an answer that is not one to `server/discover`, are values.
 *
 * @throws HubError `upstream.protocol` when the server speaks modern revisions, but none that the hub knows.
 */
export async function discover(
  connection: Connection,
  identity: ClientIdentity,
  bounds: OpeningBounds,
): Promise<Opening<ServerDescription>> {
  const params = withEnvelope({}, identity, PREFERRED_VERSION);
  const { timeoutMs, signal } = bounds;
  const reply = await connection.call({ method: 'server/discover', params, timeoutMs, signal });
  if ('error' in reply) {
    assertNotNewer(connection.label, reply.error);
    return { ok: false, error: reply.error };
  }
  const { supportedVersions, capabilities, instructions, _meta } = reply.result;
  if (!Array.isArray(supportedVersions)) {
    return { ok: false, error: { code: -32601, message: 'The answer to server/discover lists no supportedVersions.' } };
  }
  const protocolVersion = MODERN_VERSIONS.find((version) => supportedVersions.includes(version));
  if (protocolVersion === undefined) {
    const error = { code: UNSUPPORTED_VERSION, message: 'No common revision.', data: { supported: supportedVersions } };
    assertNotNewer(connection.label, error);
    return { ok: false, error };
  }
  const info = isObject(_meta) ? _meta[META.serverInfo] : undefined;
  return {
    ok: true,
    value: {
      protocolVersion,
      capabilities: isObject(capabilities) ? capabilities : {},
      info: isObject(info) ? info : {},
      ...(typeof instructions === 'string' ? { instructions } : {}),
    },
  };
}

/** A server that has only modern revisions newer than the hub's must not be taken for a legacy one. */
function assertNotNewer(label: string, error: { code: number; data?: unknown }): void {
  const supported = isObject(error.data) ? error.data.supported : undefined;
  if (error.code !== UNSUPPORTED_VERSION || !Array.isArray(supported)) return;
  const newer = supported.filter((version) => typeof version === 'string' && version > PREFERRED_VERSION);
  if (newer.length === 0 || newer.length < supported.length) return;
  throw new HubError(
    'upstream.protocol',
    `${label} speaks ${newer.join(', ').slice(0, 200)}; the newest revision this hub speaks is ${PREFERRED_VERSION}.`,
  );
}

/**
 * Makes the session of a modern server and begins to listen for its changes. `resources/subscribe` and
 * `resources/unsubscribe`, which the era has no more, are answered here: they change what is listened for.
 */
export function createModernSession(
  connection: Connection,
  description: ServerDescription,
  identity: ClientIdentity,
): EraSession {
  const { protocolVersion } = description;
  const subscription = createSubscription(connection, description.capabilities, (params) =>
    withEnvelope(params, identity, protocolVersion),
  );

  const identityOf = (call: Call): ClientIdentity => ({
    info: call.client.info ?? identity.info,
    capabilities: call.client.capabilities,
  });

  return {
    era: 'modern',
    description,
    request(call, headers) {
      const { method, timeoutMs, signal, sink, logLevel } = call;
      if (method === 'resources/subscribe' || method === 'resources/unsubscribe') {
        return Promise.resolve(changeSubscription(method, call.params.uri));
      }
      const params = withEnvelope(call.params, identityOf(call), protocolVersion, logLevel);
      return connection.call({ method, params, timeoutMs, signal, sink, logLevel, headers });
    },
    async ping(timeoutMs) {
      const params = withEnvelope({}, identity, protocolVersion);
      await connection.call({ method: 'server/discover', params, timeoutMs });
    },
    stop: () => subscription.stop(),
  };

  function changeSubscription(method: string, uri: unknown): Reply {
    if (typeof uri !== 'string') return { error: { code: -32602, message: `${method} needs a "uri".` } };
    if (method === 'resources/subscribe') {
      if (!subscription.add(uri)) return { error: { code: -32603, message: 'Too many subscribed resources.' } };
    } else subscription.remove(uri);
    return { result: {} };
  }
}
