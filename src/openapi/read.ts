import { LineCounter, parseDocument } from 'yaml';
import { HubError, messageOf } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';

/** Largest accepted JSON document. */
export const MAX_DOCUMENT_BYTES: number = 32 * 1024 * 1024;
/** Largest accepted YAML document: its parser needs about a second for four megabytes. */
export const MAX_YAML_BYTES: number = 8 * 1024 * 1024;
/** Deepest accepted nesting. */
export const MAX_DOCUMENT_DEPTH = 256;
/** Values that a YAML document may hold after its aliases are written out. */
export const MAX_DOCUMENT_VALUES = 3_000_000;
/** How often an anchor may be used before the document counts as an attempt to exhaust memory. */
const MAX_ALIAS_COUNT = 10_000;

/**
 * Reads an OpenAPI document, JSON or YAML 1.2, told apart by its text. The result is a tree of plain JSON values: YAML
 * aliases are copied, keys are strings, and a value that contains itself is cut with `null`.
 *
 * @param name what messages call the document: a path, a URL without its query.
 * @throws HubError `loader.bad_document` with line and column where there are any.
 */
export function readDocument(text: string, name: string): JsonObject {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const root = looksLikeJson(source) ? readJson(source, name) : readYaml(source, name);
  if (!isObject(root)) throw badDocument(name, 'holds no object at its top level');
  return root;
}

/** The error for a document that cannot be used at all. */
export function badDocument(name: string, reason: string, cause?: unknown): HubError {
  return new HubError('loader.bad_document', `The OpenAPI document ${name} ${reason}.`, { cause });
}

function looksLikeJson(source: string): boolean {
  return /^\s*[{[]/.test(source);
}

function readJson(source: string, name: string): JsonValue {
  try {
    return parseJson(source, { maxBytes: MAX_DOCUMENT_BYTES, maxDepth: MAX_DOCUMENT_DEPTH });
  } catch (cause) {
    const message = messageOf(cause).replace(/\.$/, '');
    if (cause instanceof HubError && cause.code === 'json.invalid' && source.length <= MAX_YAML_BYTES) {
      // YAML's flow style also begins with a brace, and its parser always knows the line.
      const yaml = parseYaml(source);
      if ('value' in yaml && isObject(yaml.value)) return yaml.value;
      if ('reason' in yaml && !message.includes('line ')) throw badDocument(name, `is not JSON: ${yaml.reason}`, cause);
    }
    throw badDocument(name, `cannot be read: ${message}`, cause);
  }
}

function readYaml(source: string, name: string): JsonValue {
  if (Buffer.byteLength(source) > MAX_YAML_BYTES) {
    throw badDocument(name, `is larger than ${MAX_YAML_BYTES} bytes of YAML; as JSON it may be larger`);
  }
  const yaml = parseYaml(source);
  if ('value' in yaml) return yaml.value;
  throw badDocument(name, `is neither JSON nor YAML: ${yaml.reason}`);
}

function parseYaml(source: string): { value: JsonValue } | { reason: string } {
  const lines = new LineCounter();
  try {
    // Duplicate keys are a mistake of real documents; the last one counts, as in JSON.
    const document = parseDocument(source, {
      uniqueKeys: false,
      merge: true,
      strict: false,
      logLevel: 'silent',
      prettyErrors: false,
      lineCounter: lines,
    });
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      return { reason: `line ${line}, column ${col}: ${messageOf(error).slice(0, 200)}` };
    }
    return { value: toPlainTree(document.toJS({ maxAliasCount: MAX_ALIAS_COUNT })) };
  } catch (error) {
    return { reason: messageOf(error).slice(0, 200) };
  }
}

/** Copies a parsed value into a tree of JSON values, within bounds. */
function toPlainTree(root: unknown): JsonValue {
  const above = new Set<object>();
  let values = 0;
  const copy = (value: unknown): JsonValue => {
    if (++values > MAX_DOCUMENT_VALUES) throw new Error(`it holds more than ${MAX_DOCUMENT_VALUES} values`);
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : null;
    if (typeof value === 'bigint') return Number(value);
    if (typeof value !== 'object' || value === null || above.has(value)) return null;
    if (above.size >= MAX_DOCUMENT_DEPTH) throw new Error(`it is nested deeper than ${MAX_DOCUMENT_DEPTH} levels`);
    above.add(value);
    const result = Array.isArray(value) ? value.map(copy) : copyObject(value, copy);
    above.delete(value);
    return result;
  };
  return copy(root);
}

function copyObject(value: object, copy: (value: unknown) => JsonValue): JsonObject {
  const result: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (key !== '__proto__') result[key] = copy(member);
  }
  return result;
}
