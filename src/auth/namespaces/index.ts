import { HubError } from '../../base/errors.ts';
import type { OidcIssuerConfig, PublishingConfig } from '../../config/publishing.ts';
import type { Net } from '../../net/net.ts';
import { parsePermission } from '../permissions.ts';
import type { Permission } from '../principal.ts';
import { createDnsProof } from './dns.ts';
import { createGithubProof, type OwnTokenHolder } from './github.ts';
import { createGithubOidcProof } from './github-oidc.ts';
import { createHttpProof } from './http.ts';
import { createIdentityProvider } from './identity-provider.ts';
import { anonymousProof } from './none.ts';
import { createOidcProof, type OidcIssuer } from './oidc.ts';
import type { ExchangeMethod, NamespaceProof } from './proof.ts';

/** What the built-in proofs need to know. */
export interface NamespaceProofsOptions {
  config: PublishingConfig;
  net: Net;
  /** `hub.publicUrl`: what GitHub Actions tokens are made for, unless the configuration says otherwise. */
  publicUrl?: string | undefined;
  ownToken(token: string): Promise<OwnTokenHolder | undefined>;
  clock?: () => Date;
}

/**
 * The proofs that the configuration switches on. One that lacks what it needs (an audience, an issuer) is left out.
 *
 * @throws HubError `config.bad_value` for a permission that cannot be understood.
 */
export function createNamespaceProofs(options: NamespaceProofsOptions): NamespaceProof[] {
  const { config, net, clock } = options;
  const { github } = config;
  const audience = github.audience ?? originOf(options.publicUrl);
  const provider = (settings: { issuer: string; audience: string; jwksUrl?: string | undefined }) =>
    createIdentityProvider({
      net,
      issuer: settings.issuer,
      audience: settings.audience,
      ...(settings.jwksUrl === undefined ? {} : { jwksUrl: settings.jwksUrl }),
      ...(clock === undefined ? {} : { clock }),
    });
  const make: Record<ExchangeMethod, () => NamespaceProof | undefined> = {
    'github-at': () =>
      createGithubProof({ net, apiUrl: github.apiUrl, namespace: github.namespace, ownToken: options.ownToken }),
    'github-oidc': () => {
      if (audience === undefined) return undefined;
      const issuer = github.actionsIssuer;
      const jwksUrl = `${issuer.replace(/\/+$/, '')}/.well-known/jwks`;
      return createGithubOidcProof({ provider: provider({ issuer, audience, jwksUrl }), namespace: github.namespace });
    },
    oidc: () => {
      if (config.oidc.length === 0) return undefined;
      return createOidcProof(config.oidc.map((issuer, index) => toIssuer(issuer, index, provider(issuer))));
    },
    dns: () => createDnsProof({ servers: config.dns.servers }),
    http: () => createHttpProof({ net, origins: config.http.origins }),
    none: () => anonymousProof,
  };
  return [...new Set(config.publish.methods)].flatMap((method) => make[method]() ?? []);
}

function toIssuer(config: OidcIssuerConfig, index: number, provider: OidcIssuer['provider']): OidcIssuer {
  const read = (texts: readonly string[]): Permission[] =>
    texts.map((text) => {
      const result = parsePermission(text);
      if (!result.ok) throw new HubError('config.bad_value', `auth.oidc[${index}]: ${result.message}`);
      return result.permission;
    });
  return {
    provider,
    claims: config.claims,
    permissions: read(config.permissions),
    rules: config.rules.map((rule) => ({ ...rule, permissions: read(rule.permissions) })),
  };
}

/** Scheme and lower-case host: what the official command line asks GitHub Actions for. */
function originOf(publicUrl: string | undefined): string | undefined {
  return publicUrl === undefined ? undefined : new URL(publicUrl).origin;
}
