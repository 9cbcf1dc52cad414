import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { npmrcAuthorization, parseNpmrc, scopeRegistry } from './npmrc.ts';
import { type ClientSource, splitCredentials } from './source.ts';

/** The two clients that know where they look. */
export interface ClientConfig {
  /** Registry and credentials of the npm client; a scope may have its own. */
  npm(packageName: string): Promise<ClientSource | undefined>;
  /** Index of the pip client, with the credentials in its address. */
  pip(): Promise<ClientSource | undefined>;
}

const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

/**
 * Reads the configuration of the npm and pip clients of this machine, when first asked. It is kept until the process
 * ends; a failure is not.
 *
 * @param cwd - where a project's own `.npmrc` may lie.
 */
export function createClientConfig(cwd: string): ClientConfig {
  const npm = once(() => readNpm(cwd));
  const pip = once(() => readPip(cwd));
  return {
    async npm(packageName) {
      const found = await npm();
      if (found === undefined) return undefined;
      const chosen = scopeRegistry(found.lines, packageName) ?? found.registry;
      const source = splitCredentials(chosen);
      if (source === undefined) return undefined;
      const authorization = npmrcAuthorization(found.lines, source.baseUrl);
      // The registry that npm has built in is a mirror's other name, as long as no scope leads elsewhere.
      const aliases = chosen === found.registry ? found.aliases : [];
      return { ...source, aliases, ...(authorization === undefined ? {} : { authorization }) };
    },
    pip,
  };
}

function once<T>(make: () => Promise<T | undefined>): () => Promise<T | undefined> {
  let kept: Promise<T | undefined> | undefined;
  return async () => {
    kept ??= make().catch(() => undefined);
    const value = await kept;
    if (value === undefined) kept = undefined;
    return value;
  };
}

interface NpmConfig {
  registry: string;
  aliases: string[];
  /** Of all `.npmrc` files, the strongest first. */
  lines: ReadonlyMap<string, string>[];
}

async function readNpm(cwd: string): Promise<NpmConfig | undefined> {
  const [own, plain] = await Promise.all([
    runNpm(['config', 'get', 'registry', 'userconfig', 'globalconfig'], cwd, process.env),
    runNpm(
      ['config', 'get', 'registry', 'userconfig', '--userconfig=/.no-user-npmrc', '--globalconfig=/.no-global-npmrc'],
      '/',
      plainEnv(),
    ),
  ]);
  const values = parseNpmrc(own ?? '', {});
  const registry = values.get('registry');
  if (registry === undefined || splitCredentials(registry) === undefined) return undefined;
  const files = [join(cwd, '.npmrc'), values.get('userconfig'), values.get('globalconfig')];
  const lines = await Promise.all(files.map((file) => readNpmrc(file)));
  const builtIn = parseNpmrc(plain ?? '', {}).get('registry');
  return { registry, lines, aliases: builtIn === undefined ? [] : [builtIn] };
}

async function readNpmrc(file: string | undefined): Promise<ReadonlyMap<string, string>> {
  if (file === undefined) return new Map();
  const text = await readFile(file, 'utf8').catch(() => '');
  return parseNpmrc(text, process.env);
}

async function readPip(cwd: string): Promise<ClientSource | undefined> {
  const list = await run('pip', ['config', 'list'], cwd, process.env);
  if (list === undefined) return undefined;
  const written = ['\\w*:env:\\.', 'install\\.', 'global\\.']
    .map((section) => new RegExp(`^${section}index-url='(.+)'$`, 'm').exec(list)?.[1])
    .find((url) => url !== undefined);
  // Without a setting pip's help names the index that it has built in.
  const index =
    written ??
    /\(default\s+(https?:\/\/[^\s)]+)\)/.exec((await run('pip', ['install', '--help'], cwd, process.env)) ?? '')?.[1];
  if (index === undefined) return undefined;
  return splitCredentials(index);
}

function runNpm(args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = dirname(process.execPath);
  const cli = ['../lib/node_modules/npm/bin/npm-cli.js', 'node_modules/npm/bin/npm-cli.js']
    .map((path) => join(folder, path))
    .find((path) => existsSync(path));
  return cli === undefined ? run('npm', args, cwd, env) : run(process.execPath, [cli, ...args], cwd, env);
}

/** What a program writes; undefined when it cannot be run or fails. */
function run(file: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { cwd, env: withoutOwn(env), timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true };
    execFile(file, args, options, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
}

/** The hub's own settings are nobody's business. */
function withoutOwn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('MCP_HUB_')));
}

function plainEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name)));
}
