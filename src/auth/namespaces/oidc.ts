import { decodeJwt, type JWTPayload } from 'jose';
import type { OidcIssuerConfig } from '../../config/publishing.ts';
import type { Permission } from '../principal.ts';
import { claimMatches } from './claims.ts';
import { type IdentityProvider, MAX_OIDC_TOKEN_LENGTH } from './identity-provider.ts';
import { type NamespaceProof, notProved } from './proof.ts';

/** A provider with what its tokens allow. */
export interface OidcIssuer {
  provider: IdentityProvider;
  /** All of these must match, or the token is refused. */
  claims: OidcIssuerConfig['claims'];
  /** What everybody gets whose token is accepted. */
  permissions: readonly Permission[];
  /** What those get besides whose claims match. */
  rules: readonly { claim: string; values: readonly string[]; permissions: readonly Permission[] }[];
}

/**
 * Proves an account of an identity provider; the operator's rules say what its claims allow (registry-api.md, section
 * 9.2, for any number of issuers). A person, a GitLab job or a robot are all the same here.
 */
export function createOidcProof(issuers: readonly OidcIssuer[]): NamespaceProof {
  return {
    method: 'oidc',
    fields: ['oidc_token'],
    failure: 'Token exchange failed',
    tellsReason: true,
    async prove(body, { now }) {
      const token = body.oidc_token ?? '';
      const named = token.length <= MAX_OIDC_TOKEN_LENGTH ? issuerOf(token) : undefined;
      if (named === undefined) return notProved('oidc_token is not a JWT that names its issuer');
      let message = 'the issuer of the OIDC token is not one that this registry accepts';
      // The same issuer may stand there several times, with another audience each.
      for (const issuer of issuers) {
        if (issuer.provider.issuer !== named) continue;
        const checked = await issuer.provider.check(token, now);
        if (!checked.ok) {
          message = checked.message;
          continue;
        }
        const { claims } = checked;
        const missed = issuer.claims.find((rule) => !claimMatches(claims, rule));
        if (missed !== undefined) {
          message = `the claim ${missed.claim} of the OIDC token is not one that this registry accepts`;
          continue;
        }
        const permissions = permissionsOf(issuer, claims);
        if (permissions.length > 0) return { ok: true, subject: claims.sub ?? 'unknown', permissions };
        message = 'the OIDC token is valid, but no rule of this registry gives its holder a permission';
      }
      return notProved(message);
    },
  };
}

function permissionsOf(issuer: OidcIssuer, claims: JWTPayload): Permission[] {
  const matched = issuer.rules.filter((rule) => claimMatches(claims, rule));
  return [...issuer.permissions, ...matched.flatMap((rule) => rule.permissions)];
}

/** Not checked yet: it only tells whose keys to check with. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}
