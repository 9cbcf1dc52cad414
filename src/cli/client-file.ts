import path from 'node:path';
import { isObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { fromClientEntry } from '../config/declared.ts';
import type { DeploymentWish } from './api-client.ts';

/** What became of one server of a client's configuration file. */
export type ClientServer =
  | { ok: true; name: string; wish: DeploymentWish; warnings: string[] }
  | { ok: false; name: string; reason: string };

/** Largest client configuration that is read, and its deepest nesting. */
const LIMITS = { maxBytes: 4 * 1024 * 1024, maxDepth: 64 };

/** Folders in which clients keep a project's file; paths in it are meant from the project. */
const PROJECT_FOLDERS: ReadonlySet<string> = new Set(['.vscode', '.cursor', '.gemini', '.roo', '.kiro']);

/**
 * The servers in a client's own configuration file: `mcpServers` (Claude Desktop, Claude Code, Cursor and most others),
 * `servers` by name (VS Code), `mcp.servers` (VS Code's settings), `context_servers` (Zed).
 * Undefined when the value is something else.
 */
export function clientServersIn(value: JsonValue): Record<string, JsonObject> | undefined {
  if (!isObject(value)) return undefined;
  const places = [
    value.mcpServers,
    value.servers,
    isObject(value.mcp) ? value.mcp.servers : undefined,
    value['mcp.servers'],
    value.context_servers,
  ];
  const found = places.find((place) => isObject(place));
  if (!isObject(found)) return undefined;
  const entries = Object.entries(found).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  return Object.fromEntries(entries);
}

/** Reads a client's file; comments and trailing commas are taken as VS Code takes them. @throws HubError `json.*` */
export function parseClientFile(text: string): JsonValue {
  return parseJson(withoutComments(text), LIMITS);
}

/**
 * Makes deployments of a client's servers. References to the environment (`${env:NAME}`, `${NAME}`, with `:-default`)
 * are replaced here, where the client would have run; `${workspaceFolder}` is the folder of the project.
 */
export function toDeployments(
  servers: Readonly<Record<string, JsonObject>>,
  file: string,
  env: NodeJS.ProcessEnv,
): ClientServer[] {
  const folder = path.dirname(file);
  const project = PROJECT_FOLDERS.has(path.basename(folder)) ? path.dirname(folder) : folder;
  return Object.entries(servers).map(([name, entry]): ClientServer => {
    const missing = new Set<string>();
    const replaced = replaceIn(entry, { project, env, missing });
    if (!isObject(replaced)) return { ok: false, name, reason: 'it is no group of keys' };
    if (missing.size > 0) {
      const names = [...missing].join(', ');
      return { ok: false, name, reason: `it refers to ${names}, which has no value here; set it in the environment` };
    }
    const made = fromClientEntry(name, replaced, project);
    if (!made.ok) {
      const reason = made.problems.map(({ path: at, message }) => [...at, message].join(': ')).join('; ');
      return { ok: false, name, reason };
    }
    const { slug, enabled, settings, description } = made.server;
    const wish: DeploymentWish = {
      slug,
      enabled,
      settings,
      source: 'import',
      ...(description === undefined ? {} : { description }),
    };
    return { ok: true, name, wish, warnings: made.warnings };
  });
}

interface Replacements {
  project: string;
  env: NodeJS.ProcessEnv;
  missing: Set<string>;
}

function replaceIn(value: JsonValue, replacements: Replacements): JsonValue {
  if (typeof value === 'string') return replaceText(value, replacements);
  if (Array.isArray(value)) return value.map((item) => replaceIn(item, replacements));
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const [key, child] of Object.entries(value)) if (child !== undefined) copy[key] = replaceIn(child, replacements);
  return copy;
}

function replaceText(text: string, { project, env, missing }: Replacements): string {
  return text.replace(/\$\{([^}]+)\}/g, (whole, body: string) => {
    if (body === 'workspaceFolder') return project;
    if (body.startsWith('secret:') || body.startsWith('hub:')) return whole;
    const match = /^(?:env:)?([A-Za-z_]\w*)(?::-(.*))?$/s.exec(body);
    const value = match === null ? undefined : env[match[1] ?? ''] || match[2];
    if (value === undefined) missing.add(whole);
    return value ?? whole;
  });
}

/** The text with comments and trailing commas blanked out, so that lines and columns stay what they are. */
function withoutComments(text: string): string {
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
  return text
    .replace(/^\uFEFF/, '')
    .replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) => (part.startsWith('"') ? part : blank(part)))
    .replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, (part) => (part === ',' ? ' ' : part));
}
