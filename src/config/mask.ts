import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { isSecretName } from '../telemetry/redact.ts';
import type { HubConfig } from './config.ts';

/** What stands in the place of a secret. */
export const MASK = '***';

/** All values below these keys are masked: what is put there is mostly a secret, and not everybody names it so. */
const SECRET_GROUPS: ReadonlySet<string> = new Set(['headers', 'env', 'variables']);
const SECRET_OPTION = /(token|password|passwd|secret|credential|key|auth|pat)$/i;

const remembered = new WeakMap<HubConfig, ReadonlySet<string>>();

/** Keeps, beside a configuration, the texts that came from the environment or from files. */
export function rememberSecrets(config: HubConfig, secrets: ReadonlySet<string>): void {
  remembered.set(config, secrets);
}

/** Whether a value under this key is a secret by its name; the `value` of an API key is one. */
export function isSecretKey(key: string): boolean {
  return key === 'value' || isSecretName(key);
}

/**
 * A copy of a configuration that may be shown: `***` stands for tokens, passwords, headers, environment values,
 * credentials inside addresses and arguments, and every text that came from the environment or from a file.
 * References such as `${secret:NAME}` are no secrets and stay.
 */
export function maskConfig(config: HubConfig): JsonObject {
  const secrets = remembered.get(config) ?? new Set<string>();
  const plain = JSON.parse(JSON.stringify(config)) as JsonObject;
  const visit = (value: JsonValue, key: string | undefined, inGroup: boolean): JsonValue => {
    if (typeof value === 'string') return maskText(value, inGroup || (key !== undefined && isSecretKey(key)), secrets);
    if (Array.isArray(value)) {
      return key === 'args' ? maskArguments(value, secrets) : value.map((item) => visit(item, key, inGroup));
    }
    if (!isObject(value)) return inGroup ? MASK : value;
    const copy: JsonObject = {};
    for (const [name, child] of Object.entries(value)) {
      if (child !== undefined) copy[name] = visit(child, name, inGroup || SECRET_GROUPS.has(name));
    }
    return copy;
  };
  return visit(plain, undefined, false) as JsonObject;
}

function maskText(text: string, isSecret: boolean, secrets: ReadonlySet<string>): string {
  if (text === '' || isReference(text)) return text;
  return isSecret || secrets.has(text) ? MASK : maskAddress(text);
}

/** Nothing but references and the words around them that say how they are used (`Bearer ${secret:X}`). */
function isReference(text: string): boolean {
  return /^((Bearer|Basic|Token) )?\$\{(secret|hub):[^}]+\}$/i.test(text);
}

/** Hides the password, and query values with telling names, of an address. */
export function maskAddress(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@\s:]*):[^/?#\s]*@/i, `$1:${MASK}@`)
    .replace(/([?&])([^=&#]+)=([^&#]*)/g, (whole, mark: string, name: string) =>
      SECRET_OPTION.test(name) ? `${mark}${name}=${MASK}` : whole,
    );
}

/** Hides `--token=x`, and the argument after `--token`. */
function maskArguments(args: JsonValue[], secrets: ReadonlySet<string>): JsonValue[] {
  let nextIsSecret = false;
  return args.map((arg) => {
    if (typeof arg !== 'string') return arg;
    const isSecret = nextIsSecret && !arg.startsWith('-');
    const option = /^(--?[\w-]+|[A-Z][A-Z0-9_]*)(=(.*))?$/s.exec(arg);
    const isTelling = option !== null && SECRET_OPTION.test(option[1] ?? '');
    nextIsSecret = isTelling && option[2] === undefined && arg.startsWith('-');
    if (isTelling && option[2] !== undefined && !isReference(option[3] ?? '')) return `${option[1]}=${MASK}`;
    return maskText(arg, isSecret, secrets);
  });
}
