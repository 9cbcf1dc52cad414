import { ACTIONS, type Action, type Permission, type Principal } from './principal.ts';

/** Longest accepted permission text; longer ones are a mistake or an attack. */
export const MAX_PERMISSION_LENGTH = 300;

/** A permission that was understood, or the reason why it was not. */
export type PermissionResult =
  | { ok: true; permission: Permission }
  | { ok: false; reason: 'empty' | 'too_long' | 'unknown_action' | 'bad_pattern'; message: string };

/** Actions whose pattern names servers of the catalogue; server names are the same in any case. */
const NAME_ACTIONS: ReadonlySet<Action> = new Set(['read', 'publish', 'edit', 'review']);

/**
 * Reads a permission: `action:pattern`, or `admin` or `*` alone for everything.
 * A pattern is `*` (all), ends with one `*` (what begins so), or is equal to one name. `admin` knows no pattern but `*`:
 * a limited administrator could lift the limit.
 */
export function parsePermission(text: string): PermissionResult {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  if (text === '') return refuse('empty', 'A permission is empty.');
  if (text.length > MAX_PERMISSION_LENGTH) {
    return refuse('too_long', `The permission ${shown} is longer than ${MAX_PERMISSION_LENGTH} characters.`);
  }
  if (text === '*' || text === 'admin') return { ok: true, permission: { action: 'admin', pattern: '*' } };
  const colon = text.indexOf(':');
  const word = colon < 0 ? text : text.slice(0, colon);
  const action = ACTIONS.find((known) => known === word);
  if (action === undefined) {
    return refuse('unknown_action', `The permission ${shown} begins with no known action: ${ACTIONS.join(', ')}.`);
  }
  if (colon < 0) return refuse('bad_pattern', `The permission ${shown} names no target. For all, write "${word}:*".`);
  const pattern = text.slice(colon + 1);
  if (pattern === '') {
    return refuse('bad_pattern', `The permission ${shown} has nothing after the colon. For all, write "${word}:*".`);
  }
  if (!/^[\x21-\x7e]+$/.test(pattern)) {
    return refuse('bad_pattern', `The pattern of ${shown} holds a blank or a character outside of ASCII.`);
  }
  if (pattern.slice(0, -1).includes('*')) {
    return refuse('bad_pattern', `In ${shown} a * stands before the end. It may be the last character only.`);
  }
  if (action === 'admin' && pattern !== '*') {
    return refuse(
      'bad_pattern',
      `${shown} limits an administrator, which cannot be done. Write "admin", or other actions.`,
    );
  }
  return { ok: true, permission: { action, pattern } };
}

function refuse(reason: Exclude<PermissionResult, { ok: true }>['reason'], message: string): PermissionResult {
  const hint =
    reason === 'bad_pattern' ? '' : ' A permission is "action:pattern", for example "publish:com.example/*".';
  return { ok: false, reason, message: `${message}${hint}` };
}

/** The text of a permission, as {@link parsePermission} reads it. */
export function formatPermission(permission: Permission): string {
  return permission.action === 'admin' ? 'admin' : `${permission.action}:${permission.pattern}`;
}

/**
 * Whether a principal may do `action` to `resource` (a server name, or a slug for `call` and `deploy`).
 * `admin` may do everything. Server names are compared without case.
 */
export function allows(principal: Principal, action: Action, resource: string): boolean {
  return principal.permissions.some(
    (permission) =>
      permission.action === 'admin' ||
      (permission.action === action && matches(permission.pattern, resource, NAME_ACTIONS.has(action))),
  );
}

/** The patterns on which a principal may do `action`, for messages such as "you may publish: …". */
export function describePermissions(principal: Principal, action: Action): string[] {
  if (principal.permissions.some((permission) => permission.action === 'admin')) return ['*'];
  const patterns = principal.permissions.filter((permission) => permission.action === action).map((it) => it.pattern);
  return [...new Set(patterns)];
}

function matches(pattern: string, resource: string, withoutCase: boolean): boolean {
  if (pattern === '*') return true;
  const wanted = withoutCase ? lowerAscii(pattern) : pattern;
  const given = withoutCase ? lowerAscii(resource) : resource;
  return wanted.endsWith('*') ? given.startsWith(wanted.slice(0, -1)) : given === wanted;
}

/** Unicode folding would make other letters equal to ASCII ones (the Kelvin sign to k): only A to Z are folded. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
