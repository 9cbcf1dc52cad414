import { describe, expect, it } from 'vitest';
import { readServers, resolveServer } from './servers.ts';

describe('servers', () => {
  it('have their variables filled in; an unknown one stays visible', () => {
    const variables = { port: { default: 8443 }, base: { enum: ['v2', 'v1'] } };
    expect(readServers({ servers: [{ url: 'https://a:{port}/{base}/{other}', variables }, { url: 5 }, 'x'] })).toEqual([
      'https://a:8443/v2/{other}',
    ]);
  });

  it.each([
    ['https://a.example/v1', undefined, 'https://a.example/v1'],
    ['/v1', 'https://docs.example/x/openapi.json', 'https://docs.example/v1'],
    ['../api', 'https://docs.example/x/y/openapi.json', 'https://docs.example/x/api'],
    ['//a.example/v1', 'http://docs.example/', 'http://a.example/v1'],
    ['//a.example/v1', undefined, 'https://a.example/v1'],
    ['/v1', undefined, undefined],
    ['ftp://a.example', undefined, undefined],
    ['file:///etc', 'https://docs.example/', undefined],
  ])('%s seen from %s is %s', (server, documentUrl, expected) => {
    expect(resolveServer(server, documentUrl)).toBe(expected);
  });
});
