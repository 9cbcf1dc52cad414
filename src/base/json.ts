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

/** Longest text in which the place of a mistake is looked up. */
const MAX_EXPLAINED_LENGTH = 1024 * 1024;
const TOKEN =
  /\s*(?:([{}[\]:,])|"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/uy;

/** Engines word their messages differently and not all tell the place, so the first wrong token is looked up here. */
function describeSyntaxError(text: string, cause: unknown): string {
  if (text.trim() === '') return 'the text is empty';
  const at = text.length > MAX_EXPLAINED_LENGTH ? undefined : firstWrongToken(text);
  if (at === undefined) return (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] as string;
  const before = text.slice(0, at);
  const place = `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`;
  const found = at >= text.length ? 'the text ends too early' : `unexpected ${JSON.stringify(text.slice(at, at + 12))}`;
  return `${place}: ${found}`;
}

function firstWrongToken(text: string): number | undefined {
  const open: string[] = [];
  let expects: 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' = 'value';
  TOKEN.lastIndex = 0;
  for (;;) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    const at = start + (/^\s*/.exec(text.slice(start, start + 10_000))?.[0].length ?? 0);
    if (match === null) return open.length === 0 && expects === 'commaOrEnd' && at >= text.length ? undefined : at;
    const mark = match[1];
    const isString = mark === undefined && text[at] === '"';
    if (expects === 'colon') {
      if (mark !== ':') return at;
      expects = 'value';
    } else if (expects.startsWith('key') && isString) expects = 'colon';
    else if (expects.startsWith('value') && mark === undefined) expects = 'commaOrEnd';
    else if (expects.startsWith('value') && (mark === '{' || mark === '[')) {
      open.push(mark);
      expects = mark === '{' ? 'keyOrEnd' : 'valueOrEnd';
    } else if (expects === 'commaOrEnd' && mark === ',' && open.length > 0) {
      expects = open.at(-1) === '{' ? 'key' : 'value';
    } else if (expects.endsWith('OrEnd') && mark === (open.at(-1) === '{' ? '}' : ']') && open.length > 0) {
      open.pop();
      expects = 'commaOrEnd';
    } else return at;
  }
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
