import type { z } from 'zod';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { isSecretKey, maskAddress } from './mask.ts';
import { type ConfigProblem, nearest } from './problem.ts';
import { allowedText, schemaAt } from './setting-list.ts';

/** What {@link explainIssues} knows of the values that were checked. */
export interface ExplainContext {
  /** Where the checked value stands in the whole configuration; default: at the top. */
  prefix?: readonly (string | number)[];
  /** Texts that a message must not show. */
  secrets?: ReadonlySet<string>;
}

/** Groups whose values are not shown in a message. */
const HIDDEN_GROUPS: ReadonlySet<string> = new Set(['headers', 'env', 'variables']);
const MAX_SHOWN = 60;

/** Says in the user's words what a schema found wrong in `input`. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  input: JsonValue,
  context: ExplainContext = {},
): ConfigProblem[] {
  const { prefix = [], secrets } = context;
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    const schema = schemaAt([...prefix, ...path]);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey(key, [...prefix, ...path, key], schema));
    }
    const value = valueAt(input, path);
    const allowed = isCustom(issue.message) ? issue.message : allowedText(schema) || issue.message;
    const what = value === undefined ? 'is missing' : `${shown(value, path, secrets)} is not allowed`;
    return [{ code: 'config.bad_value', path: [...prefix, ...path], message: `${what}; allowed: ${allowed}` }];
  });
}

function unknownKey(key: string, path: ConfigProblem['path'], schema: JsonObject | undefined): ConfigProblem {
  const known = isObject(schema?.properties) ? Object.keys(schema.properties) : [];
  const meant = nearest(key, known);
  const hint = meant === undefined ? '' : ` did you mean "${meant}"?`;
  return { code: 'config.unknown_key', path, message: `unknown key;${hint} allowed: ${known.join(', ')}` };
}

/** The schema library's own texts begin so; everything else was written for this setting. */
function isCustom(message: string): boolean {
  return !/^(Invalid|Too|Unrecognized|No matching)/.test(message);
}

function valueAt(input: JsonValue, path: readonly (string | number)[]): JsonValue | undefined {
  let value: JsonValue | undefined = input;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else value = isObject(value) ? value[String(step)] : undefined;
  }
  return value;
}

function shown(value: JsonValue, path: readonly (string | number)[], secrets?: ReadonlySet<string>): string {
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'a group of keys';
  const last = [...path].reverse().find((step) => typeof step === 'string') ?? '';
  if (isSecretKey(String(last)) || path.some((step) => HIDDEN_GROUPS.has(String(step)))) return 'the value';
  if (typeof value === 'string' && secrets?.has(value)) return 'the value';
  const text = typeof value === 'string' ? maskAddress(value) : value;
  const quoted = JSON.stringify(text);
  return quoted.length > MAX_SHOWN ? `${quoted.slice(0, MAX_SHOWN)}…"` : quoted;
}
