import path from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { applyAliases } from './aliases.ts';
import type { HubConfig } from './config.ts';
import { toDatabaseConfig } from './database-url.ts';
import { toDeclaredServers } from './declared.ts';
import type { ConfigPath } from './document.ts';
import type { Override } from './environment.ts';
import { explainIssues } from './explain.ts';
import { deepFreeze } from './freeze.ts';
import { rememberSecrets } from './mask.ts';
import { resolveFile } from './paths.ts';
import { type ConfigProblem, configError, pathText } from './problem.ts';
import { isLoopbackHost, unsafeBind } from './safe-bind.ts';
import { type ConfigInput, configSchema, type ParsedConfig } from './schema.ts';
import { coerceText, listSettings } from './setting-list.ts';

/** A configuration that can be used, and what its writer should know. */
export interface LoadedConfig {
  config: HubConfig;
  /** One line each. */
  warnings: string[];
}

/** A configuration after parsing and substitution, before any check. */
export interface RawConfig {
  value: JsonObject;
  /** Keys (`JSON.stringify(path)`) of strings that stood as references in the file: their kind is not known yet. */
  replaced: ReadonlySet<string>;
  secrets: ReadonlySet<string>;
  problems: readonly ConfigProblem[];
  overrides: readonly Override[];
  /** Folder that paths in the file are relative to. */
  baseDir: string;
  /** Folder that paths of overrides, and default paths, are relative to. */
  cwd: string;
  file?: string;
  /** Names the place in the file. */
  locate(path: ConfigPath): string;
}

/** Shortest token that does not get a warning; 16 characters of a random token are 95 bits. */
const DEFAULT_REQUESTS_PER_MINUTE = 600;
const GOOD_TOKEN_LENGTH = 16;

/**
 * Makes the frozen configuration of a hub.
 *
 * @throws HubError `config.*`; see {@link configError}
 */
export function buildConfig(raw: RawConfig): LoadedConfig {
  const unaliased = applyAliases(raw.value);
  const origins = new Map(raw.overrides.map((override) => [JSON.stringify(override.path), override.origin]));
  const originOf = (at: ConfigPath): string | undefined => {
    for (let end = at.length; end > 0; end--) {
      const origin = origins.get(JSON.stringify(at.slice(0, end)));
      if (origin !== undefined) return origin;
    }
    return undefined;
  };
  const writtenPath = (at: ConfigPath): ConfigPath => {
    for (let end = at.length; end > 0; end--) {
      const written = unaliased.origins.get(JSON.stringify(at.slice(0, end)));
      if (written !== undefined) return [...written, ...at.slice(end)];
    }
    return at;
  };
  const asWritten = <T extends { path: ConfigPath }>(found: T): T =>
    originOf(found.path) === undefined ? { ...found, path: writtenPath(found.path) } : found;
  const locate = (at: ConfigPath): string => originOf(at) ?? raw.locate(at);
  const fail = (problems: readonly ConfigProblem[]): never => {
    throw configError(problems.map(asWritten), locate);
  };
  const early = [...raw.problems, ...unaliased.problems];
  if (early.length > 0) fail(early);

  for (const { path: at } of listSettings()) {
    const value = getAt(unaliased.value, at);
    if (typeof value === 'string' && raw.replaced.has(JSON.stringify(writtenPath(at)))) {
      setAt(unaliased.value, at, coerceText(value, schemaOf(at)));
    }
  }
  for (const override of raw.overrides) setAt(unaliased.value, override.path, override.value);
  const result = configSchema.safeParse(unaliased.value);
  if (!result.success) {
    return fail(explainIssues(result.error.issues, unaliased.value, { secrets: raw.secrets }));
  }

  const baseOf = (at: ConfigPath): string => (originOf(at) === undefined ? raw.baseDir : raw.cwd);
  const { config, problems, warnings } = assemble(result.data, raw, baseOf);
  if (problems.length > 0) fail(problems);
  rememberSecrets(config, raw.secrets);
  built.add(config);
  return {
    config: deepFreeze(config),
    warnings: [...unaliased.warnings, ...warnings]
      .map(asWritten)
      .map(({ path: at, text }) => `${locate(at)}: ${pathText(at)}: ${text}`),
  };
}

const built = new WeakSet<object>();

/** Whether a value is a finished configuration, not the input of one. */
export function isHubConfig(value: HubConfig | ConfigInput): value is HubConfig {
  return built.has(value);
}

/**
 * The configuration that a program makes for itself, with the defaults for what it leaves out. Nothing is read from
 * files or from the environment.
 *
 * @throws HubError `config.*`
 */
export function defineConfig(input: ConfigInput = {}, options: { cwd?: string } = {}): HubConfig {
  const cwd = options.cwd ?? process.cwd();
  const value = JSON.parse(JSON.stringify(input)) as JsonObject;
  const none = new Set<string>();
  const locate = (): string => 'configuration';
  return buildConfig({ value, replaced: none, secrets: none, problems: [], overrides: [], baseDir: cwd, cwd, locate })
    .config;
}

