import { CLIENTS } from './client-formats.ts';
import type { CommandSpec, OptionSpec } from './command.ts';

/** Options that every command has. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { flags: '--json', meaning: 'the result as JSON' },
  {
    flags: '--config <file>',
    meaning: 'the configuration file; default: MCP_HUB_CONFIG, else mcp-hub.{yaml,yml,toml,json} here',
  },
];

/** Options of commands that talk to a running hub. */
export const HUB_OPTIONS: readonly OptionSpec[] = [
  { flags: '--url <address>', meaning: 'the hub; default: MCP_HUB_URL, else the hub that runs in this folder' },
  {
    flags: '--token <token>',
    meaning: 'better in MCP_HUB_TOKEN; default: the local administrator’s, on the hub’s own machine',
  },
];

const WAIT_OPTIONS: readonly OptionSpec[] = [
  { flags: '--wait', meaning: 'wait until the server is healthy (the default)' },
  { flags: '--no-wait', meaning: 'come back at once' },
  { flags: '--timeout <seconds>', meaning: 'how long to wait; default 120' },
];
const NAME = { syntax: '<name>', meaning: 'slug of a deployment, or name of its server' };

/** Groups of commands with what they are about. */
export const GROUPS: Readonly<Record<string, string>> = {
  servers: 'look into the catalogue',
  token: 'bearer tokens of the hub',
  secret: 'sealed values for deployments',
  config: 'the configuration file',
};

