import { HubError } from '../base/errors.ts';
import { type ClientIdentity, HUB_IDENTITY } from './client-identity.ts';
import type { Connection } from './connection.ts';
import type { EraSession } from './era-session.ts';
import { createLegacySession, initialize, type OpeningBounds, sendInitialized } from './legacy.ts';
import { createModernSession, discover } from './modern.ts';
import type { Upstream } from './upstream.ts';

/** How a session over a pipe is opened. */
export interface NegotiationOptions extends OpeningBounds {
  /** Who the hub says it is; default {@link HUB_IDENTITY}. */
  identity?: ClientIdentity | undefined;
}

/** A connection over a pipe, and the end of what stands behind it. */
export interface Pipe {
  readonly connection: Connection;
  /** Ends the pipe and what it started; may be called twice. Resolves when it is gone. */
  close(): Promise<void>;
}

/**
 * Opens a session over a pipe. The first request is `initialize`: nearly every server of today knows it, and some
 * exit on a request they do not know. A server that refuses it is asked `server/discover`; when it has left by then,
 * `open` starts it anew. What was started is closed when this throws.
 *
 * @throws HubError `upstream.refused` when the server speaks no era of the hub's, and what a call throws.
 */
export async function negotiatePipe(
  open: () => Promise<Pipe>,
  options: NegotiationOptions,
): Promise<{ pipe: Pipe; session: EraSession }> {
  const identity = options.identity ?? HUB_IDENTITY;
  const refusals: string[] = [];
  let pipe = await open();
  const { label } = pipe.connection;
  try {
    for (const attempt of [openLegacy, openModern]) {
      let outcome: EraSession | string;
      try {
        outcome = await attempt(pipe.connection, identity, options);
      } catch (error) {
        // It has refused the first question and left; the second one needs a new process.
        if (refusals.length === 0 || pipe.connection.closed === undefined) throw error;
        await pipe.close();
        pipe = await open();
        outcome = await attempt(pipe.connection, identity, options);
      }
      if (typeof outcome !== 'string') return { pipe, session: outcome };
      refusals.push(outcome);
    }
  } catch (error) {
    await pipe.close();
    throw error;
  }
  await pipe.close();
  throw new HubError(
    'upstream.refused',
    `${label} speaks no revision of MCP that the hub knows: ${refusals.join('; ')}`,
  );
}

async function openLegacy(
  connection: Connection,
  identity: ClientIdentity,
  bounds: OpeningBounds,
): Promise<EraSession | string> {
  const opening = await initialize(connection, identity, bounds);
  if (!opening.ok) return `initialize was answered with ${opening.error.code} ${opening.error.message}`;
  await sendInitialized(connection);
  return createLegacySession(connection, opening.value);
}

async function openModern(
  connection: Connection,
  identity: ClientIdentity,
  bounds: OpeningBounds,
): Promise<EraSession | string> {
  const opening = await discover(connection, identity, bounds);
  if (!opening.ok) return `server/discover was answered with ${opening.error.code} ${opening.error.message}`;
  return createModernSession(connection, opening.value, identity);
}

/** Makes the upstream of an open pipe. */
export function createPipeUpstream(pipe: Pipe, session: EraSession): Upstream {
  const { connection } = pipe;
  let closing: Promise<void> | undefined;
  return {
    era: session.era,
    description: session.description,
    events: connection.events,
    request: (call) => session.request(call),
    ping: (timeoutMs) => session.ping(timeoutMs),
    close() {
      session.stop();
      closing ??= pipe.close();
      return closing;
    },
  };
}
