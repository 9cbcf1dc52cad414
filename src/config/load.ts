import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { HubError, messageOf } from '../base/errors.ts';
import { buildConfig, type LoadedConfig } from './build.ts';
import { type ConfigDocument, type ConfigFormat, MAX_CONFIG_BYTES, parseConfigDocument } from './document.ts';
import { type Override, readEnvironment } from './environment.ts';
import { shownPath } from './paths.ts';
import { coerceText, schemaAt } from './setting-list.ts';
import { substitute } from './substitute.ts';

/** Where a configuration is looked for. */
export interface LoadOptions {
  /** Default: the process's working directory. */
  cwd?: string;
  /** Default: the process's environment. */
  env?: NodeJS.ProcessEnv;
  /** The file to use; absent: `MCP_HUB_CONFIG`, else `mcp-hub.{yaml,yml,toml,json}` in `cwd`, else none. */
  file?: string;
  /** Settings from the command line, strongest of all: option (for messages), path (`api.port`), text. */
  options?: readonly { option: string; path: string; text: string }[];
}

/** File names that are tried in the working directory, in this order. */
export const CONFIG_NAMES: readonly string[] = ['mcp-hub.yaml', 'mcp-hub.yml', 'mcp-hub.toml', 'mcp-hub.json'];

const FORMATS: Readonly<Record<string, ConfigFormat>> = {
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.toml': 'toml',
  '.json': 'json',
};

/**
 * Finds, reads and checks the configuration. Command line beats environment, environment beats file, file beats
 * defaults. Nothing is needed: without a file the defaults stand.
 *
 * @throws HubError `config.*` with one line: `file:line: path: what is wrong; what is allowed`
 */
export async function loadConfig(options: LoadOptions = {}): Promise<LoadedConfig> {
  const cwd = path.resolve(options.cwd ?? process.cwd());
  const env = options.env ?? process.env;
  const { file, warnings } = await findFile(cwd, env, options.file);
  const document: ConfigDocument = file === undefined ? { value: {}, lineOf: () => undefined } : await read(file, cwd);
  const baseDir = file === undefined ? cwd : path.dirname(file);
  const substituted = await substitute(document.value, { env, baseDir });
  const environment = readEnvironment(env);
  const loaded = buildConfig({
    ...substituted,
    overrides: [...environment.overrides, ...fromOptions(options.options ?? [])],
    baseDir,
    cwd,
    ...(file === undefined ? {} : { file }),
    locate(at) {
      if (file === undefined) return 'configuration';
      const line = document.lineOf(at);
      return `${shownPath(cwd, file)}${line === undefined ? '' : `:${line}`}`;
    },
  });
  return { config: loaded.config, warnings: [...warnings, ...environment.warnings, ...loaded.warnings] };
}

function fromOptions(options: NonNullable<LoadOptions['options']>): Override[] {
  return options.map(({ option, path: at, text }) => {
    const steps = at.split('.');
    return { path: steps, value: coerceText(text, schemaAt(steps)), origin: option };
  });
}

async function findFile(
  cwd: string,
  env: NodeJS.ProcessEnv,
  given: string | undefined,
): Promise<{ file?: string; warnings: string[] }> {
  const named = given ?? (env.MCP_HUB_CONFIG === '' ? undefined : env.MCP_HUB_CONFIG);
  if (named !== undefined) {
    const file = path.resolve(cwd, named);
    if (await isFile(file)) return { file, warnings: [] };
    const by = given === undefined ? 'MCP_HUB_CONFIG' : '--config';
    throw new HubError('config.not_found', `${by}: there is no file ${file}.`);
  }
  const found: string[] = [];
  for (const name of CONFIG_NAMES) if (await isFile(path.join(cwd, name))) found.push(name);
  const [first, ...others] = found;
  if (first === undefined) return { warnings: [] };
  const warnings =
    others.length === 0
      ? []
      : [`${first} is used; ${others.join(', ')} beside it is not. Keep one, or name it with --config.`];
  return { file: path.join(cwd, first), warnings };
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}

async function read(file: string, cwd: string): Promise<ConfigDocument> {
  const shown = shownPath(cwd, file);
  const format = FORMATS[path.extname(file).toLowerCase()];
  if (format === undefined) {
    throw new HubError(
      'config.syntax',
      `${shown}: the ending says no format; allowed: ${Object.keys(FORMATS).join(', ')}`,
    );
  }
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > MAX_CONFIG_BYTES) {
      throw new HubError('config.syntax', `${shown}: the file is larger than ${MAX_CONFIG_BYTES} bytes.`);
    }
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    throw new HubError('config.not_found', `${shown}: the file cannot be read: ${messageOf(cause)}`, { cause });
  }
  return parseConfigDocument(text, format, shown);
}
