import { HubError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { CallSink } from '../upstream/call.ts';
import { MODERN_VERSIONS } from '../upstream/era.ts';
import type { RpcId } from '../upstream/json-rpc.ts';
import { readEnvelope } from './envelope.ts';
import { toModern, toModernCapabilities } from './era-bridge.ts';
import { listen } from './listen.ts';
import { type ClientMessage, notificationOf, responseOf } from './rpc.ts';
import { belongsTo, callServer } from './semantic-lane.ts';
import type { Visit } from './visit.ts';

/** JSON-RPC codes that a modern answer carries with an HTTP status of its own. */
const STATUS_OF: Readonly<Record<number, number>> = { [-32601]: 404, [-32021]: 400 };

/** Serves one modern request: no handshake, everything is in the request itself. */
export async function serveModern(visit: Visit, message: ClientMessage): Promise<void> {
  const { exchange, running, principal, timeoutMs } = visit;
  if (message.kind !== 'request') {
    exchange.empty(202);
    return;
  }
  const { id, method, params = {} } = message;
  const envelope = readEnvelope(method, params, (name) => exchange.header(name));
  if (!belongsTo('modern', method)) throw new HubError('protocol.method_not_found', `Method not found: ${method}`);
  if (method === 'server/discover') return discover(visit, id);
  if (method === 'subscriptions/listen') return listen(visit, id, params);
  const { progressToken, logLevel, client } = envelope;
  const sink: CallSink = exchange.acceptsStream
    ? {
        ...(progressToken !== undefined && {
          progress: (progress) =>
            exchange.event(notificationOf('notifications/progress', { ...progress, progressToken })),
        }),
        ...(logLevel !== undefined && { log: (log) => exchange.event(notificationOf('notifications/message', log)) }),
        notify: (name, body) => exchange.event(notificationOf(name, body)),
      }
    : {};
  const reply = await callServer(running, 'modern', {
    method,
    params,
    principal,
    client,
    signal: exchange.signal,
    timeoutMs,
    sink,
    ...(logLevel !== undefined && { logLevel }),
  });
  const status = 'error' in reply ? (STATUS_OF[reply.error.code] ?? 200) : 200;
  exchange.json(status, responseOf(id, reply));
}

async function discover({ exchange, running }: Visit, id: RpcId): Promise<void> {
  const { description } = await running.ready(exchange.signal);
  const result: JsonObject = {
    supportedVersions: [...MODERN_VERSIONS],
    capabilities: toModernCapabilities(description.capabilities),
    ...(description.instructions !== undefined && { instructions: description.instructions }),
  };
  exchange.json(200, responseOf(id, toModern('server/discover', { result }, description)));
}