interface Assembled {
  config: HubConfig;
  problems: ConfigProblem[];
  warnings: { path: ConfigPath; text: string }[];
}

/** A hub that only this machine reaches needs no limit; one for others has one unless it says otherwise. */
function toRateLimit({ host, rateLimit }: ParsedConfig['api']): HubConfig['api']['rateLimit'] {
  const { perMinute = isLoopbackHost(host) ? 0 : DEFAULT_REQUESTS_PER_MINUTE, burst } = rateLimit;
  return { perMinute, burst };
}

/** Resolves paths, decides what depends on several settings, and checks what only the whole can tell. */
function assemble(parsed: ParsedConfig, raw: RawConfig, baseOf: (at: ConfigPath) => string): Assembled {
  const given = parsed.dataDir === undefined ? undefined : resolveFile(baseOf(['dataDir']), parsed.dataDir);
  const standard = path.resolve(raw.cwd, '.mcp-hub');
  const database = toDatabaseConfig(parsed.database, baseOf(['database', 'url']), given ?? standard);
  const databaseFile =
    typeof database !== 'string' && database.type === 'sqlite' ? database.url.slice('file:'.length) : undefined;
  const dataDir = given ?? (databaseFile === undefined ? standard : path.dirname(databaseFile));
  const declared = toDeclaredServers(parsed.servers, clientEntries(parsed), raw.baseDir);
  const problems = [...declared.problems, ...tokenProblems(parsed)];
  if (typeof database === 'string') {
    problems.push({ code: 'config.bad_value', path: ['database', 'url'], message: database });
  }
  const publicUrl = parsed.hub.publicUrl?.replace(/\/+$/, '');
  if (publicUrl !== undefined && /[?#@]/.test(publicUrl)) {
    const message = 'holds a user, a query or a fragment; allowed: scheme, host, port and path';
    problems.push({ code: 'config.bad_value', path: ['hub', 'publicUrl'], message });
  }
  const { cacheDir, plugins, ...loader } = parsed.loader;
  const { publicUrl: _, ...hub } = parsed.hub;
  const config: HubConfig = {
    dataDir,
    hub: { ...hub, ...(publicUrl === undefined ? {} : { publicUrl }) },
    api: { ...parsed.api, rateLimit: toRateLimit(parsed.api) },
    database: typeof database === 'string' ? { type: 'memory', url: ':memory:' } : database,
    auth: parsed.auth,
    loader: {
      ...loader,
      cacheDir:
        cacheDir === undefined ? path.join(dataDir, 'cache') : resolveFile(baseOf(['loader', 'cacheDir']), cacheDir),
      plugins: plugins.map((file) => resolveFile(baseOf(['loader', 'plugins']), file)),
    },
    registry: parsed.registry,
    net: { ...parsed.net, ca: parsed.net.ca.map((file) => resolveFile(baseOf(['net', 'ca']), file)) },
    seed: { ...parsed.seed, files: parsed.seed.files.map((file) => resolveFile(baseOf(['seed', 'files']), file)) },
    log: parsed.log,
    servers: declared.servers,
    ...(raw.file === undefined ? {} : { file: raw.file }),
  };
  const bind = unsafeBind(config);
  if (bind !== undefined) problems.push(bind);
  const weak = parsed.auth.tokens.flatMap((token, index) =>
    token.token.length >= GOOD_TOKEN_LENGTH
      ? []
      : [
          {
            path: ['auth', 'tokens', index],
            text: `the token ${token.name} is short; use ${GOOD_TOKEN_LENGTH} random characters or more.`,
          },
        ],
  );
  return { config, problems, warnings: [...declared.warnings, ...weak] };
}

/** The schema has checked that each entry is a group of keys; what they hold came from JSON, YAML or TOML. */
function clientEntries(parsed: ParsedConfig): Record<string, JsonObject> {
  return JSON.parse(JSON.stringify(parsed.mcpServers)) as Record<string, JsonObject>;
}

function tokenProblems(parsed: ParsedConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const names = new Set<string>();
  const texts = new Set<string>();
  parsed.auth.tokens.forEach(({ name, token }, index) => {
    const repeated = names.has(name) ? 'name' : texts.has(token) ? 'token' : undefined;
    names.add(name);
    texts.add(token);
    if (repeated === undefined) return;
    const message = `another entry has the same ${repeated}; each token needs its own.`;
    problems.push({ code: 'config.bad_value', path: ['auth', 'tokens', index, repeated], message });
  });
  return problems;
}

function schemaOf(at: ConfigPath): JsonObject | undefined {
  return listSettings().find((setting) => setting.path.join('.') === at.join('.'))?.schema;
}

function getAt(value: JsonObject, at: ConfigPath): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const step of at) found = isObject(found) ? found[step] : undefined;
  return found;
}

function setAt(value: JsonObject, at: ConfigPath, leaf: JsonValue): void {
  let holder = value;
  for (const step of at.slice(0, -1)) {
    const child = holder[step];
    const next: JsonObject = isObject(child) ? child : {};
    holder[step] = next;
    holder = next;
  }
  const last = at.at(-1);
  if (last !== undefined) holder[last] = leaf;
}
