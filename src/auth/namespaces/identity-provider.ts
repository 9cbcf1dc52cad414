import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { HubError, messageOf } from '../../base/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../base/json.ts';
import type { Net, Trust } from '../../net/net.ts';

/** Signature algorithms that are accepted. */
export const ALGORITHMS: readonly string[] = ['RS256', 'ES256', 'EdDSA'];
/** Longest token that is looked at, in characters. */
export const MAX_OIDC_TOKEN_LENGTH: number = 16 * 1024;

const MAX_METADATA_BYTES = 256 * 1024;
const MAX_KEYS = 100;
const TIMEOUT_MS = 10_000;
/** How long the keys of a provider are used without asking again. */
const KEYS_FRESH_MS = 10 * 60_000;
/** How soon they may be asked for again because a token names a key that is not among them. */
const KEYS_PAUSE_MS = 30_000;
/** How far the provider's clock may be ahead or behind. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Claims of a token that has been checked, or why it is not right. */
export type ClaimsOutcome = { ok: true; claims: JWTPayload } | { ok: false; message: string };

/** An OpenID Connect provider whose tokens are accepted. */
export interface IdentityProvider {
  readonly issuer: string;
  /** Checks signature, issuer, audience and times (OpenID Connect Core 3.1.3.7). */
  check(token: string, now: Date): Promise<ClaimsOutcome>;
}

/** What is known of a provider. */
export interface IdentityProviderOptions {
  net: Net;
  issuer: string;
  audience: string | readonly string[];
  /** Where its keys are; absent: what its discovery document says. */
  jwksUrl?: string;
  clock?: () => Date;
}

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** Makes an {@link IdentityProvider}. Nothing is fetched before the first token. */
export function createIdentityProvider(options: IdentityProviderOptions): IdentityProvider {
  const { net, issuer } = options;
  const audience = typeof options.audience === 'string' ? options.audience : [...options.audience];
  const clock = options.clock ?? (() => new Date());
  let kept: { keys: KeySet; at: number } | undefined;
  let loading: Promise<KeySet> | undefined;

  const fetchJson = async (url: string, trust: Trust): Promise<JsonObject> => {
    const answer = await net.fetch({ url, trust, timeoutMs: TIMEOUT_MS, maxBytes: MAX_METADATA_BYTES });
    if (answer.status !== 200) throw new HubError('auth.invalid', `${url} answered with ${answer.status}.`);
    const text = new TextDecoder().decode(answer.body);
    const value = parseJson(text, { maxBytes: MAX_METADATA_BYTES, maxDepth: 32 });
    if (!isObject(value)) throw new HubError('auth.invalid', `${url} gave no JSON object.`);
    return value;
  };
  const load = async (): Promise<KeySet> => {
    const { url, trust } = await keysAddress(options, fetchJson);
    const { keys } = await fetchJson(url, trust);
    if (!Array.isArray(keys) || keys.length > MAX_KEYS) {
      throw new HubError('auth.invalid', `${url} gave no list of at most ${MAX_KEYS} keys.`);
    }
    const set = createLocalJWKSet({ keys: keys.filter(isObject) });
    kept = { keys: set, at: clock().getTime() };
    return set;
  };
  /** All who wait share one request; it is not tied to any one of them, so it has no signal but its own time limit. */
  const keysNotOlderThan = async (ageMs: number): Promise<KeySet> => {
    if (kept !== undefined && clock().getTime() - kept.at < ageMs) return kept.keys;
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  return {
    issuer,
    async check(token, now) {
      const verify = async (keys: KeySet): Promise<ClaimsOutcome> => {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: [...ALGORITHMS],
          requiredClaims: ['exp'],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: now,
        });
        return { ok: true, claims: payload };
      };
      try {
        try {
          return await verify(await keysNotOlderThan(KEYS_FRESH_MS));
        } catch (error) {
          if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
          return await verify(await keysNotOlderThan(KEYS_PAUSE_MS));
        }
      } catch (error) {
        return { ok: false, message: `invalid OIDC token of ${issuer}: ${messageOf(error)}` };
      }
    },
  };
}

/** The operator vouches for the issuer's origin and for `jwksUrl`; where a document points elsewhere is its own word. */
async function keysAddress(
  { issuer, jwksUrl }: IdentityProviderOptions,
  fetchJson: (url: string, trust: Trust) => Promise<JsonObject>,
): Promise<{ url: string; trust: Trust }> {
  if (jwksUrl !== undefined) return { url: jwksUrl, trust: 'operator' };
  const metadata = await fetchJson(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, 'operator');
  if (metadata.issuer !== issuer) {
    throw new HubError('auth.invalid', 'the discovery document names another issuer.');
  }
  const url = metadata.jwks_uri;
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw new HubError('auth.invalid', 'the discovery document has no jwks_uri.');
  }
  return { url, trust: new URL(url).origin === new URL(issuer).origin ? 'operator' : 'public' };
}
