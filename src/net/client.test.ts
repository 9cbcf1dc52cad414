import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { HubError } from '../base/errors.ts';
import { createNet } from './client.ts';
import type { Net } from './net.ts';

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(server: TcpServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler);
  endings.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return listen(server);
}

function net(allow: string[] = []): Net {
  const made = createNet({ allow, userAgent: 'hub-test/1' });
  endings.push(() => made.close());
  return made;
}

const refusal = (promise: Promise<unknown>): Promise<HubError> =>
  promise.then(
    () => Promise.reject(new Error('expected a refusal')),
    (error) => error,
  );

/** A promise and the function that fulfils it. */
function signal(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const text = (body: Uint8Array): string => Buffer.from(body).toString();

describe('fetch', () => {
  it('sends method, headers and body and gives back the whole answer', async () => {
    const url = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (body) => {
        response.setHeader('x-a', ['1', '2']);
        response.writeHead(418).end(`${request.method} ${request.url} ${request.headers['user-agent']} ${body}`);
      });
    });
    const answer = await net().fetch({ url: `${url}/p?q=1`, method: 'post', body: 'hello', trust: 'operator' });
    expect(answer).toMatchObject({ status: 418, url: `${url}/p?q=1`, headers: { 'x-a': '1, 2' } });
    expect(text(answer.body)).toBe('POST /p?q=1 hub-test/1 hello');
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['x-gzip, br', (data: string) => brotliCompressSync(gzipSync(data))],
  ])('undoes content-encoding %s', async (encoding, compress) => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress('plain text')),
    );
    const answer = await net().fetch({ url, trust: 'operator' });
    expect(text(answer.body)).toBe('plain text');
    expect(answer.headers).not.toHaveProperty('content-encoding');
  });

  it('hands over a body whose encoding it does not know as it is', async () => {
    const url = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'zebra' }).end('raw'));
    const answer = await net().fetch({ url, trust: 'operator' });
    expect(text(answer.body)).toBe('raw');
    expect(answer.headers['content-encoding']).toBe('zebra');
  });

  it('refuses a body that is not what its encoding says', async () => {
    const url = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'));
    const error = await refusal(net().fetch({ url, trust: 'operator' }));
    expect(error).toMatchObject({ code: 'net.unreachable' });
    expect(error.message).toContain('not valid gzip');
  });

  it('stops a huge body at the limit and closes its connection', async () => {
    const gone = signal();
    const url = await serve((_, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const pump = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', pump).on('close', gone.resolve);
      pump();
    });
    const error = await refusal(net().fetch({ url, trust: 'operator', maxBytes: 1_000_000 }));
    expect(error).toMatchObject({ code: 'net.too_large' });
    expect(error.message).toContain('1000000 bytes');
    await gone.promise;
  });

  it('counts decompressed bytes: a bomb stops at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    const url = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const error = await refusal(net().fetch({ url, trust: 'operator', maxBytes: 1_000_000 }));
    expect(error).toMatchObject({ code: 'net.too_large' });
  });

  it('gives up a body that never ends at the deadline', async () => {
    const gone = signal();
    const url = await serve((_, response) => {
      response.on('close', gone.resolve).write('first');
    });
    const error = await refusal(net().fetch({ url, trust: 'operator', timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'net.timeout' });
    expect(error.message).toContain('127.0.0.1');
    await gone.promise;
  });

  it('rejects with the reason of its signal and closes the connection', async () => {
    const gone = signal();
    const reason = new Error('the caller has gone');
    const controller = new AbortController();
    const url = await serve((_, response) => {
      response.on('close', gone.resolve);
      controller.abort(reason);
    });
    expect(await refusal(net().fetch({ url, trust: 'operator', signal: controller.signal }))).toBe(reason);
    await gone.promise;
    expect(await refusal(net().fetch({ url, trust: 'operator', signal: controller.signal }))).toBe(reason);
  });

  it.each([
    ['file:///etc/passwd', 'neither http nor https'],
    ['gopher://a', 'neither http nor https'],
    ['nothing', 'not a URL'],
    ['http://user:pass@a.example/', 'user name'],
    [`http://a.example/${'x'.repeat(20_000)}`, 'longer'],
  ])('refuses the address %.40s', async (url, what) => {
    const error = await refusal(net().fetch({ url, trust: 'operator' }));
    expect(error).toMatchObject({ code: 'net.bad_url' });
    expect(error.message).toContain(what);
    expect(error.message).not.toContain('pass@');
  });

  it('says what happened to a connection', async () => {
    const closed = await serve((request) => request.socket.destroy());
    expect((await refusal(net().fetch({ url: closed, trust: 'operator' }))).message).toMatch(/closed the connection/);

    const strange = createTcpServer((socket) => socket.end('SSH-2.0-x\r\n'));
    endings.push(async () => strange.close());
    expect(await refusal(net().fetch({ url: await listen(strange), trust: 'operator' }))).toMatchObject({
      code: 'net.unreachable',
      message: expect.stringContaining('valid HTTP'),
    });

    const empty = createTcpServer();
    const url = await listen(empty);
    empty.close();
    await once(empty, 'close');
    expect((await refusal(net().fetch({ url, trust: 'operator' }))).message).toMatch(/refused the connection/);

    const unknown = net().fetch({ url: 'http://no-such-host.invalid/', trust: 'operator' });
    expect((await refusal(unknown)).code).toBe('net.unreachable');
  });

  it('refuses a header that would break out of its line', async () => {
    const url = await serve((_, response) => response.end());
    const error = await refusal(net().fetch({ url, trust: 'operator', headers: { 'x-a': 'b\r\nx-c: d' } }));
    expect(error).toMatchObject({ code: 'net.bad_url' });
  });

  it('sends nothing after it was closed', async () => {
    const made = createNet({ allow: [], userAgent: 'a' });
    await made.close();
    await made.close();
    expect(await refusal(made.fetch({ url: 'http://127.0.0.1/', trust: 'operator' }))).toMatchObject({
      code: 'hub.closing',
    });
    expect(() => made.pool('http://127.0.0.1', 'operator')).toThrow('closing');
  });
});

