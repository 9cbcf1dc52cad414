// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what is tested.
import { describe, expect, it } from 'vitest';
import { readClientConfig } from './client-config.ts';

describe('readClientConfig', () => {
  it('reads Claude Desktop, Cursor and .mcp.json', () => {
    const config = readClientConfig({
      mcpServers: {
        files: { command: 'npx', args: ['-y', 'server', '/tmp'], env: { LEVEL: 'info', PORT: 8080 } },
        web: { type: 'http', url: 'https://a.example/mcp', headers: { 'X-Team': 'a' } },
        old: { url: 'https://a.example/sse', transport: 'sse', disabled: true },
      },
    });
    expect(config).toEqual({
      servers: [
        {
          name: 'files',
          command: 'npx',
          args: ['-y', 'server', '/tmp'],
          env: { LEVEL: 'info', PORT: '8080' },
          needsInput: [],
        },
        {
          name: 'web',
          url: 'https://a.example/mcp',
          type: 'streamable-http',
          headers: { 'X-Team': 'a' },
          needsInput: [],
        },
        { name: 'old', url: 'https://a.example/sse', type: 'sse', disabled: true, needsInput: [] },
      ],
      notes: [],
    });
  });

  it('reads the user file of Claude Code with its projects, the first of two equal names', () => {
    const config = readClientConfig({
      numStartups: 3,
      mcpServers: { a: { command: 'a' } },
      projects: { '/x': { mcpServers: { a: { command: 'other' }, b: { command: 'b' } } }, '/y': {} },
    });
    expect(config?.servers.map(({ name, command }) => `${name} ${command}`)).toEqual(['a a', 'b b']);
    expect(config?.notes).toEqual(['a: stands in the file more than once; the first was taken']);
  });

  it.each([
    ['mcp.json', (file: object) => ({ ...file })],
    ['settings.json', (file: object) => ({ 'editor.fontSize': 12, mcp: file })],
  ])('reads VS Code: %s, with what its inputs say', (_, wrap) => {
    const config = readClientConfig(
      wrap({
        inputs: [{ id: 'key', type: 'promptString', description: 'API key', password: true }],
        servers: { api: { type: 'stdio', command: 'node', env: { KEY: '${input:key}' }, envFile: '.env' } },
      }),
    );
    expect(config?.servers).toEqual([
      {
        name: 'api',
        command: 'node',
        type: 'stdio',
        needsInput: [{ at: 'env.KEY', placeholder: '${input:key}', description: 'API key', isSecret: true }],
      },
    ]);
    expect(config?.notes).toEqual([
      'api: env.KEY needs a value for ${input:key}',
      'api: envFile is not read; give the variables themselves',
    ]);
  });

  it('never takes a placeholder for a value', () => {
    const config = readClientConfig({
      mcpServers: {
        a: {
          command: '${HOME}/bin/x',
          args: ['--root', '${workspaceFolder}/src', 'plain'],
          env: { A: '${env:TOKEN}', B: 'prefix-${B}', C: 'plain', D: '$D', E: '${E:-fallback}' },
        },
        b: { url: 'https://${HOST}/mcp', headers: { Authorization: 'Bearer ${API_KEY}' } },
      },
    });
    expect(config?.servers[0]?.env).toEqual({ C: 'plain', D: '$D', E: 'fallback' });
    expect(config?.servers[0]?.needsInput.map(({ at }) => at)).toEqual(['env.A', 'env.B', 'command', 'args[1]']);
    expect(config?.servers[0]?.args).toEqual(['--root', '${workspaceFolder}/src', 'plain']);
    expect(config?.servers[1]).not.toHaveProperty('headers');
    expect(config?.servers[1]?.needsInput.map(({ at }) => at)).toEqual(['headers.Authorization', 'url']);
  });

  it('notes what it leaves out, and bounds how much it takes', () => {
    const servers = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`s${i}`, { command: 'x' }]));
    const config = readClientConfig({ mcpServers: { bad: 'text', empty: {}, ...servers } });
    expect(config?.servers).toHaveLength(500);
    expect(config?.notes).toEqual([
      'bad: is not an object and was left out',
      'empty: has neither a command nor a url and was left out',
      'only the first 500 servers were taken',
    ]);
  });

  it.each([null, [], 'x', {}, { servers: [] }, { name: 'com.example/x', version: '1.0.0' }])(
    'knows that %j is no such file',
    (value) => {
      expect(readClientConfig(value)).toBeUndefined();
    },
  );
});
