import { HubError } from '../base/errors.ts';
import { connectHttp, type RemoteOptions } from './http.ts';
import { connectSse } from './sse.ts';
import type { Upstream } from './upstream.ts';

/** Statuses of a server that knows only the old transport, which expects a GET first (transports, compatibility). */
const OLD_TRANSPORT: ReadonlySet<unknown> = new Set([400, 404, 405]);

/** How a remote server is spoken to: over Streamable HTTP, the old HTTP+SSE pair, or whichever it knows. */
export type RemoteTransport = 'streamable-http' | 'sse' | 'auto';

/**
 * Connects to a remote server. `auto` tries Streamable HTTP and, when the server refuses the POST with 400, 404 or
 * 405, or opens the stream of the old transport on it, the HTTP+SSE pair.
 *
 * @throws HubError as {@link connectHttp} does. When both transports fail, the first failure with the second's words.
 */
export async function connectRemote(options: RemoteOptions & { transport?: RemoteTransport }): Promise<Upstream> {
  const { transport = 'auto' } = options;
  if (transport === 'sse') return connectSse(options);
  try {
    return await connectHttp(options);
  } catch (first) {
    if (transport !== 'auto' || !(first instanceof HubError) || !isOldTransport(first)) throw first;
    try {
      return await connectSse(options);
    } catch (second) {
      if (!(second instanceof HubError) || second.code === 'upstream.unauthorized') throw second;
      const message = `${first.message} As an HTTP+SSE server: ${second.message}`;
      throw new HubError(first.code, message, { cause: second, ...(first.data && { data: first.data }) });
    }
  }
}

function isOldTransport({ data }: HubError): boolean {
  return data?.transport === 'sse' || OLD_TRANSPORT.has(data?.status);
}
