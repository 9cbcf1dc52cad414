import { parse as parseToml, TomlDate, TomlError } from 'smol-toml';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument as parseYaml } from 'yaml';
import { HubError, messageOf } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';

/** Where a value stands: keys and list indexes from the top. */
export type ConfigPath = readonly (string | number)[];

/** A parsed configuration file. */
export interface ConfigDocument {
  value: JsonObject;
  /** Line (1 is the first) of the deepest part of `path` that is in the file. */
  lineOf(path: ConfigPath): number | undefined;
}

/** The ways to write a configuration file. */
export type ConfigFormat = 'yaml' | 'toml' | 'json';

/** Largest accepted configuration file in bytes. */
export const MAX_CONFIG_BYTES: number = 1024 * 1024;
/** Deepest accepted nesting of a configuration file. */
export const MAX_CONFIG_DEPTH = 64;
/** Most YAML aliases that are followed; more is a bomb. */
const MAX_YAML_ALIASES = 100;

/**
 * Parses a configuration file.
 *
 * @param shown - how messages name the file
 * @throws HubError `config.syntax` with file and line
 */
export function parseConfigDocument(text: string, format: ConfigFormat, shown: string): ConfigDocument {
  if (Buffer.byteLength(text) > MAX_CONFIG_BYTES) {
    throw new HubError('config.syntax', `${shown}: the file is larger than ${MAX_CONFIG_BYTES} bytes.`);
  }
  const document = PARSERS[format](text.replace(/^\uFEFF/, ''), shown);
  const value = toPlain(document.value ?? {}, 0, shown);
  if (!isObject(value)) throw new HubError('config.syntax', `${shown}:1: the file must hold settings by name.`);
  return { value, lineOf: document.lineOf };
}

interface Parsed {
  value: unknown;
  lineOf: ConfigDocument['lineOf'];
}

const PARSERS: Record<ConfigFormat, (text: string, shown: string) => Parsed> = {
  yaml: readYaml,
  json: readJson,
  toml: readToml,
};

function readYaml(text: string, shown: string): Parsed {
  const lines = new LineCounter();
  const document = parseYaml(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new HubError('config.syntax', `${shown}:${line}: not valid YAML, column ${col}: ${messageOf(problem)}`);
  }
  try {
    return { value: document.toJS({ maxAliasCount: MAX_YAML_ALIASES }), lineOf: yamlLines(document, lines) };
  } catch (cause) {
    throw new HubError('config.syntax', `${shown}: not valid YAML: ${messageOf(cause)}`, { cause });
  }
}

function readJson(text: string, shown: string): Parsed {
  let value: JsonValue;
  try {
    value = text.trim() === '' ? {} : parseJson(text, { maxBytes: MAX_CONFIG_BYTES, maxDepth: MAX_CONFIG_DEPTH });
  } catch (cause) {
    const line = /line (\d+)/.exec(messageOf(cause))?.[1];
    throw new HubError('config.syntax', `${shown}${line === undefined ? '' : `:${line}`}: ${messageOf(cause)}`, {
      cause,
    });
  }
  // JSON is YAML, and the YAML parser keeps positions.
  const lines = new LineCounter();
  return { value, lineOf: yamlLines(parseYaml(text, { lineCounter: lines, prettyErrors: false }), lines) };
}

function yamlLines(document: Document, lines: LineCounter): ConfigDocument['lineOf'] {
  return (path) => {
    let node: unknown = document.contents;
    let offset: number | undefined;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
        if (pair === undefined || !isScalar(pair.key)) break;
        offset = pair.key.range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        const item: unknown = node.items[Number(step)];
        if (item === undefined) break;
        if (isMap(item) || isSeq(item) || isScalar(item)) offset = item.range?.[0] ?? offset;
        node = item;
      } else break;
    }
    return offset === undefined ? undefined : lines.linePos(offset).line;
  };
}

function readToml(text: string, shown: string): Parsed {
  try {
    return { value: parseToml(text), lineOf: tomlLines(text) };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const what = cause.message.split('\n')[0]?.replace('Invalid TOML document: ', '') ?? '';
    throw new HubError('config.syntax', `${shown}:${cause.line}: not valid TOML, column ${cause.column}: ${what}`, {
      cause,
    });
  }
}

/** The TOML parser keeps no positions: the lines of tables and keys are found again in the text. */
function tomlLines(text: string): ConfigDocument['lineOf'] {
  const found = new Map<string, number>();
  const counts = new Map<string, number>();
  let table: (string | number)[] = [];
  const note = (path: ConfigPath, line: number): void => {
    for (let end = path.length; end > 0; end--) {
      const key = JSON.stringify(path.slice(0, end));
      if (!found.has(key)) found.set(key, line);
    }
  };
  text.split('\n').forEach((content, index) => {
    const header = /^\s*(\[\[?)\s*([^\]]+?)\s*\]/.exec(content);
    const key = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/.exec(content);
    if (header !== null) {
      table = [];
      const parts = tomlKeys(header[2] ?? '');
      parts.forEach((part, i) => {
        table.push(part);
        const name = JSON.stringify(table);
        const isLastOfArray = header[1] === '[[' && i === parts.length - 1;
        if (isLastOfArray) counts.set(name, (counts.get(name) ?? -1) + 1);
        const current = counts.get(name);
        if (current !== undefined) table.push(current);
      });
      note(table, index + 1);
    } else if (key !== null) note([...table, ...tomlKeys(key[1] ?? '')], index + 1);
  });
  return (path) => {
    for (let end = path.length; end > 0; end--) {
      const line = found.get(JSON.stringify(path.slice(0, end)));
      if (line !== undefined) return line;
    }
    return undefined;
  };
}

function tomlKeys(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** Only JSON's kinds of values go on; own keys only, so that `__proto__` is a key like any other or nothing at all. */
function toPlain(value: unknown, depth: number, shown: string): JsonValue {
  if (depth > MAX_CONFIG_DEPTH) {
    throw new HubError('config.syntax', `${shown}: the file is nested deeper than ${MAX_CONFIG_DEPTH} levels.`);
  }
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => toPlain(item, depth + 1, shown));
  if (value instanceof TomlDate || value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return String(value);
  const plain: JsonObject = {};
  for (const [key, child] of Object.entries(value)) {
    if (key === '__proto__') throw new HubError('config.syntax', `${shown}: the key __proto__ is not allowed.`);
    plain[key] = toPlain(child, depth + 1, shown);
  }
  return plain;
}
