import type { Permission, Principal } from '../auth/principal.ts';
import { isRegistryToken, type RegistryTokens } from '../auth/registry-jwt.ts';
import type { TokenAuthority } from '../auth/tokens.ts';
import { HubError } from '../base/errors.ts';

/** The principal of a request, or why it has none. */
export type Caller = { principal: Principal } | { refused: HubError };

/** Finds out who sends a request. */
export interface RequestAuth {
  /**
   * Takes the value of the `Authorization` header. Without one, `required` decides between a refusal and the local
   * principal of an open hub. A credential that is sent must be right, on an open hub too.
   */
  identify(authorization: string | undefined, required: boolean): Promise<Caller>;
}

const EVERYTHING: readonly Permission[] = [{ action: 'admin', pattern: '*' }];

/** Who calls an open hub without a credential: somebody on this machine, who may do all. */
const LOCAL: Principal = { id: 'local', name: 'local', kind: 'local', permissions: EVERYTHING };

/** Which registry tokens are taken besides the tokens of the hub. */
export interface RegistryTokenPolicy {
  tokens: RegistryTokens;
  /** By the method of the login, e.g. `dns`. */
  accepts(method: string): boolean;
}

/** Makes a {@link RequestAuth} over the token authority. */
export function createRequestAuth(tokens: TokenAuthority, registry?: RegistryTokenPolicy): RequestAuth {
  return {
    async identify(authorization, required) {
      if (authorization === undefined || authorization === '') {
        if (!required) return { principal: LOCAL };
        return refuse('auth.missing', 'This needs a bearer token: send "Authorization: Bearer <token>".');
      }
      const bearer = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
      if (bearer === undefined) {
        return refuse('auth.invalid', "Invalid Authorization header format. Expected 'Bearer <token>'");
      }
      const principal = await tokens.authenticate(bearer);
      if (principal !== undefined) return { principal };
      if (registry !== undefined && isRegistryToken(bearer)) return byRegistryToken(registry, bearer);
      return refuse('auth.invalid', 'The bearer token is unknown, revoked or expired.');
    },
  };
}

async function byRegistryToken({ tokens, accepts }: RegistryTokenPolicy, bearer: string): Promise<Caller> {
  const read = await tokens.verify(bearer);
  if (!read.ok) return refuse('auth.invalid', `The registry token is not valid: ${read.message}.`);
  if (accepts(read.method)) return { principal: read.principal };
  return refuse('auth.invalid', `A registry token from the login "${read.method}" is for the registry API only.`);
}

function refuse(code: 'auth.missing' | 'auth.invalid', message: string): Caller {
  return { refused: new HubError(code, message) };
}
