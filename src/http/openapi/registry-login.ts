import { EXCHANGE_METHODS, type ExchangeMethod } from '../../auth/namespaces/proof.ts';
import type { JsonObject } from '../../base/json.ts';

const token = (description: string): JsonObject => ({ type: 'string', minLength: 1, description });
const body = (description: string, properties: JsonObject): JsonObject => ({
  type: 'object',
  description,
  required: Object.keys(properties),
  properties,
  additionalProperties: false,
});

/** Schemas of the bodies and of the answer of the logins. */
export const loginSchemas: JsonObject = {
  GithubLogin: body('A proof of a GitHub account.', {
    github_token: token('Access token of GitHub with the scope `read:org`, or a token of this hub.'),
  }),
  OidcLogin: body('A proof by an identity provider.', { oidc_token: token('ID token (JWT) of the provider.') }),
  DomainLogin: body('A proof of a domain.', {
    domain: token('The domain, e.g. `example.com`.'),
    timestamp: token('The time of the signature, RFC 3339, at most 15 seconds from the clock of the hub.'),
    signed_timestamp: token('Signature over the exact text of `timestamp`, in hexadecimal digits.'),
  }),
  LoginResponse: {
    type: 'object',
    description: 'A token for publishing.',
    required: ['registry_token', 'expires_at'],
    properties: {
      registry_token: token('Bearer token.'),
      expires_at: { type: 'integer', minimum: 0, description: 'When it ends, in seconds since 1970.' },
    },
  },
};

const LOGINS: Readonly<Record<ExchangeMethod, [id: string, summary: string, schema?: string]>> = {
  'github-at': ['login_with_github', 'Get a token for publishing with a GitHub token', 'GithubLogin'],
  'github-oidc': ['login_with_github_actions', 'Get a token for publishing in a GitHub Actions job', 'OidcLogin'],
  oidc: ['login_with_oidc', 'Get a token for publishing with a token of an identity provider', 'OidcLogin'],
  dns: ['login_with_dns', 'Get a token for publishing with a key in the DNS of a domain', 'DomainLogin'],
  http: ['login_with_http', 'Get a token for publishing with a key on the web server of a domain', 'DomainLogin'],
  none: ['login_without_proof', 'Get a token for the anonymous namespace; for development only'],
};
const DESCRIPTION =
  'Answers 404 where the operator has switched this login off, and 401 with the reason when the proof fails.';

/** One login: what its operation is made of. */
export interface LoginOperation {
  path: string;
  id: string;
  summary: string;
  description: string;
  /** Name of the schema of the body. */
  body?: string;
}

/** All logins. */
export const loginOperations: readonly LoginOperation[] = EXCHANGE_METHODS.map((method) => {
  const [id, summary, schema] = LOGINS[method];
  return {
    path: `/v0.1/auth/${method}`,
    id,
    summary,
    description: DESCRIPTION,
    ...(schema === undefined ? {} : { body: schema }),
  };
});
