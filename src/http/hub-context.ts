import type { Context, Env, MiddlewareHandler } from 'hono';
import { allows } from '../auth/permissions.ts';
import type { Action, Principal } from '../auth/principal.ts';
import type { SecretVault } from '../auth/secrets.ts';
import type { TokenAuthority } from '../auth/tokens.ts';
import { HubError } from '../base/errors.ts';
import type { HubConfig } from '../config/config.ts';
import type { Deployments } from '../hub/deployments.ts';
import type { Catalog } from '../registry/catalog.ts';
import type { RegistryStore } from '../store/store.ts';
import type { Publishers } from './publishers.ts';
import type { RequestAuth } from './request-auth.ts';

/** What the routes of the hub's own API work with. */
export interface HubContext {
  config: HubConfig;
  version: string;
  startedAt: Date;
  store: RegistryStore;
  catalog: Catalog;
  deployments: Deployments;
  tokens: TokenAuthority;
  vault: SecretVault;
  auth: RequestAuth;
  /** Who may publish, and how they get in. */
  publishers: Publishers;
  /** Public base URL without a trailing slash. */
  baseUrl(): string;
  /** True from the moment the hub begins to stop. */
  isDraining(): boolean;
}

/** Variables that the middleware sets for every route of the hub's API. */
export interface HubEnv extends Env {
  Variables: { principal: Principal };
}

/** Lets nobody through whom the hub does not know; an open hub knows everybody on this machine. */
export function requirePrincipal({ auth, config }: HubContext): MiddlewareHandler<HubEnv> {
  return async (c, next) => {
    const caller = await auth.identify(c.req.header('authorization'), config.auth.required);
    if ('refused' in caller) throw caller.refused;
    c.set('principal', caller.principal);
    await next();
  };
}

/** @throws HubError `auth.forbidden` unless the caller may do this to one of the resources. */
export function requirePermission(c: Context<HubEnv>, action: Action, ...resources: string[]): void {
  const principal = c.get('principal');
  if (resources.some((resource) => allows(principal, action, resource))) return;
  throw new HubError(
    'auth.forbidden',
    `"${principal.name}" may not do this. It takes the permission ${action}:${resources[0] ?? '*'}.`,
  );
}
