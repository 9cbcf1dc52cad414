import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { ArgumentPlan } from './argument-plan.ts';
import type { SchemaCheck } from './validate.ts';

/** Checked arguments, or readable problems. */
export type CheckedArguments = { ok: true; values: JsonObject } | { ok: false; problems: string[] };

/** Checks the arguments of one tool. */
export type ArgumentCheck = (given: JsonObject) => CheckedArguments;

/** Longest text that is tried as JSON. */
const MAX_JSON_TEXT = 1_000_000;

/**
 * Prepares the check of a tool's arguments. Before the check, names as the document has them are taken for the
 * argument's, and a text that holds JSON becomes its value where the schema wants no text: models write both.
 *
 * @param expand follows a reference, as `SchemaConverter` does.
 */
export function createArgumentCheck(
  plan: ArgumentPlan,
  check: SchemaCheck,
  expand: (schema: JsonObject) => JsonObject,
): ArgumentCheck {
  const wanted = new Map<string, ReadonlySet<string>>();
  for (const [name, schema] of Object.entries(plan.inputSchema.properties ?? {})) {
    const types = isObject(schema) ? typesOf(schema, expand) : undefined;
    if (types !== undefined && !types.has('string')) wanted.set(name, types);
  }
  return (given) => {
    // A copy without prototype: `values.constructor` is an argument or nothing.
    const values: JsonObject = Object.assign(Object.create(null), given);
    for (const [name, argument] of plan.aliases) {
      if (values[name] === undefined || values[argument] !== undefined) continue;
      values[argument] = values[name];
      delete values[name];
    }
    for (const [name, types] of wanted) {
      const value = values[name];
      const parsed = typeof value === 'string' ? fromJson(value) : undefined;
      if (parsed !== undefined && fits(parsed, types)) values[name] = parsed;
    }
    const problems = check.problems(values);
    return problems.length === 0 ? { ok: true, values } : { ok: false, problems };
  };
}

/** The types a schema takes, when it says so at its top. */
function typesOf(schema: JsonObject, expand: (schema: JsonObject) => JsonObject): ReadonlySet<string> | undefined {
  const { type } = schema.type === undefined && schema.$ref !== undefined ? expand(schema) : schema;
  if (type === undefined) return undefined;
  return new Set([type].flat().filter((name) => typeof name === 'string'));
}

function fromJson(text: string): JsonValue | undefined {
  if (text.length > MAX_JSON_TEXT) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function fits(value: JsonValue, types: ReadonlySet<string>): boolean {
  if (value === null) return types.has('null');
  if (Array.isArray(value)) return types.has('array');
  if (typeof value === 'number') return types.has('number') || (types.has('integer') && Number.isInteger(value));
  return types.has(typeof value);
}
