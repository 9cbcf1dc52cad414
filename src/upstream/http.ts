import { HubError } from '../base/errors.ts';
import type { Net, Trust } from '../net/net.ts';
import { type ClientIdentity, HUB_IDENTITY } from './client-identity.ts';
import { Connection } from './connection.ts';
import { openLegacyHttp } from './http-legacy.ts';
import { openModernHttp } from './http-modern.ts';
import { closeParts, type HttpParts } from './http-parts.ts';
import { baseHeaders, parseTarget } from './http-target.ts';
import { HttpWire } from './http-wire.ts';
import type { OpeningBounds } from './legacy.ts';
import { discover } from './modern.ts';
import { NO_OUTPUT, type OutputSink } from './output.ts';
import type { ServerDescription, Upstream } from './upstream.ts';

/** Options of {@link connectHttp} and its relatives for remote servers. */
export interface RemoteOptions extends OpeningBounds {
  url: string;
  /** Sent with every request, e.g. credentials. Names that belong to the transport are ignored. */
  headers?: Readonly<Record<string, string>>;
  net: Net;
  /** Whose word the URL is. */
  trust: Trust;
  output?: OutputSink;
  /** Who the hub says it is; default {@link HUB_IDENTITY}. */
  identity?: ClientIdentity;
}

/**
 * Connects to a server over Streamable HTTP, whatever its era: it is asked `server/discover`, and `initialize` when
 * that is refused (specification 2026-07-28, version negotiation).
 *
 * @throws HubError `net.bad_url`, `net.*` from the guarded client, `upstream.unauthorized` for 401 and 403,
 * `upstream.refused` for other refusals (`data.status` tells the HTTP status), `upstream.protocol`, `upstream.timeout`,
 * `upstream.closed` when the server cannot be reached.
 */
export async function connectHttp(options: RemoteOptions): Promise<Upstream> {
  options.signal?.throwIfAborted();
  const target = parseTarget(options.url);
  const headers = baseHeaders(options.headers);
  const connection = new Connection({ label: target.label, output: options.output ?? NO_OUTPUT });
  const dispatcher = options.net.pool(target.origin, options.trust);
  const wire = new HttpWire({ dispatcher, target, headers, connection });
  connection.attach(wire);
  const parts: HttpParts = { connection, wire, dispatcher, identity: options.identity ?? HUB_IDENTITY };
  try {
    const description = await probe(parts, options);
    return description === undefined ? await openLegacyHttp(parts, options) : openModernHttp(parts, description);
  } catch (error) {
    await closeParts(parts);
    throw error;
  }
}

/** The description of a modern server; undefined when the server is a legacy one. */
async function probe(parts: HttpParts, bounds: OpeningBounds): Promise<ServerDescription | undefined> {
  try {
    const opening = await discover(parts.connection, parts.identity, bounds);
    return opening.ok ? opening.value : undefined;
  } catch (error) {
    if (isLegacyEvidence(error)) return undefined;
    throw error;
  }
}

/** Statuses that say nothing about the era: a refusal of the caller, an outage, an answer from somewhere else. */
const NO_EVIDENCE: ReadonlySet<number> = new Set([401, 403, 407, 408, 429]);

function isLegacyEvidence(error: unknown): boolean {
  const status = error instanceof HubError ? error.data?.status : undefined;
  if (typeof status !== 'number' || NO_EVIDENCE.has(status)) return false;
  return (status >= 200 && status < 300) || (status >= 400 && status < 500);
}
