import { HubError } from './errors.ts';

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
/** A JSON object. A missing property reads as `undefined`. */
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/** Bounds for a JSON text that comes from outside. */
export interface JsonLimits {
  /** Largest accepted UTF-8 size in bytes. */
  maxBytes: number;
  /** Deepest accepted nesting of arrays and objects; a parser's own recursion is thereby bounded. */
  maxDepth: number;
}

/** What a JSON text may measure when its reader has no opinion of its own. */
export const DEFAULT_JSON_LIMITS: JsonLimits = { maxBytes: 16 * 1024 * 1024, maxDepth: 128 };

/** Tells whether a value is a JSON object (not null, not an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses a JSON text within limits.
 *
 * @throws HubError `json.too_large`, `json.too_deep` or `json.invalid` (its message names line and column).
 */
export function parseJson(text: string, limits: JsonLimits = DEFAULT_JSON_LIMITS): JsonValue {
  if (text.length > limits.maxBytes || Buffer.byteLength(text) > limits.maxBytes) {
    throw new HubError('json.too_large', `The JSON text is larger than ${limits.maxBytes} bytes.`);
  }
  if (nestingOf(text) > limits.maxDepth) {
    throw new HubError('json.too_deep', `The JSON text is nested deeper than ${limits.maxDepth} levels.`);
  }
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw new HubError('json.invalid', `Not valid JSON: ${describeSyntaxError(text, cause)}`, { cause });
  }
}

/** Nesting is counted on the text, before the parser recurses into it. Brackets inside strings do not count. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

function describeSyntaxError(text: string, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const at = /at position (\d+)/.exec(message)?.[1];
  if (at === undefined) return text.trim() === '' ? 'the text is empty' : message.slice(0, 200);
  const before = text.slice(0, Number(at));
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return `line ${line}, column ${column}: ${message.replace(/ in JSON at position.*$/s, '').slice(0, 120)}`;
}

/**
 * Serialises with object keys in byte order, so that equal values give equal texts.
 * Properties that are `undefined` are left out, as `JSON.stringify` does.
 */
export function stableStringify(value: JsonValue | undefined): string {
  if (value === undefined) return 'null';
  if (Array.isArray(value)) return `[${value.map(stableStringify).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    if (value[key] !== undefined) parts.push(`${JSON.stringify(key)}:${stableStringify(value[key])}`);
  }
  return `{${parts.join(',')}}`;
}
