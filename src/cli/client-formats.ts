// biome-ignore-all lint/suspicious/noTemplateCurlyInString: clients have references that look like template strings
import type { JsonObject } from '../base/json.ts';

/** MCP clients whose configuration the hub can write. */
export type ClientName = keyof typeof CLIENTS;

/** A server behind the hub as a client is to know it. */
export interface ClientTarget {
  url: string;
  /** Whether the hub asks for a token. */
  needsToken: boolean;
}

/** How one client wants its servers written. */
interface ClientFormat {
  title: string;
  /** Where the text goes. */
  file: string;
  /** Key of the group of servers. */
  group: string;
  /** How the client puts the token in, when it can. */
  tokenText: string;
  entry(target: ClientTarget, headers: JsonObject | undefined): JsonObject;
  /** What stands beside the group of servers. */
  beside?: (needsToken: boolean) => JsonObject;
  syntax?: 'toml';
  remark?: string;
}

const TOKEN_ID = 'mcp-hub-token';

/** The clients, in the order of the help. */
export const CLIENTS = {
  'claude-code': {
    title: 'Claude Code',
    file: '.mcp.json in the project',
    group: 'mcpServers',
    tokenText: '${MCP_HUB_TOKEN}',
    entry: ({ url }, headers) => ({ type: 'http', url, ...(headers && { headers }) }),
  },
  'claude-desktop': {
    title: 'Claude Desktop',
    file: 'claude_desktop_config.json (Settings, Developer, Edit Config)',
    group: 'mcpServers',
    tokenText: '${MCP_HUB_TOKEN}',
    // This file takes commands only; a bridge between stdio and HTTP stands in for the address.
    entry: ({ url, needsToken }, headers) => ({
      command: 'npx',
      args: [
        '-y',
        'mcp-remote',
        url,
        ...(/^http:\/\/(?!localhost|127\.|\[::1\])/.test(url) ? ['--allow-http'] : []),
        ...(headers === undefined ? [] : ['--header', `Authorization: ${String(headers.Authorization)}`]),
      ],
      ...(needsToken ? { env: { MCP_HUB_TOKEN: '<token>' } } : {}),
    }),
    remark: 'This file takes commands only: the npm package mcp-remote stands between. It needs Node.js.',
  },
  vscode: {
    title: 'Visual Studio Code',
    file: '.vscode/mcp.json in the workspace',
    group: 'servers',
    tokenText: `\${input:${TOKEN_ID}}`,
    entry: ({ url }, headers) => ({ type: 'http', url, ...(headers && { headers }) }),
    beside: (needsToken): JsonObject =>
      needsToken
        ? { inputs: [{ type: 'promptString', id: TOKEN_ID, description: 'Token of the MCP hub', password: true }] }
        : {},
  },
  cursor: {
    title: 'Cursor',
    file: '.cursor/mcp.json in the project, or ~/.cursor/mcp.json',
    group: 'mcpServers',
    tokenText: '${env:MCP_HUB_TOKEN}',
    entry: ({ url }, headers) => ({ url, ...(headers && { headers }) }),
  },
  windsurf: {
    title: 'Windsurf',
    file: '~/.codeium/windsurf/mcp_config.json',
    group: 'mcpServers',
    tokenText: '${env:MCP_HUB_TOKEN}',
    entry: ({ url }, headers) => ({ serverUrl: url, ...(headers && { headers }) }),
  },
  'gemini-cli': {
    title: 'Gemini CLI',
    file: '.gemini/settings.json in the project, or ~/.gemini/settings.json',
    group: 'mcpServers',
    tokenText: '$MCP_HUB_TOKEN',
    entry: ({ url }, headers) => ({ httpUrl: url, ...(headers && { headers }) }),
  },
  cline: {
    title: 'Cline',
    file: 'cline_mcp_settings.json (MCP Servers, Configure)',
    group: 'mcpServers',
    tokenText: '<token>',
    entry: ({ url }, headers) => ({ type: 'streamableHttp', url, ...(headers && { headers }) }),
  },
  zed: {
    title: 'Zed',
    file: 'settings.json',
    group: 'context_servers',
    tokenText: '<token>',
    entry: ({ url }, headers) => ({ url, ...(headers && { headers }) }),
  },
  codex: {
    title: 'Codex CLI',
    file: '~/.codex/config.toml',
    group: 'mcp_servers',
    tokenText: '',
    entry: ({ url, needsToken }) => ({ url, ...(needsToken ? { bearer_token_env_var: 'MCP_HUB_TOKEN' } : {}) }),
    syntax: 'toml',
  },
  generic: {
    title: 'any other client',
    file: 'the client’s own configuration file',
    group: 'mcpServers',
    tokenText: '<token>',
    entry: ({ url }, headers) => ({ type: 'http', url, ...(headers && { headers }) }),
  },
} as const satisfies Record<string, ClientFormat>;

/** Whether the hub knows this client. */
export function isClientName(text: string): text is ClientName {
  return Object.hasOwn(CLIENTS, text);
}

/** How one server stands in a client's configuration. It never holds a token, only the client's way to put one in. */
export function entryFor(client: ClientName, target: ClientTarget): JsonObject {
  const format: ClientFormat = CLIENTS[client];
  const headers = target.needsToken ? { Authorization: `Bearer ${format.tokenText}` } : undefined;
  return format.entry(target, headers);
}

/** The text to put into a client's configuration, and where it goes. */
export function snippetFor(
  client: ClientName,
  servers: Readonly<Record<string, ClientTarget>>,
): { title: string; file: string; text: string; remark?: string } {
  const format: ClientFormat = CLIENTS[client];
  const entries = Object.entries(servers).map(([name, target]): [string, JsonObject] => [
    name,
    entryFor(client, target),
  ]);
  const needsToken = Object.values(servers).some((target) => target.needsToken);
  const whole = { [format.group]: Object.fromEntries(entries), ...format.beside?.(needsToken) };
  return {
    title: format.title,
    file: format.file,
    text: format.syntax === 'toml' ? toToml(format.group, entries) : JSON.stringify(whole, null, 2),
    ...(format.remark === undefined ? {} : { remark: format.remark }),
  };
}

function toToml(group: string, entries: readonly [string, JsonObject][]): string {
  return entries
    .map(([name, entry]) => {
      const key = /^[\w-]+$/.test(name) ? name : JSON.stringify(name);
      const lines = Object.entries(entry).map(([member, value]) => `${member} = ${JSON.stringify(value)}`);
      return [`[${group}.${key}]`, ...lines].join('\n');
    })
    .join('\n\n');
}
