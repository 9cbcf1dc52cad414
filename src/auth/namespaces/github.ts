import { HubError, messageOf } from '../../base/errors.ts';
import { isObject, type JsonValue, parseJson } from '../../base/json.ts';
import type { Net, NetResponse } from '../../net/net.ts';
import type { Permission } from '../principal.ts';
import { looksLikeHubToken } from '../tokens.ts';
import { type KeptToken, mayPublish, type NamespaceProof, notProved } from './proof.ts';

/** Most pages of organisations that are read; an account with more is refused, not cut. */
const MAX_PAGES = 100;
const PAGE_SIZE = 100;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
const MAX_TOKEN_LENGTH = 4096;
const NAME = /^[a-zA-Z0-9-]+$/;

/** Somebody who holds a token of this hub. */
export interface OwnTokenHolder {
  subject: string;
  permissions: readonly Permission[];
  token: KeptToken;
}

/** What a GitHub proof needs to know. */
export interface GithubProofOptions {
  net: Net;
  /** `auth.github.apiUrl`, e.g. `https://api.github.com` or `https://ghe.example.com/api/v3`. */
  apiUrl: string;
  /** `auth.github.namespace`: what stands before the account's name, e.g. `io.github`. */
  namespace: string;
  /** The holder of a token of this hub: such a token is accepted in the place of a GitHub token. */
  ownToken(token: string): Promise<OwnTokenHolder | undefined>;
}

/**
 * Proves a GitHub account and the organisations that it owns by an access token (registry-api.md, section 9.2).
 * A token of this hub passes as it is, so that `mcp-publisher login github --token <token>` works without GitHub.
 */
export function createGithubProof(options: GithubProofOptions): NamespaceProof {
  return {
    method: 'github-at',
    fields: ['github_token'],
    failure: 'Token exchange failed',
    tellsReason: false,
    async prove(body, { signal }) {
      const token = body.github_token ?? '';
      if (token.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token)) return notProved('no token');
      const own = await options.ownToken(token);
      if (own !== undefined) return { ok: true, ...own };
      // A revoked token of this hub is nobody else's business.
      if (looksLikeHubToken(token)) return notProved('the token of this hub is unknown, revoked or expired');
      try {
        const names = await namesOf(options, token, signal);
        return {
          ok: true,
          subject: names[0] ?? '',
          permissions: names.map((name) => mayPublish(`${options.namespace}.${name}/*`)),
        };
      } catch (error) {
        if (signal?.aborted) throw error;
        return notProved(messageOf(error));
      }
    },
  };
}

/** The login first, then the organisations that it owns. @throws HubError `net.*` or `auth.invalid` */
async function namesOf(options: GithubProofOptions, token: string, signal: AbortSignal | undefined): Promise<string[]> {
  const get = async (path: string): Promise<NetResponse> =>
    options.net.fetch({
      url: `${options.apiUrl.replace(/\/+$/, '')}${path}`,
      headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
      trust: 'operator',
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
      maxRedirects: 0,
      ...(signal === undefined ? {} : { signal }),
    });
  const user = await get('/user');
  if (user.status !== 200) throw refused(`GitHub answered /user with ${user.status}`);
  const login = nameIn(jsonOf(user), 'login');
  if (login === undefined) throw refused('GitHub names no account that can be a namespace');
  const names = [login];
  for (let page = 1; ; page++) {
    if (page > MAX_PAGES) throw refused(`the account is in more than ${MAX_PAGES * PAGE_SIZE} organisations`);
    const answer = await get(`/user/memberships/orgs?state=active&per_page=${PAGE_SIZE}&page=${page}`);
    // A token without the scope read:org: the account alone is proved.
    if (answer.status === 403 && !isTemporary(answer)) return [login];
    if (answer.status !== 200) throw refused(`GitHub answered with ${answer.status} for the organisations`);
    const memberships = jsonOf(answer);
    if (!Array.isArray(memberships)) throw refused('GitHub gave no list of organisations');
    for (const membership of memberships) {
      if (!isObject(membership) || membership.role !== 'admin' || membership.state === 'pending') continue;
      const name = nameIn(membership.organization, 'login');
      if (name !== undefined) names.push(name);
    }
    if (memberships.length < PAGE_SIZE) return names;
  }
}

/** A limit of the rate, or an organisation that wants a single sign-on first: the list would be wrong, not empty. */
function isTemporary({ headers }: NetResponse): boolean {
  return (
    headers['x-github-sso'] !== undefined ||
    headers['retry-after'] !== undefined ||
    headers['x-ratelimit-remaining'] === '0'
  );
}

function nameIn(value: JsonValue | undefined, key: string): string | undefined {
  const name = isObject(value) ? value[key] : undefined;
  return typeof name === 'string' && NAME.test(name) ? name : undefined;
}

function jsonOf(answer: NetResponse): JsonValue {
  return parseJson(new TextDecoder().decode(answer.body), { maxBytes: MAX_ANSWER_BYTES, maxDepth: 32 });
}

function refused(message: string): HubError {
  return new HubError('auth.invalid', message);
}
