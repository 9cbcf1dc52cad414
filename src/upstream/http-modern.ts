import type { JsonObject } from '../base/json.ts';
import type { Call, Reply } from './call.ts';
import { closeParts, type HttpParts, withRepetition } from './http-parts.ts';
import { createModernSession, withEnvelope } from './modern.ts';
import { createToolHeaders } from './tool-headers.ts';
import type { ServerDescription, Upstream } from './upstream.ts';

/** JSON-RPC code of a server that finds headers and body at odds. */
const HEADER_MISMATCH = -32020;
/** How long the listing that a first call may need can take. */
const LISTING_TIMEOUT_MS = 10_000;

/** Makes the upstream of a modern server over Streamable HTTP, and begins to listen for its changes. */
export function openModernHttp(parts: HttpParts, description: ServerDescription): Upstream {
  const { connection, identity } = parts;
  const session = createModernSession(connection, description, identity);
  const tools = createToolHeaders((name, reason) => {
    connection.output.line('hub', `Tool "${name}" is left out: ${reason}.`);
  });
  connection.events.subscribe((event) => {
    if (event.type === 'toolsChanged') tools.forget();
  });

  const listPage = async (cursor: string | undefined): Promise<JsonObject | undefined> => {
    const params = withEnvelope(cursor === undefined ? {} : { cursor }, identity, description.protocolVersion);
    const reply = await connection.call({ method: 'tools/list', params, timeoutMs: LISTING_TIMEOUT_MS });
    return 'error' in reply ? undefined : reply.result;
  };

  const callTool = async (call: Call): Promise<Reply> => {
    let headers = tools.headersFor(call.params);
    if (headers === undefined) {
      await tools.refresh(listPage);
      headers = tools.headersFor(call.params);
    }
    const reply = await session.request(call, headers);
    if (!('error' in reply) || reply.error.code !== HEADER_MISMATCH) return reply;
    // The tool has changed since it was listed. The server has refused the call before doing anything.
    tools.forget();
    await tools.refresh(listPage);
    return session.request(call, tools.headersFor(call.params));
  };

  const send = async (call: Call): Promise<Reply> => {
    if (call.method === 'tools/call') return callTool(call);
    const reply = await session.request(call);
    return call.method === 'tools/list' && 'result' in reply ? { result: tools.learn(reply.result) } : reply;
  };

  let closing: Promise<void> | undefined;
  return {
    era: 'modern',
    description,
    events: connection.events,
    request: (call) => withRepetition(call, send),
    ping: (timeoutMs) => session.ping(timeoutMs),
    close() {
      session.stop();
      closing ??= closeParts(parts);
      return closing;
    },
  };
}
