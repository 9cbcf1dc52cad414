import { createHash } from 'node:crypto';

/** Longest tool name; the model APIs take no more. */
export const MAX_TOOL_NAME = 64;
/** Longest argument name, for the same reason. */
export const MAX_ARGUMENT_NAME = 64;
const HASH_LENGTH = 8;

/** What a tool name is made from. */
export interface Nameable {
  operationId?: string;
  method: string;
  path: string;
}

/**
 * Gives every operation its tool name: the operationId, else method and path, with `_` for everything that is no letter
 * or digit. Names are at most 64 characters of `[A-Za-z0-9_]`, never empty and never two alike. They depend on the
 * operation itself, not on its position: where names would be alike or too long, all of them end in a hash of method
 * and path.
 */
export function nameOperations<T extends Nameable>(operations: readonly T[]): Map<T, string> {
  const groups = new Map<string, T[]>();
  for (const operation of operations) {
    const base = baseName(operation);
    const group = groups.get(base);
    if (group) group.push(operation);
    else groups.set(base, [operation]);
  }
  const names = new Map<T, string>();
  const taken = new Set<string>();
  const crowded: [T, string][] = [];
  for (const [base, [first, ...others]] of groups) {
    if (first === undefined) continue;
    if (others.length === 0 && base.length <= MAX_TOOL_NAME) {
      names.set(first, base);
      taken.add(base);
    } else crowded.push(...[first, ...others].map((operation): [T, string] => [operation, base]));
  }
  crowded.sort(([a], [b]) => (identity(a) < identity(b) ? -1 : 1));
  for (const [operation, base] of crowded) {
    for (let round = 0; ; round++) {
      const name = withHash(base, identity(operation) + (round === 0 ? '' : ` ${round}`));
      if (taken.has(name)) continue;
      names.set(operation, name);
      taken.add(name);
      break;
    }
  }
  return names;
}

function baseName(operation: Nameable): string {
  const fromId = slug(operation.operationId ?? '');
  return fromId !== '' ? fromId : slug(`${operation.method.toLowerCase()} ${operation.path}`) || 'operation';
}

function identity({ method, path, operationId = '' }: Nameable): string {
  return `${method} ${path} ${operationId}`;
}

function slug(text: string): string {
  return text
    .slice(0, 1000)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

function withHash(base: string, text: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
  return `${base.slice(0, MAX_TOOL_NAME - HASH_LENGTH - 1).replace(/_+$/, '')}_${hash}`;
}

/** Words for the characters that tell names apart in real documents, e.g. `StartTime<` and `StartTime>`. */
const SPELLED: readonly (readonly [RegExp, string])[] = [
  [/<=$/, '_lte'],
  [/>=$/, '_gte'],
  [/<$/, '_lt'],
  [/>$/, '_gt'],
  [/!$/, '_not'],
];

/** An argument name made of a document's name: at most 64 characters of `[A-Za-z0-9_.-]`, which is what model APIs take. */
export function argumentName(name: string): string {
  if (/^[A-Za-z0-9_.-]{1,64}$/.test(name) && name !== '__proto__') return name;
  let text = name
    .slice(0, 1000)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '');
  for (const [pattern, word] of SPELLED) text = text.replace(pattern, word);
  text = text.replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/^_+|_+$/g, '');
  return text.slice(0, MAX_ARGUMENT_NAME) || 'argument';
}

/** The first of `name`, `name_2`, `name_3` … that is free, within the length limit; it is then taken. */
export function claimName(name: string, taken: Set<string>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name.slice(0, MAX_ARGUMENT_NAME - 5)}_${i}`;
  taken.add(free);
  return free;
}
