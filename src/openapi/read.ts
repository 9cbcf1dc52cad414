import { HubError, messageOf } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { parseYaml } from './yaml.ts';

/** Largest accepted JSON document. */
export const MAX_DOCUMENT_BYTES: number = 32 * 1024 * 1024;
/** Largest accepted YAML document: its parser needs a second for four megabytes, and much more memory than JSON's. */
export const MAX_YAML_BYTES: number = 8 * 1024 * 1024;
/** Deepest accepted nesting. */
export const MAX_DOCUMENT_DEPTH = 256;
/** Values that a document may hold, in YAML after its aliases are written out: each costs memory, however short. */
export const MAX_DOCUMENT_VALUES = 3_000_000;

const YAML_LIMITS = { maxBytes: MAX_DOCUMENT_BYTES, maxDepth: MAX_DOCUMENT_DEPTH, maxValues: MAX_DOCUMENT_VALUES };

/**
 * Reads an OpenAPI document, JSON or YAML 1.2, told apart by its text. The result is a tree of plain JSON values: YAML
 * aliases are copied, keys are strings, and a value that contains itself is cut with `null`.
 *
 * @param name what messages call the document: a path, a URL without its query.
 * @throws HubError `loader.bad_document` with line and column where there are any; the signal's reason when it fires.
 */
export async function readDocument(text: string, name: string, signal?: AbortSignal): Promise<JsonObject> {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const root = looksLikeJson(source) ? await readJson(source, name, signal) : await readYaml(source, name, signal);
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

async function readJson(source: string, name: string, signal?: AbortSignal): Promise<JsonValue> {
  if (countSeparators(source) > MAX_DOCUMENT_VALUES) {
    throw badDocument(name, `holds more than ${MAX_DOCUMENT_VALUES} values`);
  }
  try {
    return parseJson(source, { maxBytes: MAX_DOCUMENT_BYTES, maxDepth: MAX_DOCUMENT_DEPTH });
  } catch (cause) {
    const message = messageOf(cause).replace(/\.$/, '');
    if (cause instanceof HubError && cause.code === 'json.invalid' && source.length <= MAX_YAML_BYTES) {
      // YAML's flow style also begins with a brace, and its parser always knows the line.
      const yaml = await parseYaml(source, YAML_LIMITS, signal);
      signal?.throwIfAborted();
      if ('value' in yaml && isObject(yaml.value)) return yaml.value;
      if ('reason' in yaml && !message.includes('line ')) throw badDocument(name, `is not JSON: ${yaml.reason}`, cause);
    }
    throw badDocument(name, `cannot be read: ${message}`, cause);
  }
}

/** At least as many as there are values; separators inside texts count as well. */
function countSeparators(source: string): number {
  let count = 0;
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i);
    if (code === 0x2c || code === 0x7b || code === 0x5b) count++;
  }
  return count;
}

async function readYaml(source: string, name: string, signal?: AbortSignal): Promise<JsonValue> {
  if (Buffer.byteLength(source) > MAX_YAML_BYTES) {
    throw badDocument(name, `is larger than ${MAX_YAML_BYTES} bytes of YAML; as JSON it may be larger`);
  }
  const yaml = await parseYaml(source, YAML_LIMITS, signal);
  signal?.throwIfAborted();
  if ('value' in yaml) return yaml.value;
  throw badDocument(name, `is neither JSON nor YAML: ${yaml.reason}`);
}
