import { request } from 'node:http';

/** An answer to a request made by hand. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/**
 * Sends a request that `fetch` would not: another `Host`, or a body that never comes. The body is what `send` writes;
 * without it only the head is sent.
 */
export function rawRequest(
  url: string,
  options: { method?: string; headers?: Record<string, string>; send?: string },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: options.method ?? 'GET', headers: options.headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
        outgoing.destroy();
      });
    });
    outgoing.on('error', reject);
    if (options.send !== undefined) outgoing.end(options.send);
    else if ((options.method ?? 'GET') === 'GET') outgoing.end();
    else outgoing.flushHeaders();
  });
}
