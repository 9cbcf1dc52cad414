import { type IdentityProvider, MAX_OIDC_TOKEN_LENGTH } from './identity-provider.ts';
import { mayPublish, type NamespaceProof, notProved } from './proof.ts';

const NAME = /^[a-zA-Z0-9-]+$/;

/** What a GitHub Actions proof needs to know. */
export interface GithubOidcOptions {
  /** The token service of GitHub Actions. */
  provider: IdentityProvider;
  /** `auth.github.namespace`, e.g. `io.github`. */
  namespace: string;
}

/** Proves the owner of the repository in which a GitHub Actions job runs (registry-api.md, section 9.2). */
export function createGithubOidcProof({ provider, namespace }: GithubOidcOptions): NamespaceProof {
  return {
    method: 'github-oidc',
    fields: ['oidc_token'],
    failure: 'Token exchange failed',
    tellsReason: true,
    async prove(body, { now }) {
      const token = body.oidc_token ?? '';
      if (token.length > MAX_OIDC_TOKEN_LENGTH) return notProved('the OIDC token is too long');
      const checked = await provider.check(token, now);
      if (!checked.ok) return checked;
      const owner = checked.claims.repository_owner;
      if (typeof owner !== 'string' || !NAME.test(owner)) {
        return notProved('the OIDC token has no repository_owner: it was not made by a GitHub Actions job');
      }
      const subject = checked.claims.sub ?? owner;
      return { ok: true, subject, permissions: [mayPublish(`${namespace}.${owner}/*`)] };
    },
  };
}
