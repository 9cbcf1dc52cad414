/** A condition on a claim of an OpenID Connect token. */
export interface ClaimConfig {
  claim: string;
  values: readonly string[];
}

/** An OpenID Connect issuer whose tokens are accepted. */
export interface OidcIssuerConfig {
  issuer: string;
  audience: string;
  jwksUrl?: string | undefined;
  /** Conditions that every token must meet. */
  claims: readonly ClaimConfig[];
  /** `action:pattern` strings for every token. */
  permissions: readonly string[];
  /** `action:pattern` strings for the tokens that meet a condition. */
  rules: readonly (ClaimConfig & { permissions: readonly string[] })[];
}

/** Who gets a registry token, and how. */
export interface PublishingConfig {
  publish: {
    methods: readonly ('github-at' | 'github-oidc' | 'oidc' | 'dns' | 'http' | 'none')[];
    tokenLifeSeconds: number;
    blockedNamespaces: readonly string[];
  };
  github: {
    apiUrl: string;
    namespace: string;
    clientId?: string | undefined;
    actionsIssuer: string;
    audience?: string | undefined;
  };
  oidc: readonly OidcIssuerConfig[];
  dns: { servers: readonly string[] };
  http: { origins: Readonly<Record<string, string>> };
}