describe('addresses of the public', () => {
  it.each(['127.0.0.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost'])(
    'may not be loopback, spelled %s',
    async (host) => {
      let met = 0;
      const { port } = new URL(await serve((_, response) => response.end(String(++met))));
      const error = await refusal(net().fetch({ url: `http://${host}:${port}/`, trust: 'public' }));
      expect(error).toMatchObject({ code: 'net.address_refused' });
      expect(met).toBe(0);
    },
  );

  it('are reached when net.allow lists the network or the host', async () => {
    const url = await serve((_, response) => response.end('in'));
    expect((await net(['127.0.0.0/8']).fetch({ url, trust: 'public' })).status).toBe(200);
    const named = url.replace('127.0.0.1', 'localhost');
    expect((await net(['localhost']).fetch({ url: named, trust: 'public' })).status).toBe(200);
  });

  it('do not travel over a connection that the operator opened', async () => {
    const url = await serve((_, response) => response.end('in'));
    const made = net();
    await made.fetch({ url, trust: 'operator' });
    expect(await refusal(made.fetch({ url, trust: 'public' }))).toMatchObject({ code: 'net.address_refused' });
  });
});

describe('redirects', () => {
  const target = async (): Promise<{ url: string; seen: IncomingMessage[] }> => {
    const seen: IncomingMessage[] = [];
    const url = await serve((request, response) => {
      seen.push(request);
      response.end('arrived');
    });
    return { url, seen };
  };
  const redirecting = (status: number, location: string): Promise<string> =>
    serve((_, response) => response.writeHead(status, { location }).end());

  it('to a private address are refused, even when the first address came from the operator', async () => {
    const { url, seen } = await target();
    const from = await redirecting(302, url);
    const error = await refusal(net().fetch({ url: from, trust: 'operator' }));
    expect(error).toMatchObject({ code: 'net.address_refused' });
    expect(seen).toHaveLength(0);
  });

  it('keep trust and credentials on the same origin', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(301, { location: 'new?x=1#part' }).end();
      else response.end(`${request.url} ${request.headers.authorization}`);
    });
    const answer = await net().fetch({ url: `${url}/old`, trust: 'operator', headers: { Authorization: 'Bearer a' } });
    expect(text(answer.body)).toBe('/new?x=1 Bearer a');
    expect(answer.url).toBe(`${url}/new?x=1#part`);
  });

  it('to another origin carry no header that may be a credential', async () => {
    const { url, seen } = await target();
    const from = await redirecting(307, url);
    const headers = { Authorization: 'Bearer a', Cookie: 'b=c', 'X-Api-Key': 'd', Accept: 'text/plain' };
    await net(['127.0.0.1']).fetch({ url: from, trust: 'public', headers });
    expect(seen[0]?.headers).toMatchObject({ accept: 'text/plain', 'user-agent': 'hub-test/1' });
    expect(Object.keys(seen[0]?.headers ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/authorization|cookie|x-api-key/)]),
    );
  });

  it('to another origin do not take a body along', async () => {
    const { url, seen } = await target();
    const from = await redirecting(308, url);
    const error = await refusal(
      net(['127.0.0.1']).fetch({ url: from, method: 'POST', body: 'secret', trust: 'public' }),
    );
    expect(error).toMatchObject({ code: 'net.address_refused' });
    expect(error.message).toContain('another origin');
    expect(seen).toHaveLength(0);
  });

  it.each([301, 302, 303])('with status %i turn a POST into a GET without body', async (status) => {
    const url = await serve((request, response) => {
      if (request.method === 'POST') response.writeHead(status, { location: '/next' }).end();
      else response.end(`${request.method} ${request.headers['content-type']} ${request.headers['content-length']}`);
    });
    const headers = { 'content-type': 'text/plain' };
    const answer = await net().fetch({ url, method: 'POST', body: 'x', headers, trust: 'operator' });
    expect(text(answer.body)).toBe('GET undefined undefined');
  });

  it('end after the limit', async () => {
    let met = 0;
    const url = await serve((_, response) => response.writeHead(302, { location: `/${++met}` }).end());
    const error = await refusal(net().fetch({ url, trust: 'operator', maxRedirects: 3 }));
    expect(error).toMatchObject({ code: 'net.too_many_redirects' });
    expect(met).toBe(4);
  });

  it('are an answer like another when none is to be followed', async () => {
    const url = await redirecting(302, 'http://10.0.0.1/');
    const answer = await net().fetch({ url, trust: 'operator', maxRedirects: 0 });
    expect(answer).toMatchObject({ status: 302, headers: { location: 'http://10.0.0.1/' } });
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'http://[', 'http://a:b@c.example/'])(
    'to %s are refused',
    async (location) => {
      const url = await redirecting(302, location);
      expect(await refusal(net().fetch({ url, trust: 'operator' }))).toMatchObject({ code: 'net.bad_url' });
    },
  );
});

describe('pool', () => {
  it('checks addresses as fetch does', async () => {
    const url = await serve((_, response) => response.end('ok'));
    const made = net();
    const open = made.pool(`${url}/ignored/path`, 'operator');
    const answer = await open.request({ path: '/', method: 'GET' });
    expect(await answer.body.text()).toBe('ok');
    const guarded = made.pool(url, 'public');
    const error = await refusal(guarded.request({ path: '/', method: 'GET' }));
    expect(error).toBeInstanceOf(HubError);
    expect(error.code).toBe('net.address_refused');
    await open.close();
  });

  it('ends with the hub', async () => {
    const url = await serve((_, response) => response.write('never ends'));
    const made = net();
    const pool = made.pool(url, 'operator');
    const { body } = await pool.request({ path: '/', method: 'GET' });
    const ended = refusal(body.text());
    await made.close();
    expect(await ended).toBeInstanceOf(Error);
  });
});
