import type { JsonObject } from '../base/json.ts';
import type { DeclaredServer } from './config.ts';
import {
  clientEntrySchema,
  INLINE_KINDS,
  type ParsedClientEntry,
  type ParsedServer,
  SLUG_PATTERN,
} from './declared-schema.ts';
import type { ConfigPath } from './document.ts';
import { explainIssues } from './explain.ts';
import { resolveFile } from './paths.ts';
import type { ConfigProblem } from './problem.ts';
import type { DeploymentSettings } from './settings.ts';

/** What `servers` and `mcpServers` came to. */
export interface Declared {
  servers: DeclaredServer[];
  problems: ConfigProblem[];
  warnings: { path: ConfigPath; text: string }[];
}

/** Makes deployments of `servers` and `mcpServers`, in this order; paths are relative to `baseDir`. */
export function toDeclaredServers(
  servers: readonly ParsedServer[],
  clientEntries: Readonly<Record<string, JsonObject>>,
  baseDir: string,
): Declared {
  const result: Declared = { servers: [], problems: [], warnings: [] };
  const paths = new Map<string, ConfigPath>();
  const add = (server: DeclaredServer, path: ConfigPath): void => {
    const other = paths.get(server.slug);
    if (other === undefined) {
      paths.set(server.slug, path);
      result.servers.push(server);
      return;
    }
    const message = `the slug "${server.slug}" is taken by ${other.join('.')}; each server needs its own.`;
    result.problems.push({ code: 'config.bad_value', path, message });
  };
  servers.forEach((server, index) => {
    const path = ['servers', index];
    const made = fromServer(server, baseDir);
    if (typeof made === 'string') result.problems.push({ code: 'config.bad_value', path, message: made });
    else add(made, path);
  });
  for (const [key, entry] of Object.entries(clientEntries)) {
    const path = ['mcpServers', key];
    const made = fromClientEntry(key, entry, baseDir);
    if (made.ok) {
      add(made.server, path);
      for (const text of made.warnings) result.warnings.push({ path, text });
    } else {
      result.problems.push(...made.problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] })));
    }
  }
  return result;
}

/** A declared server, or what is wrong with it. */
function fromServer(server: ParsedServer, baseDir: string): DeclaredServer | string {
  const kinds = INLINE_KINDS.filter((kind) => server[kind] !== undefined);
  const kind = kinds[0];
  if (kinds.length > 1) return `${kinds.join(' and ')} stand side by side; a server is made of one of them.`;
  if (kind === undefined && server.name === undefined) {
    return `nothing says what to run; allowed: name (an entry of the registry), or one of ${INLINE_KINDS.join(', ')}`;
  }
  const slug = server.slug ?? slugify(server.name?.split('/')[1] ?? '');
  if (slug === undefined) return 'slug is missing; give the name that the server has in the hub’s URLs.';
  const { slug: _, name, version, description, enabled, ...given } = server;
  const settings: DeploymentSettings = {
    ...given,
    ...(kind === undefined ? {} : { kind }),
    ...(given.module && { module: { ...given.module, path: resolveFile(baseDir, given.module.path) } }),
    ...(given.command && { command: withCwd(given.command, baseDir) }),
    ...(typeof given.openapi?.document === 'string' && {
      openapi: { ...given.openapi, document: resolveFile(baseDir, given.openapi.document) },
    }),
  };
  return {
    slug,
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    enabled,
    settings,
  };
}

/** A client's entry as a deployment, or what is wrong with it; paths of problems begin at the entry. */
export type ClientEntryResult =
  | { ok: true; server: DeclaredServer; warnings: string[] }
  | { ok: false; problems: ConfigProblem[] };

/**
 * Reads one entry of a client's `mcpServers` (Claude Desktop, Claude Code, VS Code, Cursor and those like them).
 * Keys that mean nothing to the hub are left out with a warning.
 *
 * @param baseDir - working directory of a command that names none
 */
export function fromClientEntry(key: string, entry: JsonObject, baseDir: string): ClientEntryResult {
  const parsed = clientEntrySchema.safeParse(entry);
  if (!parsed.success) {
    const problems = explainIssues(parsed.error.issues, entry);
    return { ok: false, problems };
  }
  const slug = SLUG_PATTERN.test(key) ? key : slugify(key);
  const settings = clientSettings(parsed.data, baseDir);
  if (slug === undefined) return refuse('the name holds no letter or digit that a URL could show.');
  if (settings === undefined)
    return refuse('it says neither what to start nor where to reach it; allowed: command or url');
  const warnings: string[] = [];
  if (slug !== key) warnings.push(`is served as "${slug}", because its name does not fit into a URL.`);
  const known = new Set(Object.keys(clientEntrySchema.shape));
  const ignored = Object.keys(entry).filter((name) => !known.has(name));
  if (ignored.length > 0) warnings.push(`${ignored.slice(0, 20).join(', ')} mean nothing to the hub and are not used.`);
  const { description, disabled = false, enabled = true } = parsed.data;
  return {
    ok: true,
    server: { slug, ...(description === undefined ? {} : { description }), enabled: enabled && !disabled, settings },
    warnings,
  };
}

function refuse(message: string): ClientEntryResult {
  return { ok: false, problems: [{ code: 'config.bad_value', path: [], message }] };
}

function clientSettings(entry: ParsedClientEntry, baseDir: string): DeploymentSettings | undefined {
  const url = entry.url ?? entry.httpUrl ?? entry.serverUrl;
  if (url !== undefined && entry.command === undefined) {
    const type = entry.type ?? entry.transport;
    const transport = type === 'sse' ? 'sse' : type === undefined || type === 'remote' ? 'auto' : 'streamable-http';
    return { kind: 'remote', remote: { url, transport, ...(entry.headers && { headers: entry.headers }) } };
  }
  if (entry.command === undefined) return undefined;
  const { command, args, cwd, env } = entry;
  return {
    kind: 'command',
    command: withCwd({ command, ...(args && { args }), ...(cwd === undefined ? {} : { cwd }) }, baseDir),
    ...(env && { env }),
  };
}

function withCwd<T extends { cwd?: string | undefined }>(command: T, baseDir: string): T & { cwd: string } {
  return { ...command, cwd: command.cwd === undefined ? baseDir : resolveFile(baseDir, command.cwd) };
}

/** The nearest text that is a slug, or undefined when nothing is left. */
export function slugify(text: string): string | undefined {
  const slug = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 63);
  return SLUG_PATTERN.test(slug) ? slug : undefined;
}
