import { createPrivateKey, createPublicKey } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { HubError } from '../base/errors.ts';
import { isObject } from '../base/json.ts';
import { parsePermission } from './permissions.ts';
import type { Permission, Principal } from './principal.ts';

/** What a registry token says. */
export interface RegistryClaims {
  /** How the holder proved who they are, e.g. `dns`. */
  method: string;
  /** Who: a login, a domain, a subject. */
  subject: string;
  permissions: readonly Permission[];
}

/** The holder of a registry token, or why it is not right. */
export type RegistryTokenOutcome = { ok: true; principal: Principal; method: string } | { ok: false; message: string };

/** Makes and reads the short-lived tokens that logins give (registry-api.md, section 9.1). */
export interface RegistryTokens {
  /** @throws HubError `request.invalid` when the permissions are too many for a token that fits into a header. */
  issue(claims: RegistryClaims): Promise<{ token: string; expiresAt: Date }>;
  verify(token: string): Promise<RegistryTokenOutcome>;
}

/** What {@link createRegistryTokens} needs. */
export interface RegistryTokensOptions {
  /** 32 bytes that nothing else uses: the seed of an Ed25519 key. */
  seed: Buffer;
  lifeSeconds: number;
  clock?: () => Date;
}

/** Longest registry token, in characters: all headers of a request have 16 KiB together. */
export const MAX_REGISTRY_TOKEN_LENGTH: number = 12 * 1024;

const ISSUER = 'mcp-registry';
const SEED_BYTES = 32;
/** What stands before the seed of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Whether a bearer token has the form of a registry token: three parts with dots. Tokens of the hub have none. */
export function isRegistryToken(bearer: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(bearer);
}

/** Makes {@link RegistryTokens}. Every replica with the same hub key takes the tokens of the others. */
export function createRegistryTokens(options: RegistryTokensOptions): RegistryTokens {
  const clock = options.clock ?? (() => new Date());
  if (options.seed.length !== SEED_BYTES) throw new RangeError(`A seed has ${SEED_BYTES} bytes.`);
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, options.seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  return {
    async issue({ method, subject, permissions }) {
      const now = Math.floor(clock().getTime() / 1000);
      const exp = now + options.lifeSeconds;
      const token = await new SignJWT({
        auth_method: method,
        auth_method_sub: subject,
        permissions: permissions.map(({ action, pattern }) => ({ action, resource: pattern })),
      })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(exp)
        .sign(privateKey);
      if (token.length > MAX_REGISTRY_TOKEN_LENGTH) {
        throw new HubError(
          'request.invalid',
          `A token with ${permissions.length} permissions is too long for a header. Use an account with fewer, or a token of the hub.`,
        );
      }
      return { token, expiresAt: new Date(exp * 1000) };
    },

    async verify(token) {
      if (token.length > MAX_REGISTRY_TOKEN_LENGTH) return { ok: false, message: 'the token is too long' };
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: ['EdDSA'],
          requiredClaims: ['exp'],
          currentDate: clock(),
        });
        const method = textOf(payload.auth_method);
        const subject = textOf(payload.auth_method_sub);
        return {
          ok: true,
          method,
          principal: {
            id: `publisher:${method}:${subject}`,
            name: subject,
            kind: 'token',
            permissions: permissionsOf(payload.permissions),
          },
        };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return { ok: false, message: 'the token has expired: log in again' };
        const message = error instanceof errors.JOSEError ? error.message : 'the token cannot be read';
        return { ok: false, message };
      }
    },
  };
}

function permissionsOf(claim: unknown): Permission[] {
  if (!Array.isArray(claim)) return [];
  return claim.flatMap((entry: unknown) => {
    if (!isObject(entry)) return [];
    const result = parsePermission(`${textOf(entry.action)}:${textOf(entry.resource)}`);
    return result.ok ? [result.permission] : [];
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
