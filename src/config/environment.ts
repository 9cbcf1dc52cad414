import type { JsonValue } from '../base/json.ts';
import { ALIASES } from './aliases.ts';
import type { ConfigPath } from './document.ts';
import { nearest } from './problem.ts';
import { coerceText, listSettings, schemaAt, VARIABLE_PREFIX, variableName } from './setting-list.ts';

/** A setting from outside of the file. */
export interface Override {
  path: ConfigPath;
  value: JsonValue;
  /** How messages name the place, e.g. `environment MCP_HUB_API_PORT`. */
  origin: string;
}

/** Variables that are no settings but mean something to the hub or its CLI. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set(['MCP_HUB_CONFIG', 'MCP_HUB_URL', 'MCP_HUB_TOKEN', 'MCP_HUB_KEY']);

/** Kubernetes and Docker links set these for a service that is called `mcp-hub`. */
const ORCHESTRATOR_VARIABLES = /^MCP_HUB_(SERVICE_(HOST|PORT(_.*)?)|PORT(_\d+_(TCP|UDP)(_.*)?)?)$/;

/**
 * Reads the settings that the environment overrides: `MCP_HUB_API_PORT` for `api.port`. Numbers and booleans are
 * read as such, lists of texts with commas, everything else that is not a text as JSON. An empty variable is none.
 */
export function readEnvironment(env: NodeJS.ProcessEnv): { overrides: Override[]; warnings: string[] } {
  const known = new Map<string, { path: ConfigPath; convert?: (value: JsonValue) => JsonValue }>();
  for (const { from, to, convert } of ALIASES) {
    known.set(variableName(from), { path: to, ...(convert === undefined ? {} : { convert }) });
  }
  for (const setting of listSettings()) known.set(setting.variable, { path: setting.path });
  const overrides: Override[] = [];
  const warnings: string[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(VARIABLE_PREFIX) || text === undefined || text === '') continue;
    if (OTHER_VARIABLES.has(name) || ORCHESTRATOR_VARIABLES.test(name)) continue;
    const setting = known.get(name);
    if (setting === undefined) {
      const meant = nearest(name, [...known.keys(), ...OTHER_VARIABLES]);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      warnings.push(`environment ${name}: no setting has this variable, it is not used${hint}`);
      continue;
    }
    const value = coerceText(text, schemaAt(setting.path));
    overrides.push({ path: setting.path, value: setting.convert?.(value) ?? value, origin: `environment ${name}` });
  }
  return { overrides, warnings };
}
