import type { OwnTokenHolder } from '../auth/namespaces/github.ts';
import { createNamespaceProofs } from '../auth/namespaces/index.ts';
import { createPublisherLogin, type PublisherLogin } from '../auth/publisher-login.ts';
import { createRegistryTokens } from '../auth/registry-jwt.ts';
import { deriveKey } from '../auth/secrets.ts';
import { MAX_TOKEN_LIFE_SECONDS, type TokenAuthority } from '../auth/tokens.ts';
import type { HubConfig } from '../config/config.ts';
import type { Net } from '../net/net.ts';
import { createRequestAuth, type RequestAuth } from './request-auth.ts';

/** Who may publish, and how they get in. */
export interface Publishers {
  login: PublisherLogin;
  /** For the registry API: takes every token of the hub and every registry token. */
  registryAuth: RequestAuth;
  /**
   * For everything else: of the registry tokens it takes only those of the operator's own identity providers. Others
   * prove that somebody owns a name, not that the hub knows them.
   */
  hubAuth: RequestAuth;
}

/** What {@link createPublishers} needs. */
export interface PublishersOptions {
  config: HubConfig;
  net: Net;
  tokens: TokenAuthority;
  hubKey: Buffer;
}

/** Makes {@link Publishers}. @throws HubError `config.bad_value` */
export function createPublishers({ config, net, tokens, hubKey }: PublishersOptions): Publishers {
  const registryTokens = createRegistryTokens({
    seed: deriveKey(hubKey, 'registry-jwt'),
    lifeSeconds: config.auth.publish.tokenLifeSeconds,
  });
  const proofs = createNamespaceProofs({
    config: config.auth,
    net,
    publicUrl: config.hub.publicUrl,
    ownToken: (token) => holderOf(tokens, token),
  });
  const { blockedNamespaces } = config.auth.publish;
  return {
    login: createPublisherLogin({ proofs, tokens: registryTokens, blockedNamespaces }),
    registryAuth: createRequestAuth(tokens, { tokens: registryTokens, accepts: () => true }),
    hubAuth: createRequestAuth(tokens, { tokens: registryTokens, accepts: (method) => method === 'oidc' }),
  };
}

/** The token itself is handed back, so that revoking it works at once. */
async function holderOf(tokens: TokenAuthority, token: string): Promise<OwnTokenHolder | undefined> {
  const principal = await tokens.authenticate(token);
  if (principal === undefined) return undefined;
  const view = (await tokens.list()).find(({ id }) => principal.id === `token:${id}`);
  const expiresAt =
    view?.expiresAt === undefined ? new Date(Date.now() + MAX_TOKEN_LIFE_SECONDS * 1000) : new Date(view.expiresAt);
  return { subject: principal.name, permissions: principal.permissions, token: { value: token, expiresAt } };
}
