import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { objectsOf, textOf } from '../issues.ts';

/** A value that stands in the file as a placeholder and that somebody has to give. */
export interface NeededInput {
  /** Where it is needed: `env.API_KEY`, `headers.Authorization`, `args[1]`, `url`, `command`. */
  at: string;
  /** As it stands in the file, e.g. `${input:api-key}`. */
  placeholder: string;
  /** What the file's own `inputs` say of it. */
  description?: string;
  isSecret?: boolean;
}

/** One server of an MCP client's configuration file. */
export interface ClientServer {
  name: string;
  command?: string;
  args?: string[];
  /** Without the variables that need input. */
  env?: Record<string, string>;
  url?: string;
  type?: 'stdio' | 'streamable-http' | 'sse';
  /** Without the headers that need input. */
  headers?: Record<string, string>;
  /** Switched off in the file. */
  disabled?: boolean;
  /**
   * Must be given before the server can start. A placeholder inside `command`, `args` or `url` is left where it
   * stands, so that the rest keeps its place; it is not a value.
   */
  needsInput: NeededInput[];
}

/** What a client's configuration file holds. */
export interface ClientConfig {
  servers: ClientServer[];
  /** What was not taken, and what needs input; for people. */
  notes: string[];
}

/** Most servers taken from one file. */
const MAX_SERVERS = 500;
const PLACEHOLDER = /\$\{([^{}]+)\}/;
const DEFAULTED = /\$\{[A-Za-z_][A-Za-z0-9_]*:-([^{}]*)\}/g;
const TYPES: Readonly<Record<string, ClientServer['type']>> = {
  stdio: 'stdio',
  http: 'streamable-http',
  'streamable-http': 'streamable-http',
  streamableHttp: 'streamable-http',
  sse: 'sse',
};

/**
 * Reads the configuration file of an MCP client: Claude Desktop, Cursor and `.mcp.json` (`mcpServers`),
 * `~/.claude.json` (also per project), VS Code (`servers` and `inputs`, or below `mcp` in its settings).
 * `${env:X}`, `${input:x}` and `${X}` are asks for input, never values; `${X:-default}` means its default.
 *
 * @returns undefined when the value is no such file.
 */
export function readClientConfig(value: JsonValue): ClientConfig | undefined {
  if (!isObject(value)) return undefined;
  const groups = groupsOf(value);
  if (groups.length === 0) return undefined;
  const config: ClientConfig = { servers: [], notes: [] };
  const seen = new Set<string>();
  for (const { servers, inputs } of groups) {
    for (const [name, entry] of Object.entries(servers)) {
      if (config.servers.length >= MAX_SERVERS) {
        config.notes.push(`only the first ${MAX_SERVERS} servers were taken`);
        return config;
      }
      if (seen.has(name)) config.notes.push(`${name}: stands in the file more than once; the first was taken`);
      else if (isObject(entry)) addServer(config, name, entry, inputs);
      else config.notes.push(`${name}: is not an object and was left out`);
      seen.add(name);
    }
  }
  return config;
}

interface Group {
  servers: JsonObject;
  inputs: Map<string, JsonObject>;
}

function groupsOf(file: JsonObject): Group[] {
  const groups: Group[] = [];
  const take = (servers: JsonValue | undefined, inputs?: JsonValue): void => {
    if (!isObject(servers)) return;
    groups.push({ servers, inputs: new Map(objectsOf(inputs).map((input) => [textOf(input.id), input])) });
  };
  take(file.mcpServers, file.inputs);
  take(file.servers, file.inputs);
  if (isObject(file.mcp)) take(file.mcp.servers, file.mcp.inputs);
  if (isObject(file.projects)) {
    for (const project of Object.values(file.projects)) if (isObject(project)) take(project.mcpServers);
  }
  return groups;
}

function addServer(config: ClientConfig, name: string, entry: JsonObject, inputs: Group['inputs']): void {
  const url = textOf(entry.url) || textOf(entry.serverUrl) || textOf(entry.httpUrl);
  const command = textOf(entry.command);
  if (url === '' && command === '') {
    config.notes.push(`${name}: has neither a command nor a url and was left out`);
    return;
  }
  const needsInput: NeededInput[] = [];
  const settle = (at: string, text: string): string | undefined => {
    const settled = text.replace(DEFAULTED, (_, fallback: string) => fallback);
    const match = PLACEHOLDER.exec(settled);
    if (!match) return settled;
    needsInput.push({ at, placeholder: match[0], ...inputFacts(match[1] ?? '', inputs) });
    return undefined;
  };
  const kept = (at: string, text: string): string => settle(at, text) ?? text;
  const texts = (at: string, value: JsonValue | undefined): Record<string, string> | undefined => {
    if (!isObject(value)) return undefined;
    const settled = Object.entries(value).flatMap(([key, item]): [string, string][] => {
      const text = typeof item === 'string' ? settle(`${at}.${key}`, item) : scalarText(item);
      return text === undefined ? [] : [[key, text]];
    });
    return Object.fromEntries(settled);
  };
  const typeName = textOf(entry.type) || textOf(entry.transport);
  const type = Object.hasOwn(TYPES, typeName) ? TYPES[typeName] : undefined;
  const env = texts('env', entry.env);
  const headers = texts('headers', entry.headers);
  const args = Array.isArray(entry.args) ? entry.args.filter((arg) => typeof arg === 'string') : undefined;
  const server: ClientServer = {
    name,
    ...(url === '' ? { command: kept('command', command) } : { url: kept('url', url) }),
    ...(url === '' && args ? { args: args.map((arg, i) => kept(`args[${i}]`, arg)) } : {}),
    ...(env && Object.keys(env).length > 0 ? { env } : {}),
    ...(type === undefined ? {} : { type }),
    ...(headers && Object.keys(headers).length > 0 ? { headers } : {}),
    ...(entry.disabled === true || entry.enabled === false ? { disabled: true } : {}),
    needsInput,
  };
  config.servers.push(server);
  for (const { at, placeholder } of needsInput) config.notes.push(`${name}: ${at} needs a value for ${placeholder}`);
  if (textOf(entry.envFile) !== '') config.notes.push(`${name}: envFile is not read; give the variables themselves`);
}

function inputFacts(name: string, inputs: Group['inputs']): Pick<NeededInput, 'description' | 'isSecret'> {
  const input = name.startsWith('input:') ? inputs.get(name.slice('input:'.length)) : undefined;
  if (!input) return {};
  const description = textOf(input.description);
  return { ...(description === '' ? {} : { description }), ...(input.password === true ? { isSecret: true } : {}) };
}

function scalarText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
