import { HubError } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { META, MODERN_VERSIONS } from '../upstream/era.ts';
import type { RpcId } from '../upstream/json-rpc.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { addInterest, dropInterest } from './resource-interest.ts';
import { notificationOf, responseOf } from './rpc.ts';
import type { Visit } from './visit.ts';

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

/** Serves `subscriptions/listen`: says what is heard, then sends each event of the server until the client goes. */
export async function listen(visit: Visit, id: RpcId, params: JsonObject): Promise<void> {
  const { exchange, running } = visit;
  const wanted = params.notifications;
  if (!isObject(wanted)) {
    throw new HubError(
      'protocol.invalid_params',
      'params.notifications must be an object that says what to listen for.',
    );
  }
  const upstream = await running.ready(exchange.signal);
  const { honored, uris } = narrow(wanted, upstream.description.capabilities);
  const meta = { [META.subscriptionId]: id };
  const send = (method: string, extra: JsonObject = {}): void =>
    exchange.event(notificationOf(method, { ...extra, _meta: meta }));
  send('notifications/subscriptions/acknowledged', { notifications: honored });
  const stop = running.onEvent((event) => {
    if (event.type === 'resourceUpdated') {
      if (uris.has(event.uri)) send('notifications/resources/updated', { uri: event.uri });
    } else if (event.type in LISTED) {
      const { filter, method } = LISTED[event.type as keyof typeof LISTED];
      if (honored[filter] === true) send(method);
    }
  });
  exchange.onOver(stop);
  exchange.endless(() => exchange.event(responseOf(id, { result: { resultType: 'complete', _meta: meta } })));
  await Promise.all([...uris].map((uri) => follow(visit, upstream, uri)));
}

/** What of the wish can be heard from this server, as its capabilities say. */
function narrow(wanted: JsonObject, capabilities: JsonObject): { honored: JsonObject; uris: Set<string> } {
  const honored: JsonObject = {};
  for (const { filter, capability } of Object.values(LISTED)) {
    if (wanted[filter] === true && isObject(capabilities[capability])) honored[filter] = true;
  }
  const canSubscribe = isObject(capabilities.resources) && capabilities.resources.subscribe === true;
  const uris = canSubscribe ? texts(wanted.resourceSubscriptions) : [];
  if (uris.length > 0) honored.resourceSubscriptions = uris;
  return { honored, uris: new Set(uris) };
}

function texts(value: JsonValue | undefined): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item) => typeof item === 'string').slice(0, MAX_SUBSCRIBED_URIS);
}

async function follow(
  { exchange, running, principal, timeoutMs }: Visit,
  upstream: Upstream,
  uri: string,
): Promise<void> {
  const client = { protocolVersion: MODERN_VERSIONS[0] ?? '', capabilities: {} };
  const ask = (method: string) => upstream.request({ method, params: { uri }, principal, client, timeoutMs });
  exchange.onOver(() => {
    // The server may be gone by then, and with it the subscription.
    if (dropInterest(running, uri)) void ask('resources/unsubscribe').catch(() => undefined);
  });
  if (addInterest(running, uri)) await ask('resources/subscribe');
}
