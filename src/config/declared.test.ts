import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineConfig } from './build.ts';
import { fromClientEntry, slugify } from './declared.ts';
import { SLUG_PATTERN } from './declared-schema.ts';
import type { ConfigInput } from './schema.ts';

function servers(input: ConfigInput) {
  return defineConfig(input, { cwd: '/base' }).servers;
}

describe('servers', () => {
  it('take every inline shape, with paths from the folder of the file', () => {
    const made = servers({
      servers: [
        { slug: 'petstore', openapi: { document: './petstore.yaml', baseUrl: 'https://petstore.example.com' } },
        { slug: 'far', openapi: { document: 'https://example.com/api.json' } },
        { slug: 'inline', openapi: { document: { openapi: '3.1.0', info: { x: null } } } },
        { slug: 'notes', module: { path: './notes.mjs', options: { a: [1, null] } } },
        { slug: 'everything', npm: { package: '@modelcontextprotocol/server-everything', version: '2026.8.31' } },
        { name: 'com.example/Weather', version: '1.2.0', env: { PORT: 3000, ON: true } },
        { slug: 'up', remote: { url: 'http://127.0.0.1:4600/mcp', transport: 'sse' }, enabled: false },
        { slug: 'own', command: { command: 'node', args: ['server.mjs', 5], cwd: 'sub' }, args: ['-v'] },
        { slug: 'py', pypi: { package: 'mcp-server-time' } },
        { slug: 'box', oci: { image: 'example/x@sha256:0' } },
      ],
    });
    expect(made).toEqual([
      {
        slug: 'petstore',
        enabled: true,
        settings: {
          kind: 'openapi',
          openapi: { document: '/base/petstore.yaml', baseUrl: 'https://petstore.example.com' },
        },
      },
      {
        slug: 'far',
        enabled: true,
        settings: { kind: 'openapi', openapi: { document: 'https://example.com/api.json' } },
      },
      {
        slug: 'inline',
        enabled: true,
        settings: { kind: 'openapi', openapi: { document: { openapi: '3.1.0', info: { x: null } } } },
      },
      {
        slug: 'notes',
        enabled: true,
        settings: { kind: 'module', module: { path: '/base/notes.mjs', options: { a: [1, null] } } },
      },
      {
        slug: 'everything',
        enabled: true,
        settings: { kind: 'npm', npm: { package: '@modelcontextprotocol/server-everything', version: '2026.8.31' } },
      },
      {
        slug: 'weather',
        name: 'com.example/Weather',
        version: '1.2.0',
        enabled: true,
        settings: { env: { PORT: '3000', ON: 'true' } },
      },
      {
        slug: 'up',
        enabled: false,
        settings: { kind: 'remote', remote: { url: 'http://127.0.0.1:4600/mcp', transport: 'sse' } },
      },
      {
        slug: 'own',
        enabled: true,
        settings: {
          kind: 'command',
          command: { command: 'node', args: ['server.mjs', '5'], cwd: '/base/sub' },
          args: ['-v'],
        },
      },
      { slug: 'py', enabled: true, settings: { kind: 'pypi', pypi: { package: 'mcp-server-time' } } },
      { slug: 'box', enabled: true, settings: { kind: 'oci', oci: { image: 'example/x@sha256:0' } } },
    ]);
  });

  it.each<[ConfigInput, RegExp]>([
    [{ servers: [{ slug: 'x' }] }, /servers\[0\]: nothing says what to run; allowed: name .*openapi, module, npm/],
    [{ servers: [{ slug: 'x', npm: { package: 'a' }, oci: { image: 'b' } }] }, /npm and oci stand side by side/],
    [{ servers: [{ npm: { package: 'a' } }] }, /slug is missing/],
    [
      { servers: [{ slug: 'Bad Slug', npm: { package: 'a' } }] },
      /servers\[0\]\.slug: "Bad Slug" is not allowed; allowed: lower-case/,
    ],
    [
      { servers: [{ name: 'weather' }] },
      /servers\[0\]\.name: "weather" is not allowed; allowed: the name of a server entry/,
    ],
    [
      { servers: [{ slug: 'x', npm: { package: 'a' } }], mcpServers: { x: { command: 'y' } } },
      /mcpServers\.x: the slug "x" is taken by servers\.0/,
    ],
  ])('refuse %j', (input, message) => {
    expect(() => servers(input)).toThrow(message);
  });
});

describe('mcpServers', () => {
  it('take what clients write', () => {
    expect(
      servers({
        mcpServers: {
          up0: { url: 'http://127.0.0.1:4600/mcp', headers: {} },
          up1: { command: 'node', args: ['server.mjs'], env: { A: '1' } },
          up2: { type: 'sse', url: 'https://example.com/sse' },
          up3: { type: 'http', url: 'https://example.com/mcp', disabled: true },
          up4: { serverUrl: 'https://example.com/mcp' },
        },
      }),
    ).toEqual([
      {
        slug: 'up0',
        enabled: true,
        settings: { kind: 'remote', remote: { url: 'http://127.0.0.1:4600/mcp', transport: 'auto', headers: {} } },
      },
      {
        slug: 'up1',
        enabled: true,
        settings: {
          kind: 'command',
          command: { command: 'node', args: ['server.mjs'], cwd: '/base' },
          env: { A: '1' },
        },
      },
      {
        slug: 'up2',
        enabled: true,
        settings: { kind: 'remote', remote: { url: 'https://example.com/sse', transport: 'sse' } },
      },
      {
        slug: 'up3',
        enabled: false,
        settings: { kind: 'remote', remote: { url: 'https://example.com/mcp', transport: 'streamable-http' } },
      },
      {
        slug: 'up4',
        enabled: true,
        settings: { kind: 'remote', remote: { url: 'https://example.com/mcp', transport: 'auto' } },
      },
    ]);
  });

  it('say what was changed or left out', () => {
    const made = fromClientEntry('My Server!', { command: 'x', autoApprove: ['a'] }, '/base');
    expect(made).toMatchObject({
      ok: true,
      server: { slug: 'my-server' },
      warnings: [expect.stringContaining('"my-server"'), expect.stringContaining('autoApprove')],
    });
  });

  it.each([
    ['a', {}, 'command or url'],
    ['日本', { command: 'x' }, 'no letter or digit'],
    ['a', { command: 7 }, 'command: 7 is not allowed'],
  ])('refuse %s: %j', (key, entry, message) => {
    const made = fromClientEntry(key, entry, '/base');
    if (made.ok) throw new Error('taken');
    expect(made.problems.map((problem) => `${problem.path.join('.')}: ${problem.message}`).join()).toContain(message);
  });
});

describe('slugify', () => {
  it('makes a slug or says that there is none, and leaves slugs alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const slug = slugify(text);
        if (slug !== undefined) expect(slug).toMatch(SLUG_PATTERN);
      }),
    );
    expect(slugify('Café  Server')).toBe('cafe-server');
    expect(slugify('a.b_c-d')).toBe('a.b_c-d');
  });
});
