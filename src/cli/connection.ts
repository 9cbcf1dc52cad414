import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readLocalAdminToken } from '../auth/local-admin.ts';
import { messageOf } from '../base/errors.ts';
import { isObject, parseJson } from '../base/json.ts';
import type { HubConfig } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { isLoopbackHost } from '../config/safe-bind.ts';
import { UsageError } from './failure.ts';
import type { CliIo } from './io.ts';

/** Where the hub is, and how the caller proves who she is. */
export interface Connection {
  /** Base URL without a trailing slash. */
  url: string;
  token?: string;
  /** How the address was found, for messages: `--url`, `the hub that runs here`, `mcp-hub.yaml`, `the default`. */
  found: string;
  /** The configuration of this folder, when it can be read. */
  config?: HubConfig;
}

/** What the user said about the hub on the command line. */
export interface ConnectionOptions {
  url?: string | undefined;
  token?: string | undefined;
  config?: string | undefined;
}

const DEFAULT_URL = 'http://127.0.0.1:8080';
const DEFAULT_DATA_DIR = '.mcp-hub';
const MAX_HUB_FILE_BYTES = 4096;

/**
 * Finds the hub: `--url`, `MCP_HUB_URL`, the hub that runs in this folder (`hub.json` in its data folder), the port of
 * the configuration file, `http://127.0.0.1:8080`. The token: `--token`, `MCP_HUB_TOKEN`, or the local administrator's
 * from the data folder, which goes only to the hub of that folder.
 */
export async function findHub(io: CliIo, options: ConnectionOptions): Promise<Connection> {
  const local = await localHub(io, options.config);
  const given = options.url ?? emptyToNothing(io.env.MCP_HUB_URL);
  const url = given === undefined ? local.url : checkUrl(given, options.url === undefined ? 'MCP_HUB_URL' : '--url');
  const isLocal = url === local.url;
  const token =
    options.token ??
    emptyToNothing(io.env.MCP_HUB_TOKEN) ??
    (isLocal && isLoopbackUrl(url) ? await readLocalAdminToken(local.dataDir) : undefined);
  return {
    url,
    ...(token === undefined ? {} : { token }),
    found: given === undefined ? local.found : options.url === undefined ? 'MCP_HUB_URL' : '--url',
    ...(local.config === undefined ? {} : { config: local.config }),
  };
}

interface LocalHub {
  url: string;
  found: string;
  dataDir: string;
  config?: HubConfig;
}

async function localHub(io: CliIo, file: string | undefined): Promise<LocalHub> {
  const config = await readConfig(io, file);
  const dataDir = typeof config === 'string' ? path.resolve(io.cwd, DEFAULT_DATA_DIR) : config.dataDir;
  const known = typeof config === 'string' ? {} : { config };
  const running = await runningHub(dataDir);
  if (running !== undefined) return { url: running, found: 'the hub that runs here', dataDir, ...known };
  if (typeof config === 'string') return { url: DEFAULT_URL, found: `the default; ${config}`, dataDir };
  const { host, port } = config.api;
  const found = config.file === undefined ? 'the default' : path.basename(config.file);
  return { url: `http://${reachable(host)}:${port}`, found, dataDir, config };
}

/** A configuration that does not load must not keep anybody from asking a running hub; the reason is kept. */
async function readConfig(io: CliIo, file: string | undefined): Promise<HubConfig | string> {
  try {
    const loaded = await loadConfig({ cwd: io.cwd, env: io.env, ...(file === undefined ? {} : { file }) });
    return loaded.config;
  } catch (error) {
    if (file !== undefined) throw error;
    return `the configuration here cannot be used (${messageOf(error)})`;
  }
}

/** The address in `hub.json`, when the process that wrote it is alive. */
async function runningHub(dataDir: string): Promise<string | undefined> {
  try {
    const text = await readFile(path.join(dataDir, 'hub.json'), 'utf8');
    const value = parseJson(text, { maxBytes: MAX_HUB_FILE_BYTES, maxDepth: 4 });
    if (!isObject(value) || typeof value.url !== 'string' || typeof value.pid !== 'number') return undefined;
    return isAlive(value.pid) && URL.canParse(value.url) ? withoutSlash(value.url) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process is there but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function isLoopbackUrl(url: string): boolean {
  return isLoopbackHost(new URL(url).hostname);
}

function checkUrl(url: string, from: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new UsageError(`${from}: ${JSON.stringify(url)} is no address such as http://127.0.0.1:8080`);
  }
  return withoutSlash(url);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function emptyToNothing(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
