import type { JsonObject } from '../base/json.ts';
import { hubVersion } from '../telemetry/version.ts';

/** What the hub says of itself to a server. */
export interface ClientIdentity {
  info: JsonObject;
  /** `ClientCapabilities`. */
  capabilities: JsonObject;
}

/**
 * The hub as a client of a server that many clients share. It declares everything it can carry from some client; each
 * call is then held to what its own client declared, so a server's question may still be answered with an error.
 */
export const HUB_IDENTITY: ClientIdentity = Object.freeze({
  info: { name: 'mcp-hub-registry', version: hubVersion() },
  capabilities: { elicitation: { form: {}, url: {} }, sampling: { tools: {}, context: {} }, roots: {} },
});

/** `User-Agent` of requests to remote servers. */
export const USER_AGENT: string = `mcp-hub-registry/${hubVersion()}`;
