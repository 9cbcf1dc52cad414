import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProofBench, SERVER_NAME, startProofBench } from '../../../test/fixtures/registries/proof-bench.ts';

describe('the cargo proof', () => {
  let bench: ProofBench;
  const cargo = (identifier: string, version = '1.0.0') =>
    bench.refusalOf({ registryType: 'cargo', identifier, version, transport: { type: 'stdio' } });

  beforeAll(async () => {
    bench = await startProofBench({
      routes: (url) => {
        const readmes: Record<string, string> = {
          widget: `${url}/readmes/widget.html`,
          moved: `${url}/readmes/moved.html`,
          astray: `${url}/readmes/astray.html`,
          elsewhere: 'https://evil.example.com/readme.html',
          nowhere: 'https://',
          plain: 'http://files.example.com/readme.html',
          bare: `${url}/readmes/bare.html`,
          ghost: `${url}/readmes/ghost.html`,
        };
        return ({ path }) => {
          const [, id = '', version, end] = /^\/api\/v1\/crates\/([^/]+)\/([^/]+)(\/readme)?$/.exec(path) ?? [];
          if (version === '1.0.0' && end !== undefined && id in readmes) return { body: { url: readmes[id] } };
          if (id === 'bare') return { body: { version: { num: '1.0.0' } } };
          switch (path) {
            case '/readmes/widget.html':
              return { body: `<h1>Widget</h1><p>mcp-name: ${SERVER_NAME}</p>` };
            case '/readmes/moved.html':
              return { status: 302, headers: { location: '/readmes/widget.html' } };
            case '/readmes/astray.html':
              return { status: 302, headers: { location: 'https://evil.example.com/' } };
            case '/readmes/bare.html':
            case '/readmes/ghost.html':
              return { status: 403 };
            default:
              return undefined;
          }
        };
      },
      packageRegistries: ({ url }) => ({ cargo: { baseUrl: url, fileHosts: ['files.example.com'] } }),
      publicUrl: 'https://hub.example.com',
    });
  });
  afterAll(() => bench.close());

  it('follows the address of the README, redirects on the same host included', async () => {
    expect(await cargo('widget')).toBeUndefined();
    expect(await cargo('moved')).toBeUndefined();
  });

  it('goes to no other host, neither by the address nor by a redirect, and not without TLS', async () => {
    expect(await cargo('elsewhere')).toContain('the README is on evil.example.com, which is neither');
    expect(await cargo('astray')).toContain('the README is on evil.example.com, which is neither');
    expect(await cargo('nowhere')).toContain('an address for the README that is none');
    expect(await cargo('plain')).toContain('the README is on files.example.com, which is neither');
  });

  it('tells what a 403 of the content network means', async () => {
    expect(await cargo('bare')).toContain('has no README');
    expect(await cargo('ghost')).toContain(`has no version '1.0.0'`);
    expect(await cargo('widget', '2.0.0')).toContain(`has no version '2.0.0'`);
  });

  it('says whom to ask about the requests', () => {
    expect(bench.requests[0]?.headers['user-agent']).toBe('mcp-hub-registry/test (+https://hub.example.com)');
  });
});
