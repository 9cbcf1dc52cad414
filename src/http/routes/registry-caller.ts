import type { Principal } from '../../auth/principal.ts';
import { HubError } from '../../base/errors.ts';
import type { RegistryRoutesDeps } from './registry-deps.ts';

/**
 * Who sends a write.
 *
 * The registry answers any origin, so a page in the operator's browser could write to a hub that asks for no token.
 * A request that carries no credentials of its own and comes from a foreign page is therefore refused.
 *
 * @throws HubError `request.origin`, or the refusal of `deps.authenticate`.
 */
export async function identify(deps: RegistryRoutesDeps, request: Request): Promise<Principal> {
  const origin = request.headers.get('origin');
  if (origin !== null && !request.headers.has('authorization') && !isOwnOrigin(deps, request, origin)) {
    throw new HubError(
      'request.origin',
      `A page of ${origin.slice(0, 200)} may not write here without a token. List it in api.allowedOrigins, or send one.`,
    );
  }
  const caller = await deps.authenticate(request);
  if (caller instanceof HubError) throw caller;
  return caller;
}

function isOwnOrigin(deps: RegistryRoutesDeps, request: Request, origin: string): boolean {
  if (deps.allowedOrigins?.some((allowed) => allowed === origin || allowed === '*')) return true;
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return URL.canParse(origin) && new URL(origin).host === host;
}
