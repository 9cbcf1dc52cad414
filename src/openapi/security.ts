import type { OpenApiAuth } from '../config/settings.ts';
import { encodeComponent } from './encode.ts';
import type { Parameter, SecurityAlternative, SecurityScheme } from './model.ts';

/** A credential for the API, its references already replaced by values. */
export type Credential = OpenApiAuth;

/** What credentials add to every request of an operation. */
export interface CredentialPlan {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** Encoded `name=value` pairs. */
  query: readonly string[];
  cookies: readonly string[];
  /** Names of schemes that the document asks for and that no credential satisfies. */
  missing: readonly string[];
}

type Placement = { in: 'header' | 'query' | 'cookie'; name: string; value: string };

const NONE: CredentialPlan = { headers: {}, query: [], cookies: [], missing: [] };

/**
 * Decides which credentials go into an operation's requests. Of the alternatives that the document offers, the first is
 * taken whose schemes all have a credential, then the one with the most. Credentials that name no scheme serve every
 * scheme of their type; those that name their own place (`name`) go wherever the operation needs any. An operation
 * of a document that says nothing about security gets all credentials; one that says it needs none gets none.
 */
export function planCredentials(
  security: readonly SecurityAlternative[] | undefined,
  schemes: ReadonlyMap<string, SecurityScheme>,
  credentials: readonly Credential[],
): CredentialPlan {
  if (security === undefined) {
    return toPlan(
      credentials.flatMap((credential) => placeWithoutScheme(credential)),
      [],
    );
  }
  let best: { placements: Placement[]; missing: string[] } | undefined;
  for (const alternative of security) {
    const placements: Placement[] = [];
    const missing: string[] = [];
    for (const { scheme: name } of alternative) {
      const placement = satisfy(name, schemes.get(name), credentials);
      if (placement === undefined) missing.push(name);
      else placements.push(placement);
    }
    if (missing.length === 0 && placements.length > 0) return toPlan(placements, []);
    // `{}` among the alternatives means that none is needed; a partly satisfied one is worse than that.
    const isBetter =
      best === undefined ||
      (missing.length === 0 && best.missing.length > 0) ||
      (missing.length > 0 && best.missing.length > 0 && placements.length > best.placements.length);
    if (isBetter) best = { placements, missing };
  }
  return best === undefined ? NONE : toPlan(best.placements, best.missing);
}

/** Whether the operator's credentials or fixed headers fill a parameter in, so that it is no argument of the tool. */
export function isManagedParameter(
  parameter: Parameter,
  schemes: ReadonlyMap<string, SecurityScheme>,
  credentials: readonly Credential[],
  headerNames: ReadonlySet<string>,
): boolean {
  const isSame = (place: { in: string; name: string }): boolean =>
    place.in === parameter.in &&
    (place.in === 'header' ? place.name.toLowerCase() === parameter.name.toLowerCase() : place.name === parameter.name);
  if (parameter.in === 'header' && headerNames.has(parameter.name.toLowerCase())) return true;
  if (credentials.some((credential) => placeWithoutScheme(credential).some(isSame))) return true;
  for (const [name, scheme] of schemes) {
    if (scheme.type === 'apiKey' && isSame(scheme) && satisfy(name, scheme, credentials) !== undefined) return true;
  }
  return false;
}

/** The texts that must never be seen in an answer: the credentials, as given and as sent. */
export function secretsOf(credentials: readonly Credential[]): string[] {
  return credentials.flatMap((credential) => {
    if (credential.type === 'bearer') return [credential.token];
    if (credential.type === 'apiKey') return [credential.value];
    return [credential.password, basic(credential.username, credential.password)];
  });
}

function satisfy(
  name: string,
  scheme: SecurityScheme | undefined,
  credentials: readonly Credential[],
): Placement | undefined {
  const own = credentials.filter((credential) => credential.scheme === name);
  const candidates = own.length > 0 ? own : credentials.filter((credential) => credential.scheme === undefined);
  for (const credential of candidates) {
    const placement = place(scheme, credential, own.length > 0);
    if (placement !== undefined) return placement;
  }
  return undefined;
}

/** Where a credential goes for a scheme; undefined when they do not fit. */
function place(scheme: SecurityScheme | undefined, credential: Credential, isNamed: boolean): Placement | undefined {
  const [fixed] = placeWithoutScheme(credential);
  if (credential.type === 'apiKey' && fixed !== undefined) return fixed;
  if (scheme?.type === 'apiKey') {
    const { in: location, name } = scheme;
    if (credential.type === 'apiKey') return { in: location, name, value: credential.value };
    // Swagger 2.0 knows no bearer scheme, so documents describe it as an API key in the Authorization header.
    const isAuthorization = location === 'header' && name.toLowerCase() === 'authorization';
    return isAuthorization ? fixed : undefined;
  }
  const fits =
    (scheme?.type === 'basic' && credential.type === 'basic') ||
    (scheme?.type === 'bearer' && credential.type === 'bearer') ||
    ((scheme === undefined || scheme.type === 'other') && isNamed);
  if (fits) return fixed;
  const isToken = scheme?.type === 'bearer' && credential.type === 'apiKey' && isNamed;
  return isToken ? { in: 'header', name: 'authorization', value: `Bearer ${credential.value}` } : undefined;
}

/** Where a credential goes when the document does not say: nowhere for an API key without a name. */
function placeWithoutScheme(credential: Credential): Placement[] {
  switch (credential.type) {
    case 'bearer':
      return [{ in: 'header', name: 'authorization', value: `Bearer ${credential.token}` }];
    case 'basic':
      return [
        { in: 'header', name: 'authorization', value: `Basic ${basic(credential.username, credential.password)}` },
      ];
    case 'apiKey':
      if (credential.name === undefined) return [];
      return [{ in: credential.in ?? 'header', name: credential.name, value: credential.value }];
  }
}

function basic(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function toPlan(placements: readonly Placement[], missing: readonly string[]): CredentialPlan {
  const headers: Record<string, string> = {};
  const query: string[] = [];
  const cookies: string[] = [];
  for (const { in: location, name, value } of placements) {
    if (location === 'header') headers[name.toLowerCase()] = value;
    else if (location === 'query') query.push(`${encodeComponent(name)}=${encodeComponent(value)}`);
    else cookies.push(`${name}=${encodeComponent(value)}`);
  }
  return { headers, query, cookies, missing };
}
