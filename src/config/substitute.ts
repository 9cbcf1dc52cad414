import { open } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { ConfigPath } from './document.ts';
import type { ConfigProblem } from './problem.ts';

/** Where references take their values from. */
export interface SubstituteSources {
  env: NodeJS.ProcessEnv;
  /** Relative paths in `${file:…}` are relative to this folder. */
  baseDir: string;
}

/** A configuration with its references replaced. */
export interface Substituted {
  value: JsonObject;
  /** Keys (`JSON.stringify(path)`) of the strings that held a reference. */
  replaced: Set<string>;
  /** Whole strings that came from the environment or from a file, for masking. */
  secrets: Set<string>;
  problems: ConfigProblem[];
}

/** Largest file that `${file:…}` reads, in bytes. */
const MAX_REFERENCED_BYTES: number = 64 * 1024;

/** Keys whose values belong to others: a null there means something, and stays. */
const FOREIGN_KEYS: ReadonlySet<string> = new Set(['document', 'options']);

const REFERENCE = /\$?\$\{(env|file):([^}]*)\}/g;

/**
 * Replaces `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}` in every string value; `$${…}` stands for itself
 * with one `$`. Other references (`${secret:…}`, `${hub:…}`) stay for later. Keys without a value are left out.
 */
export async function substitute(value: JsonObject, sources: SubstituteSources): Promise<Substituted> {
  const result: Substituted = { value: {}, replaced: new Set(), secrets: new Set(), problems: [] };
  result.value = await visitObject(value, []);
  return result;

  async function visit(item: JsonValue, at: ConfigPath): Promise<JsonValue> {
    if (typeof item === 'string') return item.includes('${') ? replace(item, at) : item;
    if (Array.isArray(item)) {
      const list: JsonValue[] = [];
      for (const [index, child] of item.entries()) list.push(await visit(child, [...at, index]));
      return list;
    }
    return isObject(item) ? visitObject(item, at) : item;
  }

  async function visitObject(item: JsonObject, at: ConfigPath): Promise<JsonObject> {
    const copy: JsonObject = {};
    const keepsNulls = at.some((step) => typeof step === 'string' && FOREIGN_KEYS.has(step));
    for (const [key, child] of Object.entries(item)) {
      if (child === undefined || (child === null && !keepsNulls)) continue;
      copy[key] = await visit(child, [...at, key]);
    }
    return copy;
  }

  async function replace(text: string, at: ConfigPath): Promise<string> {
    let out = '';
    let end = 0;
    let fromOutside = false;
    for (const match of text.matchAll(REFERENCE)) {
      const [whole, kind = '', body = ''] = match;
      out += text.slice(end, match.index);
      end = match.index + whole.length;
      if (whole.startsWith('$$')) {
        out += whole.slice(1);
        continue;
      }
      const found = kind === 'env' ? fromEnvironment(body, sources.env) : await fromFile(body, sources.baseDir);
      if ('problem' in found) {
        result.problems.push({ code: 'config.missing_variable', path: at, message: found.problem });
        continue;
      }
      out += found.text;
      fromOutside ||= !found.isDefault;
      result.replaced.add(JSON.stringify(at));
    }
    out += text.slice(end);
    if (fromOutside && out !== '') result.secrets.add(out);
    return out;
  }
}

type Found = { text: string; isDefault: boolean } | { problem: string };

function fromEnvironment(body: string, env: NodeJS.ProcessEnv): Found {
  const cut = body.indexOf(':-');
  const name = cut < 0 ? body : body.slice(0, cut);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return { problem: `"\${env:${body}}" names no environment variable; write \${env:NAME} or \${env:NAME:-default}.` };
  }
  const value = env[name];
  // As in a shell, `:-` also stands in for an empty value.
  if (cut >= 0 && (value === undefined || value === '')) return { text: body.slice(cut + 2), isDefault: true };
  if (value === undefined) {
    return {
      problem: `the environment variable ${name} is not set; set it, or give a default with \${env:${name}:-default}.`,
    };
  }
  return { text: value, isDefault: false };
}

async function fromFile(body: string, baseDir: string): Promise<Found> {
  if (body === '') return { problem: `"\${file:}" names no file; write \${file:/path/to/file}.` };
  const file = path.resolve(baseDir, body);
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    return { problem: `the file ${file} cannot be read (${messageOf(error)}).` };
  }
  try {
    const buffer = Buffer.alloc(MAX_REFERENCED_BYTES + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    if (bytesRead > MAX_REFERENCED_BYTES) return { problem: `${file} is larger than ${MAX_REFERENCED_BYTES} bytes.` };
    return { text: buffer.toString('utf8', 0, bytesRead).replace(/\r?\n$/, ''), isDefault: false };
  } catch (error) {
    return { problem: `the file ${file} cannot be read (${messageOf(error)}).` };
  } finally {
    await handle.close();
  }
}
