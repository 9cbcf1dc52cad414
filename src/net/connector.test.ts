import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubError } from '../base/errors.ts';
import { parseAllowList } from './allow-list.ts';
import { createConnector } from './connector.ts';

let server: Server;
let port: string;
beforeAll(async () => {
  server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = String((server.address() as AddressInfo).port);
});
afterAll(() => server.close());

type Resolver = NonNullable<Parameters<typeof createConnector>[2]>;

/** A resolver that gives the next list of addresses each time it is asked. */
function scripted(...answers: string[][]): { resolve: Resolver; asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    resolve: (_, __, callback) => {
      const addresses = answers[asked++] ?? [];
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
  };
}

function open(connector: ReturnType<typeof createConnector>, hostname: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    connector(
      { hostname, host: hostname, protocol: 'http:', port },
      (...[error, socket]: [Error | null, Socket | null]) => {
        if (error) return reject(error);
        const peer = socket?.remoteAddress;
        socket?.destroy();
        resolve(peer);
      },
    );
  });
}

describe('createConnector', () => {
  const none = parseAllowList([]);

  it('refuses a name that resolves to a private address', async () => {
    const error = await open(createConnector('public', none, scripted(['10.0.0.1']).resolve), 'a.example').catch(
      (e) => e,
    );
    expect(error).toBeInstanceOf(HubError);
    expect(error.code).toBe('net.address_refused');
    expect(error.message).toContain('a.example');
    expect(error.message).toContain('private');
    expect(error.message).toContain('net.allow');
    expect(error.message).not.toContain('10.0.0.1');
  });

  it('asks the resolver once and connects to the very address that it checked', async () => {
    const rebinding = scripted(['127.0.0.1'], ['10.0.0.1']);
    const connector = createConnector('public', parseAllowList(['127.0.0.0/8']), rebinding.resolve);
    expect(await open(connector, 'rebind.example')).toBe('127.0.0.1');
    expect(rebinding.asked()).toBe(1);
    await expect(open(connector, 'rebind.example')).rejects.toMatchObject({ code: 'net.address_refused' });
  });

  it('leaves refused addresses out of a mixed answer', async () => {
    const mixed = scripted(['10.0.0.1', '169.254.169.254', '127.0.0.1']);
    const connector = createConnector('public', parseAllowList(['127.0.0.1']), mixed.resolve);
    expect(await open(connector, 'mixed.example')).toBe('127.0.0.1');
  });

  it('refuses a name without addresses', async () => {
    const connector = createConnector('public', none, scripted([]).resolve);
    await expect(open(connector, 'empty.example')).rejects.toMatchObject({ code: 'net.address_refused' });
  });

  it.each(['127.0.0.1', '::1', '[::1]', '::ffff:127.0.0.1', '169.254.169.254'])(
    'refuses the written-out address %s without asking the resolver',
    async (address) => {
      const { resolve, asked } = scripted(['1.1.1.1']);
      await expect(open(createConnector('public', none, resolve), address)).rejects.toMatchObject({
        code: 'net.address_refused',
      });
      expect(asked()).toBe(0);
    },
  );

  it('lets a listed host resolve to anything', async () => {
    const connector = createConnector('public', parseAllowList(['*.example']), scripted(['127.0.0.1']).resolve);
    expect(await open(connector, 'in.example')).toBe('127.0.0.1');
  });

  it('lets the operator go anywhere', async () => {
    expect(await open(createConnector('operator', none), '127.0.0.1')).toBe('127.0.0.1');
  });
});
