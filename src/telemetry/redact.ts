/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

const SECRET_NAME =
  /^(token|password|passwd|secret|credential|cookie|set-cookie|(proxy-)?authorization)s?$|(token|password|passwd|secret|credential|api[_-]?key|private[_-]?key|access[_-]?key)$/i;
/** Groups of values that are secrets often enough to leave all of them out. */
const SECRET_GROUPS: ReadonlySet<string> = new Set(['headers', 'env', 'variables', 'argv']);

/** Deepest part of a logged object that is looked at; below it nothing is written. */
const MAX_DEPTH = 8;
/** Most members of one logged object or list. */
const MAX_MEMBERS = 200;

/** Whether a value under this name is a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/**
 * Takes out of a text what looks like a credential: bearer and basic credentials, tokens of this hub, the password of
 * an address, and query values with telling names.
 */
export function redactText(text: string): string {
  return text
    .replace(/\b(Bearer|Basic)[ \t]+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`)
    .replace(/\bmcphub_[\w-]{16,}/g, REDACTED)
    .replace(/(\w:\/\/[^/\s:@"\\]{0,200}):[^/\s@"\\]{1,500}@/g, `$1:${REDACTED}@`)
    .replace(/([?&][\w-]{0,40}(?:token|key|secret|password|signature|sig)=)[^&\s"#\\]+/gi, `$1${REDACTED}`);
}

/**
 * A copy of what is logged, without the values of fields that are secrets by their names, at any depth. Numbers and
 * booleans stay. Errors are left to their own serializer.
 */
export function redactFields(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return REDACTED;
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map((item) => redactFields(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value).slice(0, MAX_MEMBERS)) {
    const isSecret = SECRET_GROUPS.has(name) || isSecretName(name);
    const hides = isSecret && child !== null && (typeof child === 'string' || typeof child === 'object');
    copy[name] = hides ? REDACTED : redactFields(child, depth + 1);
  }
  return copy;
}