/** All commands, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'serve',
    summary: 'run a hub until it is told to stop',
    options: [
      { flags: '--host <address>', meaning: 'address to listen on (api.host)' },
      { flags: '--port <number>', meaning: 'port to listen on, 0 for any free one (api.port)' },
      { flags: '--data-dir <folder>', meaning: 'folder for what the hub keeps (dataDir)' },
    ],
    example: 'serve --port 9000',
    isLocal: true,
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'status',
    summary: 'show the hub and what it runs',
    example: 'status --json',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'servers list',
    summary: 'list the latest version of each server in the catalogue',
    options: [
      { flags: '--limit <number>', meaning: 'how many; default 50' },
      { flags: '--all', meaning: 'all of them' },
    ],
    example: 'servers list --limit 10',
    load: async () => (await import('./catalog.ts')).listServers,
  },
  {
    name: 'servers search',
    args: [{ syntax: '<text>', meaning: 'words that must occur in name, title, description or packages' }],
    summary: 'search the catalogue, best matches first',
    options: [
      { flags: '--limit <number>', meaning: 'how many; default 50' },
      { flags: '--all', meaning: 'all of them' },
    ],
    example: 'servers search filesystem',
    load: async () => (await import('./catalog.ts')).searchServers,
  },
  {
    name: 'servers show',
    args: [{ syntax: '<name>', meaning: 'name of a server entry' }],
    summary: 'show one server entry',
    options: [{ flags: '--version <version>', meaning: 'which version; default: the latest' }],
    example: 'servers show io.github.mcp-hub-registry/time',
    load: async () => (await import('./catalog.ts')).showServer,
  },
  {
    name: 'publish',
    args: [{ syntax: '<file>', meaning: 'a server.json document' }],
    summary: 'publish a server entry',
    example: 'publish server.json',
    load: async () => (await import('./catalog.ts')).publish,
  },
  {
    name: 'import',
    args: [{ syntax: '<source>', meaning: 'a file, or the address of a registry’s list of servers' }],
    summary: 'take in a catalogue, or the servers of an MCP client’s configuration',
    description:
      'Catalogues: a list of server.json documents, the answer of a registry (page by page when it is an address), an export of a hub, the seed format of 2025-05 and the dump format of mid-2025. Client configurations: mcpServers (Claude Desktop, Claude Code, Cursor and others), servers (VS Code); they become deployments.',
    example: 'import ~/.cursor/mcp.json',
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'export',
    args: [{ syntax: '[file]', meaning: 'where to write; default: stdout' }],
    summary: 'write the whole catalogue, one row a line, for import into another hub',
    example: 'export catalogue.ndjson',
    load: async () => (await import('./catalog.ts')).exportCatalog,
  },
  {
    name: 'deploy',
    args: [{ syntax: '[name]', meaning: 'name of a server entry; not needed when --set says what to run' }],
    summary: 'run a server of the catalogue and wait until it is healthy',
    options: [
      { flags: '--version <version>', meaning: 'which version; default: the latest' },
      { flags: '--slug <slug>', meaning: 'its name in the hub’s addresses; default: from the server name' },
      { flags: '--env <key=value>', meaning: 'environment; KEY alone takes the value from this shell', isList: true },
      { flags: '--arg <text>', meaning: 'an argument after those of the entry', isList: true },
      { flags: '--header <key=value>', meaning: 'a header that the entry’s remote asks for', isList: true },
      {
        flags: '--var <key=value>',
        meaning: 'a variable of the entry’s arguments, headers or addresses',
        isList: true,
      },
      { flags: '--set <json>', meaning: 'settings as in the configuration file' },
      { flags: '--disabled', meaning: 'make it, but do not start it' },
      ...WAIT_OPTIONS,
    ],
    example: 'deploy com.example/weather --env API_KEY',
    load: async () => (await import('./deployments.ts')).deploy,
  },
  {
    name: 'undeploy',
    args: [NAME],
    summary: 'stop a deployment and forget it, with the secrets that were sealed for it',
    example: 'undeploy weather',
    load: async () => (await import('./deployments.ts')).undeploy,
  },
  {
    name: 'enable',
    args: [NAME],
    summary: 'switch a deployment on',
    options: WAIT_OPTIONS,
    example: 'enable weather',
    load: async () => (await import('./deployments.ts')).enable,
  },
  {
    name: 'disable',
    args: [NAME],
    summary: 'switch a deployment off',
    example: 'disable weather',
    load: async () => (await import('./deployments.ts')).disable,
  },
  {
    name: 'restart',
    args: [NAME],
    summary: 'stop a deployment and start it anew',
    options: WAIT_OPTIONS,
    example: 'restart weather',
    load: async () => (await import('./deployments.ts')).restart,
  },
  {
    name: 'logs',
    args: [NAME],
    summary: 'show what a server wrote',
    options: [
      { flags: '-f, --follow', meaning: 'go on with what it writes, until Ctrl-C' },
      { flags: '--tail <lines>', meaning: 'how many of the last lines; default 200' },
    ],
    example: 'logs weather -f',
    load: async () => (await import('./deployments.ts')).logs,
  },
  {
    name: 'tools',
    args: [NAME],
    summary: 'list the tools of a server',
    example: 'tools time',
    load: async () => (await import('./tools.ts')).tools,
  },
  {
    name: 'call',
    args: [
      NAME,
      { syntax: '<tool>', meaning: 'name of the tool' },
      { syntax: '[arguments...]', meaning: 'key=value, read as the tool’s input schema says' },
    ],
    summary: 'call a tool of a server',
    options: [{ flags: '--args <json>', meaning: 'arguments as a JSON object; key=value is stronger' }],
    example: 'call time get_current_time timezone=Europe/Berlin',
    load: async () => (await import('./tools.ts')).call,
  },
  {
    name: 'token create',
    args: [{ syntax: '<name>', meaning: 'who will hold it' }],
    summary: 'make a token; it is shown once, on stdout',
    options: [
      { flags: '--permission <action:pattern>', meaning: 'what it may do, e.g. publish:com.example/*', isList: true },
      { flags: '--expires <time>', meaning: 'when it ends: 30d, 12h, 90m; default: never' },
    ],
    example: 'token create ci --permission "publish:com.example/*" --expires 90d',
    load: async () => (await import('./access.ts')).createToken,
  },
  {
    name: 'token list',
    summary: 'list the tokens, without their values',
    example: 'token list',
    load: async () => (await import('./access.ts')).listTokens,
  },
  {
    name: 'token revoke',
    args: [{ syntax: '<name>', meaning: 'name or id of the token' }],
    summary: 'end a token at once',
    example: 'token revoke ci',
    load: async () => (await import('./access.ts')).revokeToken,
  },
  {
    name: 'secret set',
    args: [{ syntax: '<name>', meaning: 'name of the secret' }],
    summary: 'seal a value; it comes from stdin or a prompt, never from the command line',
    example: 'secret set WEATHER_KEY < key.txt',
    load: async () => (await import('./access.ts')).setSecret,
  },
  {
    name: 'secret list',
    summary: 'list the names of the secrets',
    example: 'secret list',
    load: async () => (await import('./access.ts')).listSecrets,
  },
  {
    name: 'secret remove',
    args: [{ syntax: '<name>', meaning: 'name of the secret' }],
    summary: 'forget a secret',
    example: 'secret remove WEATHER_KEY',
    load: async () => (await import('./access.ts')).removeSecret,
  },
  {
    name: 'config check',
    summary: 'say everything that is wrong with the configuration',
    example: 'config check --config ./mcp-hub.yaml',
    isLocal: true,
    load: async () => (await import('./config-commands.ts')).checkConfig,
  },
  {
    name: 'config print',
    summary: 'show what the hub makes of file and environment, secrets masked',
    example: 'config print --json',
    isLocal: true,
    load: async () => (await import('./config-commands.ts')).printConfig,
  },
  {
    name: 'client-config',
    args: [
      { syntax: '<client>', meaning: `one of ${Object.keys(CLIENTS).join(', ')}` },
      { syntax: '[servers...]', meaning: 'slugs; default: all that are switched on' },
    ],
    summary: 'write what belongs into an MCP client’s configuration',
    options: [{ flags: '--name <name>', meaning: 'what the client is to call the one server' }],
    example: 'client-config claude-code time',
    load: async () => (await import('./client-config.ts')).clientConfig,
  },
  {
    name: 'version',
    summary: 'show the version of this program',
    example: 'version',
    isLocal: true,
    load: async () => (await import('./status.ts')).version,
  },
];
