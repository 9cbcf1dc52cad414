import { HubError } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import type { CallSink } from '../upstream/call.ts';
import { META, MODERN_VERSIONS } from '../upstream/era.ts';
import type { UpstreamEvent } from '../upstream/upstream.ts';
import { readEnvelope } from './envelope.ts';
import { toModern, toModernCapabilities } from './era-bridge.ts';
import { notificationOf, type RpcId, type RpcMessage, responseOf } from './rpc.ts';
import { belongsTo, callServer } from './semantic-lane.ts';
import type { Visit } from './visit.ts';

/** JSON-RPC codes that a modern answer carries with an HTTP status of its own. */
const STATUS_OF: Readonly<Record<number, number>> = { [-32601]: 404, [-32021]: 400 };

/** Serves one modern request: no handshake, everything is in the request itself. */
export async function serveModern(visit: Visit, message: RpcMessage): Promise<void> {
  const { exchange, running, principal, timeoutMs } = visit;
  if (message.kind !== 'request') {
    exchange.empty(202);
    return;
  }
  const { id, method, params } = message;
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

/** Which notification tells of which event, and which member of the filter asks for it. */
const LISTED = {
  toolsChanged: { filter: 'toolsListChanged', method: 'notifications/tools/list_changed', capability: 'tools' },
  promptsChanged: { filter: 'promptsListChanged', method: 'notifications/prompts/list_changed', capability: 'prompts' },
  resourcesChanged: {
    filter: 'resourcesListChanged',
    method: 'notifications/resources/list_changed',
    capability: 'resources',
  },
} as const;

const MAX_SUBSCRIBED_URIS = 1_000;

async function listen(
  { exchange, running, principal, timeoutMs }: Visit,
  id: RpcId,
  params: JsonObject,
): Promise<void> {
  const wanted = params.notifications;
  if (!isObject(wanted)) {
    throw new HubError(
      'protocol.invalid_params',
      'params.notifications must be an object that says what to listen for.',
    );
  }
  const upstream = await running.ready(exchange.signal);
  const { capabilities } = upstream.description;
  const honored: JsonObject = {};
  for (const { filter, capability } of Object.values(LISTED)) {
    if (wanted[filter] === true && isObject(capabilities[capability])) honored[filter] = true;
  }
  const uris = Array.isArray(wanted.resourceSubscriptions)
    ? wanted.resourceSubscriptions.filter((uri) => typeof uri === 'string').slice(0, MAX_SUBSCRIBED_URIS)
    : [];
  if (uris.length > 0 && isObject(capabilities.resources) && capabilities.resources.subscribe === true) {
    honored.resourceSubscriptions = uris;
  }
  const subscribed = new Set(Array.isArray(honored.resourceSubscriptions) ? uris : []);
  const meta = { [META.subscriptionId]: id };
  const send = (method: string, extra: JsonObject = {}): void =>
    exchange.event(notificationOf(method, { ...extra, _meta: meta }));
  send('notifications/subscriptions/acknowledged', { notifications: honored });
  const unsubscribe = running.onEvent((event: UpstreamEvent) => {
    if (event.type === 'resourceUpdated') {
      if (subscribed.has(event.uri)) send('notifications/resources/updated', { uri: event.uri });
    } else if (event.type in LISTED) {
      const { filter, method } = LISTED[event.type as keyof typeof LISTED];
      if (honored[filter] === true) send(method);
    }
  });
  exchange.signal.addEventListener('abort', unsubscribe, { once: true });
  exchange.endless(() => exchange.event(responseOf(id, { result: { resultType: 'complete', _meta: meta } })));
  if (upstream.era !== 'legacy') return;
  const client = { protocolVersion: MODERN_VERSIONS[0] ?? '', capabilities: {} };
  for (const uri of subscribed) {
    await upstream.request({ method: 'resources/subscribe', params: { uri }, principal, client, timeoutMs });
  }
}
