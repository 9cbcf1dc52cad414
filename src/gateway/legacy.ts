import { HubError } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import type { CallSink, ClientContext, Reply } from '../upstream/call.ts';
import { eraOf, LEGACY_VERSIONS } from '../upstream/era.ts';
import type { RpcId } from '../upstream/json-rpc.ts';
import { isSevereEnough, LEVELS } from '../upstream/severity.ts';
import type { UpstreamEvent } from '../upstream/upstream.ts';
import { toLegacyCapabilities } from './era-bridge.ts';
import { addInterest, dropInterest } from './resource-interest.ts';
import { type ClientMessage, notificationOf, responseOf } from './rpc.ts';
import { belongsTo, callServer } from './semantic-lane.ts';
import { askClient, cancelled, type Session } from './sessions.ts';
import type { Visit } from './visit.ts';

const SESSION_HEADER = 'Mcp-Session-Id';

/** The revision that a client without handshake or header is taken to speak (specification 2025-06-18, transports). */
const ASSUMED_VERSION = '2025-03-26';

/** What a legacy client hears that never said how much it wants to hear. */
const DEFAULT_LEVEL = 'info';

/** Serves one posted message of a legacy client. */
export async function serveLegacy(visit: Visit, message: ClientMessage): Promise<void> {
  const { exchange } = visit;
  if (message.kind === 'request' && message.method === 'initialize') return initialize(visit, message);
  const session = sessionOf(visit);
  if (message.kind === 'response') {
    takeAnswer(session, message);
    exchange.empty(202);
    return;
  }
  if (message.kind === 'notification') {
    takeNotification(session, message.method, message.params);
    exchange.empty(202);
    return;
  }
  exchange.json(200, responseOf(message.id, await answer(visit, session, message)));
}

/** Serves a batch (revision 2025-03-26): all requests at once, all answers together. */
export async function serveBatch(visit: Visit, messages: ClientMessage[]): Promise<void> {
  const session = sessionOf(visit);
  const answers = await Promise.all(
    messages.map(async (message) => {
      if (message.kind === 'response') takeAnswer(session, message);
      else if (message.kind === 'notification') takeNotification(session, message.method, message.params);
      else if (message.method === 'initialize') {
        return responseOf(message.id, { error: { code: -32600, message: 'initialize must not be part of a batch.' } });
      } else return responseOf(message.id, await answer(visit, session, message));
      return undefined;
    }),
  );
  const responses = answers.filter((response) => response !== undefined);
  if (responses.length === 0) visit.exchange.empty(202);
  else visit.exchange.json(200, responses);
}

/** Opens the stream on which a legacy client hears what belongs to no request. */
export async function serveLegacyStream(visit: Visit): Promise<void> {
  const { exchange, running } = visit;
  if (!exchange.acceptsStream) {
    throw new HubError('request.not_acceptable', 'A GET here opens an event stream: send "Accept: text/event-stream".');
  }
  const session = sessionOf(visit);
  await running.ready(exchange.signal);
  session.streams.add(exchange);
  const stop = running.onEvent((event) => {
    const message = notificationFor(event, session);
    if (message !== undefined) exchange.event(message);
  });
  exchange.onOver(() => {
    stop();
    session.streams.delete(exchange);
  });
  exchange.endless(() => undefined);
  exchange.stream();
}

/** Ends a legacy session at its client's wish. */
export function endLegacySession(visit: Visit): void {
  const session = sessionOf(visit);
  for (const uri of session.subscriptions) dropInterest(visit.running, uri);
  visit.sessions.end(session);
  visit.exchange.empty(204);
}

async function initialize(visit: Visit, { id, params = {} }: Request): Promise<void> {
  const { exchange, running, principal, sealer, endpoint } = visit;
  const upstream = await running.ready(exchange.signal);
  const asked = String(params.protocolVersion ?? '');
  const protocolVersion = eraOf(asked) === 'legacy' ? asked : (LEGACY_VERSIONS[0] as string);
  const { description } = upstream;
  const capabilities = isObject(params.capabilities) ? params.capabilities : {};
  const clientInfo = isObject(params.clientInfo) ? params.clientInfo : undefined;
  const token = sealer.seal(
    { protocolVersion, capabilities, ...(clientInfo && { clientInfo }) },
    endpoint,
    principal.id,
  );
  const result: JsonObject = {
    protocolVersion,
    capabilities: upstream.era === 'legacy' ? description.capabilities : toLegacyCapabilities(description.capabilities),
    serverInfo: description.info,
    ...(description.instructions !== undefined && { instructions: description.instructions }),
  };
  exchange.json(200, responseOf(id, { result }), { [SESSION_HEADER]: token });
}

