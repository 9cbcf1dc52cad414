import { sleep, withDeadline } from '../base/abort.ts';
import { HubError } from '../base/errors.ts';
import type { Call, Reply } from './call.ts';
import type { EraSession } from './era-session.ts';
import { closeParts, type HttpParts, withRepetition } from './http-parts.ts';
import { isSessionLost } from './http-wire.ts';
import { isSafeToRepeat } from './json-rpc.ts';
import { createLegacySession, initialize, type OpeningBounds, sendInitialized } from './legacy.ts';
import { openServerStream, type ServerStream } from './server-stream.ts';
import type { ServerDescription, Upstream } from './upstream.ts';

/** How long the answer to the GET of the server's own stream is waited for; some servers send no head until they speak. */
const STREAM_WAIT_MS = 1000;
/** How long the server may take to acknowledge the end of its session. */
const END_TIMEOUT_MS = 2000;
/** Bound of a handshake that becomes necessary in the middle of things. */
const RENEWAL_TIMEOUT_MS = 30_000;
/** Resources that are subscribed to anew after a handshake. */
const MAX_SUBSCRIBED = 1024;

/** Opens a session with a legacy server over Streamable HTTP (revision 2025-11-25). */
export async function openLegacyHttp(parts: HttpParts, bounds: OpeningBounds): Promise<Upstream> {
  const upstream = new LegacyHttp(parts);
  await upstream.open(bounds);
  return upstream;
}

/** A legacy server over HTTP: its session may be lost and made anew while the upstream lives on. */
class LegacyHttp implements Upstream {
  readonly era = 'legacy';
  readonly #parts: HttpParts;
  readonly #subscribed = new Set<string>();
  #session: EraSession | undefined;
  #stream: ServerStream | undefined;
  #renewing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: HttpParts) {
    this.#parts = parts;
  }

  get description(): ServerDescription {
    return this.#session?.description ?? EMPTY_DESCRIPTION;
  }

  get events(): Upstream['events'] {
    return this.#parts.connection.events;
  }

  /** Does the handshake and opens the server's own stream before anything is asked of it. */
  async open(bounds: OpeningBounds): Promise<void> {
    const { connection, wire, identity } = this.#parts;
    const opening = await initialize(connection, identity, bounds);
    if (!opening.ok) {
      const { code, message } = opening.error;
      throw new HubError('upstream.refused', `${connection.label} refused initialize: ${code} ${message}`);
    }
    wire.version = opening.value.protocolVersion;
    await sendInitialized(connection);
    this.#session = createLegacySession(connection, opening.value);
    this.#stream = openServerStream(wire, connection);
    await Promise.race([this.#stream.decided, sleep(STREAM_WAIT_MS)]);
  }

  async request(call: Call): Promise<Reply> {
    const reply = await this.#attempt(call);
    const { uri } = call.params;
    if (typeof uri === 'string' && 'result' in reply) {
      if (call.method === 'resources/subscribe' && this.#subscribed.size < MAX_SUBSCRIBED) this.#subscribed.add(uri);
      if (call.method === 'resources/unsubscribe') this.#subscribed.delete(uri);
    }
    return reply;
  }

  async ping(timeoutMs: number): Promise<void> {
    await this.#withSession('ping', undefined, (session) => session.ping(timeoutMs));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #attempt(call: Call): Promise<Reply> {
    return this.#withSession(call.method, call.signal, (session) => withRepetition(call, (c) => session.request(c)));
  }

  /** Runs `work` in the current session; when the server has forgotten it, in a new one if that does no harm. */
  async #withSession<T>(
    method: string,
    signal: AbortSignal | undefined,
    work: (session: EraSession) => Promise<T>,
  ): Promise<T> {
    const { wire, connection } = this.#parts;
    if (this.#renewing !== undefined || this.#session === undefined) await this.#renew(signal);
    const used = wire.sessionId;
    try {
      return await work(this.#current());
    } catch (error) {
      if (!isSessionLost(error) || connection.closed !== undefined) throw error;
      if (wire.sessionId === used || this.#renewing !== undefined) await this.#renew(signal);
      if (isSafeToRepeat(method)) return work(this.#current());
      throw new HubError(
        'upstream.closed',
        `${connection.label} had forgotten its session, as after a restart. A new one is open; ${method} was not carried out, so it can be sent again.`,
        { data: { ...error.data, retryable: true }, retryAfterSeconds: 1 },
      );
    }
  }

  #current(): EraSession {
    if (this.#session !== undefined) return this.#session;
    throw new HubError('upstream.closed', `${this.#parts.connection.label} has no session.`, { retryAfterSeconds: 5 });
  }

  /** A new handshake, one for all who need it; `signal` ends the wait of one of them. */
  #renew(signal: AbortSignal | undefined): Promise<void> {
    this.#renewing ??= this.#reopen().finally(() => {
      this.#renewing = undefined;
    });
    const renewed = this.#renewing;
    return withDeadline(RENEWAL_TIMEOUT_MS, 'upstream.timeout', 'Opening a new session', signal, () => renewed);
  }

  async #reopen(): Promise<void> {
    const { connection, wire } = this.#parts;
    this.#stream?.stop();
    this.#session = undefined;
    wire.sessionId = undefined;
    wire.version = undefined;
    connection.output.line('hub', `${connection.label} has forgotten the session; opening a new one.`);
    await this.open({ timeoutMs: RENEWAL_TIMEOUT_MS });
    for (const uri of this.#subscribed) {
      const params = { uri };
      await connection
        .call({ method: 'resources/subscribe', params, timeoutMs: RENEWAL_TIMEOUT_MS })
        .catch(() => undefined);
    }
    // Whatever restarted may offer other things than before.
    const { capabilities } = this.description;
    if (capabilities.tools !== undefined) connection.events.emit({ type: 'toolsChanged' });
    if (capabilities.prompts !== undefined) connection.events.emit({ type: 'promptsChanged' });
    if (capabilities.resources !== undefined) connection.events.emit({ type: 'resourcesChanged' });
  }

  async #close(): Promise<void> {
    this.#stream?.stop();
    await this.#parts.wire.endSession(END_TIMEOUT_MS);
    await closeParts(this.#parts);
  }
}

const EMPTY_DESCRIPTION: ServerDescription = { info: {}, capabilities: {}, protocolVersion: '' };
