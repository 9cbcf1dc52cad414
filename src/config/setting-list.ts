import { z } from 'zod';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { configSchema } from './schema.ts';

/** One setting, as the environment, messages and the reference page know it. */
export interface Setting {
  /** Its keys from the top, e.g. `['api', 'port']`. */
  path: readonly string[];
  /** The environment variable that overrides it, e.g. `MCP_HUB_API_PORT`. */
  variable: string;
  /** JSON Schema of its value. */
  schema: JsonObject;
}

/** How every variable of the hub begins. */
export const VARIABLE_PREFIX = 'MCP_HUB_';

let cached: { root: JsonObject; settings: Setting[] } | undefined;

function load(): { root: JsonObject; settings: Setting[] } {
  if (cached !== undefined) return cached;
  const root = JSON.parse(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })));
  const settings: Setting[] = [];
  const visit = (schema: JsonObject, path: readonly string[]): void => {
    if (path.length > 0 && !isObject(schema.properties)) {
      settings.push({ path, variable: variableName(path), schema });
      return;
    }
    for (const [key, child] of Object.entries(schema.properties ?? {})) {
      if (isObject(child)) visit(child, [...path, key]);
    }
  };
  visit(root, []);
  cached = { root, settings };
  return cached;
}

/** Every setting, in the order of the schema. */
export function listSettings(): readonly Setting[] {
  return load().settings;
}

/** JSON Schema of what a configuration file may say. */
export function configJsonSchema(): JsonObject {
  return load().root;
}

/** `api.drainTimeoutMs` is `MCP_HUB_API_DRAIN_TIMEOUT_MS`. */
export function variableName(path: readonly string[]): string {
  const words = path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase());
  return VARIABLE_PREFIX + words.join('_');
}

/** The schema of what stands at a path; undefined where the path leaves the schema. */
export function schemaAt(path: readonly (string | number)[]): JsonObject | undefined {
  let schema: JsonValue | undefined = configJsonSchema();
  for (const step of path) {
    if (!isObject(schema)) return undefined;
    if (typeof step === 'number') schema = schema.items;
    else if (isObject(schema.properties) && isObject(schema.properties[step])) schema = schema.properties[step];
    else schema = schema.additionalProperties;
  }
  return isObject(schema) ? schema : undefined;
}

/**
 * Turns a text (an environment variable, a command line option, a substituted reference) into the kind of value that
 * the schema wants; a text that does not fit stays a text, and the schema refuses it.
 */
export function coerceText(text: string, schema: JsonObject | undefined): JsonValue {
  const type = schema?.type;
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
  if (type === 'boolean') {
    if (/^(true|yes|on|1)$/i.test(text.trim())) return true;
    if (/^(false|no|off|0)$/i.test(text.trim())) return false;
    return text;
  }
  if (type === 'array' || type === 'object') {
    const parsed = tryJson(text);
    if (Array.isArray(parsed) || isObject(parsed)) return parsed;
    if (type === 'array' && isObject(schema?.items) && schema.items.type === 'string') {
      return text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    }
  }
  return text;
}

function tryJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** What a schema allows, in words: `a whole number from 0 to 65535`. */
export function allowedText(schema: JsonObject | undefined): string {
  if (schema === undefined) return '';
  if (Array.isArray(schema.enum)) return schema.enum.map(String).join(', ');
  if (schema.const !== undefined) return String(schema.const);
  if (isObject(schema.properties)) return `the keys ${Object.keys(schema.properties).join(', ')}`;
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `a ${schema.type === 'integer' ? 'whole ' : ''}number from ${String(schema.minimum)} to ${String(schema.maximum)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return isObject(schema.items) && schema.items.type === 'string' ? 'a list of texts' : 'a list';
    case 'object':
      return 'values by name';
    case 'string':
      if (schema.format === 'uri') return 'an address that begins with http:// or https://';
      return `a text${lengthText(schema)}`;
    default:
      return '';
  }
}

function lengthText(schema: JsonObject): string {
  const { minLength: min, maxLength: max } = schema;
  if (typeof max === 'number') return ` of ${typeof min === 'number' ? `${min} to` : 'up to'} ${max} characters`;
  return min === 1 ? ' that is not empty' : '';
}
