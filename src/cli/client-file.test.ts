// biome-ignore-all lint/suspicious/noTemplateCurlyInString: clients have references that look like template strings
import { describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../base/json.ts';
import { fromClientEntry } from '../config/declared.ts';
import { clientServersIn, parseClientFile, toDeployments } from './client-file.ts';
import { CLIENTS, type ClientName, snippetFor } from './client-formats.ts';

const JSON_CLIENTS = (Object.keys(CLIENTS) as ClientName[]).filter((name) => name !== 'codex');

describe('clientServersIn', () => {
  const entry = { command: 'x' };
  it.each([
    ['Claude Desktop, Claude Code, Cursor', { mcpServers: { a: entry } }],
    ['VS Code', { inputs: [], servers: { a: entry } }],
    ['VS Code settings', { 'editor.x': 1, mcp: { servers: { a: entry } } }],
    ['Zed', { context_servers: { a: entry } }],
  ])('finds the servers of %s', (_, value) => {
    expect(clientServersIn(value)).toEqual({ a: entry });
  });

  it.each([[[]], [{ servers: [] }], [{ servers: [{ server: {} }], metadata: {} }], [{ name: 'x' }], [7], [null]])(
    'takes %j for something else',
    (value) => {
      expect(clientServersIn(value)).toBeUndefined();
    },
  );
});

describe('parseClientFile', () => {
  it('takes comments and trailing commas, and leaves texts alone', () => {
    const text = '\uFEFF{ // a\n "url": "https://x/*y*/", /* b\n */ "args": ["a,]", "//c",], }';
    expect(parseClientFile(text)).toEqual({ url: 'https://x/*y*/', args: ['a,]', '//c'] });
  });

  it('says where the text is broken, in the lines of the file', () => {
    expect(() => parseClientFile('{ // a\n /* b */\n "a": }')).toThrow(/line 3/);
  });
});

describe('toDeployments', () => {
  it('makes deployments, with values from this environment and paths of the project', () => {
    const servers: Record<string, JsonObject> = {
      'My Server': {
        type: 'stdio',
        command: '${workspaceFolder}/bin/x',
        args: ['${env:A}', '${B:-fallback}', '${secret:S}'],
        env: { K: '${A}' },
        gallery: true,
      },
      far: { type: 'http', url: 'https://example.com/mcp', headers: { Authorization: 'Bearer ${A}' } },
    };
    expect(toDeployments(servers, '/project/.vscode/mcp.json', { A: 'one', B: '' })).toEqual([
      {
        ok: true,
        name: 'My Server',
        warnings: [expect.stringContaining('my-server'), expect.stringContaining('gallery')],
        wish: {
          slug: 'my-server',
          enabled: true,
          source: 'import',
          settings: {
            kind: 'command',
            command: { command: '/project/bin/x', args: ['one', 'fallback', '${secret:S}'], cwd: '/project' },
            env: { K: 'one' },
          },
        },
      },
      {
        ok: true,
        name: 'far',
        warnings: [],
        wish: {
          slug: 'far',
          enabled: true,
          source: 'import',
          settings: {
            kind: 'remote',
            remote: {
              url: 'https://example.com/mcp',
              transport: 'streamable-http',
              headers: { Authorization: 'Bearer one' },
            },
          },
        },
      },
    ]);
  });

  it.each([
    [{ command: '${input:key}' }, /\$\{input:key\}, which has no value/],
    [{ url: '${env:NONE}' }, /\$\{env:NONE\}/],
    [{ args: ['x'] }, /command or url/],
  ])('skips %j and says why', (entry, reason) => {
    expect(toDeployments({ a: entry }, '/p/.mcp.json', {})).toEqual([
      { ok: false, name: 'a', reason: expect.stringMatching(reason) },
    ]);
  });
});

describe('snippetFor', () => {
  const url = 'http://127.0.0.1:8080/servers/time/mcp';

  it.each(JSON_CLIENTS)('writes for %s what an import reads back as the same server', (client) => {
    const { text } = snippetFor(client, { time: { url, needsToken: false } });
    const entry = clientServersIn(JSON.parse(text))?.time;
    const made = fromClientEntry('time', entry ?? {}, '/');
    if (!made.ok) throw new Error(JSON.stringify(made.problems));
    const { remote, command } = made.server.settings;
    expect(client === 'claude-desktop' ? command?.args : [remote?.url]).toContain(url);
  });

  it.each(JSON_CLIENTS)('lets %s send a token without writing one down', (client) => {
    const text = snippetFor(client, { time: { url, needsToken: true } }).text;
    expect(text).toMatch(/Bearer (\$|<token>)/);
    expect(snippetFor(client, { time: { url, needsToken: false } }).text).not.toContain('Bearer');
  });

  it('asks VS Code to prompt for the token', () => {
    const value: unknown = JSON.parse(snippetFor('vscode', { time: { url, needsToken: true } }).text);
    expect(isObject(value) && value.inputs).toMatchObject([{ id: 'mcp-hub-token', password: true }]);
  });

  it('writes TOML for Codex', () => {
    expect(snippetFor('codex', { time: { url, needsToken: true }, 'a b': { url, needsToken: false } }).text).toBe(
      `[mcp_servers.time]\nurl = "${url}"\nbearer_token_env_var = "MCP_HUB_TOKEN"\n\n[mcp_servers."a b"]\nurl = "${url}"`,
    );
  });
});
