import type { Dispatcher } from 'undici';
import { HubError } from '../base/errors.ts';
import type { Call, Reply } from './call.ts';
import type { ClientIdentity } from './client-identity.ts';
import type { Connection } from './connection.ts';
import { isCut } from './http-failure.ts';
import type { HttpWire } from './http-wire.ts';
import { isSafeToRepeat } from './json-rpc.ts';

/** The parts of an open HTTP connection. */
export interface HttpParts {
  connection: Connection;
  wire: HttpWire;
  dispatcher: Dispatcher;
  identity: ClientIdentity;
}

/** Ends a connection and everything that is open on it; may be called twice. */
export async function closeParts({ connection, wire, dispatcher }: HttpParts): Promise<void> {
  connection.close(new HubError('upstream.closed', `The connection to ${connection.label} was closed by the hub.`));
  wire.abortAll();
  await dispatcher.destroy();
}

/** Sends a call, and once more when its connection was cut under it and a repetition does no harm. */
export function withRepetition(call: Call, send: (call: Call) => Promise<Reply>): Promise<Reply> {
  return send(call).catch((error) => {
    if (!isCut(error) || !isSafeToRepeat(call.method) || call.signal?.aborted) throw error;
    return send(call);
  });
}
