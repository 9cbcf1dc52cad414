import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { ConfigPath } from './document.ts';
import type { ConfigProblem } from './problem.ts';

/** An older or shorter spelling of a setting. */
interface Alias {
  from: readonly [section: string, key: string];
  to: readonly string[];
  /** Turns the old value into the new one; absent: taken as it is. */
  convert?(value: JsonValue): JsonValue;
  /** For the reference page. */
  note?: string;
  /** What the reader should know when it is used. */
  warning?: string;
}

/** What a holder of a nameless token may do: everything but review and administer. */
const PLAIN_TOKEN_PERMISSIONS: readonly string[] = ['read:*', 'publish:*', 'call:*', 'deploy:*'];

/** The keys of the founding sketch of the project. */
export const ALIASES: readonly Alias[] = [
  { from: ['database', 'database_name'], to: ['database', 'name'] },
  { from: ['api', 'auth_enabled'], to: ['auth', 'required'] },
  {
    from: ['api', 'auth_tokens'],
    to: ['auth', 'tokens'],
    note: 'a list of tokens, or tokens by name; without permissions they get `read:*`, `publish:*`, `call:*`, `deploy:*`',
    convert: tokensOf,
    warning: `tokens without permissions get ${PLAIN_TOKEN_PERMISSIONS.join(', ')}; name their permissions under auth.tokens.`,
  },
  { from: ['loader', 'timeout'], to: ['loader', 'timeoutMs'], note: 'in seconds', convert: secondsToMs },
  { from: ['loader', 'retry_attempts'], to: ['loader', 'retry', 'attempts'] },
  { from: ['loader', 'retry_delay'], to: ['loader', 'retry', 'delayMs'], note: 'in seconds', convert: secondsToMs },
  { from: ['seed', 'import_on_startup'], to: ['seed', 'importOnStartup'] },
  { from: ['seed', 'file_path'], to: ['seed', 'files'], convert: (value) => (Array.isArray(value) ? value : [value]) },
];

/** A configuration in which every alias has its place among the settings. */
export interface Unaliased {
  value: JsonObject;
  /** New path (`JSON.stringify`) to the path that the file uses. */
  origins: Map<string, ConfigPath>;
  problems: ConfigProblem[];
  warnings: { path: ConfigPath; text: string }[];
}

/** Moves the values of aliases to their settings; `value` is not changed. */
export function applyAliases(value: JsonObject): Unaliased {
  const result: Unaliased = { value: structuredClone(value), origins: new Map(), problems: [], warnings: [] };
  for (const alias of ALIASES) {
    const [section, key] = alias.from;
    const holder = result.value[section];
    if (!isObject(holder) || holder[key] === undefined) continue;
    const old = holder[key];
    delete holder[key];
    const [last = '', ...parents] = [...alias.to].reverse();
    let target: JsonObject = result.value;
    for (const parent of parents.reverse()) {
      const child: JsonValue | undefined = target[parent];
      const next: JsonObject = isObject(child) ? child : {};
      target[parent] = next;
      target = next;
    }
    if (target[last] !== undefined) {
      result.problems.push({
        code: 'config.bad_value',
        path: alias.from,
        message: `${alias.to.join('.')} is set too and means the same; keep one of them.`,
      });
      continue;
    }
    target[last] = alias.convert === undefined ? old : alias.convert(old);
    result.origins.set(JSON.stringify(alias.to), alias.from);
    if (alias.warning !== undefined) result.warnings.push({ path: alias.from, text: alias.warning });
  }
  return result;
}

function secondsToMs(value: JsonValue): JsonValue {
  const seconds = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' ? Math.round(seconds * 1000) : value;
}

/** A list of token texts (in the environment: with commas), or token texts by name. */
function tokensOf(value: JsonValue): JsonValue {
  const permissions = [...PLAIN_TOKEN_PERMISSIONS];
  if (typeof value === 'string') return tokensOf(value.split(',').map((token) => token.trim()));
  if (Array.isArray(value)) {
    return value.map((token, i) => (isObject(token) ? token : { name: `token-${i + 1}`, token, permissions }));
  }
  if (isObject(value)) return Object.entries(value).map(([name, token]) => ({ name, token: token ?? '', permissions }));
  return value;
}
