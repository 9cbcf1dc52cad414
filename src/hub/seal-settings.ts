import { isObject } from '../base/json.ts';
import type { DeploymentSettings, OpenApiAuth } from '../config/settings.ts';
import type { ServerDocument } from '../store/entry.ts';
import { isSecretReference } from './references.ts';

/** Keeps a value under a name in the sealed store. */
export type Seal = (name: string, value: string) => Promise<void>;

const SECRET_LIKE = /key|token|secret|pass|auth|credential|cookie|private|session/i;

/**
 * Replaces secret values in settings by references to sealed secrets named `<slug>.<what>`, so that a deployment never
 * holds a secret. Sealed are: every header, every credential of a REST API, and each environment value that the entry
 * declares secret or whose name looks like one.
 */
export async function sealSettings(
  slug: string,
  settings: DeploymentSettings,
  document: ServerDocument,
  seal: Seal,
): Promise<DeploymentSettings> {
  const declared = declaredSecrets(document);
  const keep = async (what: string, value: string): Promise<string> => {
    if (isSecretReference(value)) return value;
    const name = `${slug}.${what}`;
    await seal(name, value);
    return `\${secret:${name}}`;
  };
  const keepAll = async (
    values: Record<string, string> | undefined,
    prefix: string,
    isSecret: (name: string) => boolean,
  ): Promise<Record<string, string> | undefined> => {
    if (values === undefined) return undefined;
    const kept: Record<string, string> = {};
    for (const [name, value] of Object.entries(values)) {
      kept[name] = isSecret(name) && !value.includes('${secret:') ? await keep(`${prefix}.${name}`, value) : value;
    }
    return kept;
  };
  const looksSecret = (name: string): boolean => declared.has(name) || SECRET_LIKE.test(name);
  const env = await keepAll(settings.env, 'env', looksSecret);
  const variables = await keepAll(settings.variables, 'variable', looksSecret);
  const headers = await keepAll(settings.headers, 'header', () => true);
  const remote = settings.remote && {
    ...settings.remote,
    ...(settings.remote.headers && { headers: await keepAll(settings.remote.headers, 'header', () => true) }),
  };
  const openapi = settings.openapi && {
    ...settings.openapi,
    ...(settings.openapi.headers && { headers: await keepAll(settings.openapi.headers, 'header', () => true) }),
    ...(settings.openapi.auth && {
      auth: await Promise.all(settings.openapi.auth.map((auth, i) => sealAuth(auth, i, keep))),
    }),
  };
  return {
    ...settings,
    ...(env && { env }),
    ...(variables && { variables }),
    ...(headers && { headers }),
    ...(remote && { remote }),
    ...(openapi && { openapi }),
  } as DeploymentSettings;
}

async function sealAuth(
  auth: OpenApiAuth,
  index: number,
  keep: (what: string, value: string) => Promise<string>,
): Promise<OpenApiAuth> {
  if (auth.type === 'bearer') return { ...auth, token: await keep(`auth.${index}`, auth.token) };
  if (auth.type === 'basic') return { ...auth, password: await keep(`auth.${index}`, auth.password) };
  return { ...auth, value: await keep(`auth.${index}`, auth.value) };
}

/** Names that the entry marks `isSecret`, among its environment variables, headers and variables. */
function declaredSecrets(document: ServerDocument): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown, key: string | undefined, depth: number): void => {
    if (depth > 8) return;
    if (Array.isArray(value)) for (const item of value) visit(item, undefined, depth + 1);
    if (!isObject(value)) return;
    const name = typeof value.name === 'string' ? value.name : key;
    if (value.isSecret === true && name !== undefined) names.add(name);
    for (const [childKey, child] of Object.entries(value)) visit(child, childKey, depth + 1);
  };
  visit(document.packages, undefined, 0);
  visit(document.remotes, undefined, 0);
  return names;
}
