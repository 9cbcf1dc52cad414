import { HubError } from '../base/errors.ts';
import type { OpenApiAuth, OpenApiSettings } from '../config/settings.ts';
import type { LoadContext } from './loader.ts';

/** What every request carries, references replaced by values. */
export interface Access {
  /** Names in lower case. */
  headers: Record<string, string>;
  credentials: OpenApiAuth[];
  /** Header values that came from secrets. */
  secrets: string[];
}

/** Headers that belong to the message itself, and `content-type`, which belongs to the body. */
const FRAMING = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Replaces the references in headers and credentials.
 *
 * @throws HubError `secret.not_found`, `deployment.invalid` for a header that cannot be sent.
 */
export async function resolveAccess(settings: OpenApiSettings, context: Pick<LoadContext, 'resolve'>): Promise<Access> {
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, reference] of Object.entries(settings.headers ?? {})) {
    const key = name.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(key) || FRAMING.has(key)) {
      throw new HubError('deployment.invalid', `openapi.headers: ${JSON.stringify(name)} cannot be set.`);
    }
    const value = await context.resolve(reference);
    // A value with a line break would start a header of its own.
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new HubError('deployment.invalid', `openapi.headers.${name} holds characters that no header can carry.`);
    }
    headers[key] = value;
    if (reference.includes('${secret:')) secrets.push(value, value.replace(/^\S+\s+/, ''));
  }
  const credentials: OpenApiAuth[] = [];
  for (const credential of settings.auth ?? []) credentials.push(await resolveCredential(credential, context));
  return { headers, credentials, secrets };
}

async function resolveCredential(
  credential: OpenApiAuth,
  { resolve }: Pick<LoadContext, 'resolve'>,
): Promise<OpenApiAuth> {
  const value = async (text: string): Promise<string> => {
    const resolved = (await resolve(text)).trim();
    if (resolved === '' || /[^\t\x20-\x7e\x80-\xff]/.test(resolved)) {
      throw new HubError(
        'deployment.invalid',
        `openapi.auth: the ${credential.type} credential is empty or holds characters that no header can carry.`,
      );
    }
    return resolved;
  };
  switch (credential.type) {
    case 'bearer':
      return { ...credential, token: await value(credential.token) };
    case 'apiKey':
      return { ...credential, value: await value(credential.value) };
    case 'basic':
      return {
        ...credential,
        username: await resolve(credential.username),
        // A key as user name with an empty password is how several APIs use basic authentication.
        password: await resolve(credential.password),
      };
  }
}