/** @throws HubError `session.invalid` (404, so that the client begins anew), `request.malformed` */
function sessionOf({ exchange, sealer, sessions, endpoint, principal }: Visit): Session {
  const version = exchange.header('mcp-protocol-version');
  if (version !== undefined && eraOf(version) !== 'legacy') {
    throw new HubError(
      'request.malformed',
      `MCP-Protocol-Version ${version.slice(0, 40)} is not supported here. Supported with a session: ${LEGACY_VERSIONS.join(', ')}.`,
    );
  }
  const token = exchange.header('mcp-session-id');
  if (token === undefined) {
    throw new HubError(
      'request.malformed',
      `The ${SESSION_HEADER} header is missing. Send an initialize request first.`,
    );
  }
  const claims = sealer.open(token, endpoint, principal.id);
  const session = claims && sessions.of(claims);
  if (session === undefined) {
    throw new HubError('session.invalid', 'This session is unknown or has ended. Send an initialize request.');
  }
  return session;
}

function takeAnswer(session: Session, { id, reply }: { id: RpcId | null; reply: Reply }): void {
  if (id !== null) session.asks.get(id)?.(reply);
}

function takeNotification(session: Session, method: string, params: JsonObject = {}): void {
  if (method !== 'notifications/cancelled') return;
  const { requestId, reason } = params;
  if (typeof requestId !== 'string' && typeof requestId !== 'number') return;
  session.inFlight.get(requestId)?.abort(cancelled(typeof reason === 'string' ? reason : 'The client cancelled.'));
}

type Request = Extract<ClientMessage, { kind: 'request' }>;

async function answer(visit: Visit, session: Session, { id, method, params = {} }: Request): Promise<Reply> {
  const { exchange, running, principal, timeoutMs } = visit;
  if (method === 'ping') return { result: {} };
  if (!belongsTo('legacy', method)) return { error: { code: -32601, message: `Method not found: ${method}` } };
  const client: ClientContext = {
    protocolVersion: session.claims.protocolVersion ?? ASSUMED_VERSION,
    capabilities: session.claims.capabilities,
    sessionId: session.claims.id,
    ...(session.claims.clientInfo && { info: session.claims.clientInfo }),
  };
  if (method === 'logging/setLevel') return setLevel(visit, session, params);
  if (isNeedless(visit, session, method, params)) return { result: {} };
  const controller = new AbortController();
  const onGone = (): void => controller.abort(exchange.signal.reason);
  exchange.signal.addEventListener('abort', onGone, { once: true });
  session.inFlight.set(id, controller);
  try {
    const reply = await callServer(running, 'legacy', {
      method,
      params,
      principal,
      client,
      signal: controller.signal,
      timeoutMs,
      sink: sinkOf(visit, session, params),
      logLevel: session.logLevel ?? DEFAULT_LEVEL,
    });
    return reply;
  } catch (error) {
    return { error: visit.rpcError(error) };
  } finally {
    session.inFlight.delete(id);
    exchange.signal.removeEventListener('abort', onGone);
  }
}

/** Keeps the session's subscriptions. True when the server need not be asked, since others want the same or still do. */
function isNeedless({ running }: Visit, session: Session, method: string, { uri }: JsonObject): boolean {
  if (typeof uri !== 'string') return false;
  if (method === 'resources/subscribe') {
    if (session.subscriptions.has(uri)) return true;
    session.subscriptions.add(uri);
    return !addInterest(running, uri);
  }
  if (method !== 'resources/unsubscribe') return false;
  return !session.subscriptions.delete(uri) || !dropInterest(running, uri);
}

function sinkOf({ exchange }: Visit, session: Session, params: JsonObject): CallSink {
  if (!exchange.acceptsStream) return {};
  const progressToken = isObject(params._meta) ? params._meta.progressToken : undefined;
  return {
    ...(progressToken !== undefined && {
      progress: (progress) => exchange.event(notificationOf('notifications/progress', { ...progress, progressToken })),
    }),
    log: (log) => exchange.event(notificationOf('notifications/message', log)),
    notify: (method, body) => exchange.event(notificationOf(method, body)),
    ask: (method, body) => askClient(session, exchange, method, body),
  };
}

async function setLevel(visit: Visit, session: Session, params: JsonObject): Promise<Reply> {
  const { level } = params;
  if (typeof level !== 'string' || !LEVELS.includes(level)) {
    return { error: { code: -32602, message: `level must be one of ${LEVELS.join(', ')}.` } };
  }
  const upstream = await visit.running.ready(visit.exchange.signal);
  if (upstream.description.capabilities.logging === undefined) {
    return { error: { code: -32601, message: 'This server does not send log messages.' } };
  }
  session.logLevel = level;
  return { result: {} };
}

function notificationFor(event: UpstreamEvent, session: Session): JsonObject | undefined {
  switch (event.type) {
    case 'toolsChanged':
      return notificationOf('notifications/tools/list_changed', undefined);
    case 'promptsChanged':
      return notificationOf('notifications/prompts/list_changed', undefined);
    case 'resourcesChanged':
      return notificationOf('notifications/resources/list_changed', undefined);
    case 'resourceUpdated':
      return session.subscriptions.has(event.uri)
        ? notificationOf('notifications/resources/updated', { uri: event.uri })
        : undefined;
    case 'log':
      return isSevereEnough(event.params.level, session.logLevel ?? DEFAULT_LEVEL)
        ? notificationOf('notifications/message', event.params)
        : undefined;
    default:
      return undefined;
  }
}
