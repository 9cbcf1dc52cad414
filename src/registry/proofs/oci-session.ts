import type { RegistryCredentials } from '../../config/package-registries.ts';
import type { NetResponse, Trust } from '../../net/net.ts';
import { textOf } from '../issues.ts';
import { jsonBody, lookUp } from './lookup.ts';
import { isLoopback } from './package-host.ts';
import type { ProofContext } from './proof.ts';
import { authorizationOf, basicOf } from './source.ts';

const MAX_TOKEN_BYTES = 256 * 1024;

/** Reading from one repository of one registry, with the token that it asks for. */
export interface ImageSession {
  /** GET of a path below the repository, e.g. `manifests/1.0`. Any status is an answer. */
  get(path: string, accept: string, maxBytes: number): Promise<NetResponse>;
}

/** What a session needs to know. */
export interface ImageSessionOptions {
  /** Without a trailing slash. */
  baseUrl: string;
  repository: string;
  credentials: RegistryCredentials;
  trust: Trust;
}

/** Opens a session. The first 401 that names a token service leads there, once. */
export function createImageSession(ctx: ProofContext, options: ImageSessionOptions): ImageSession {
  const { baseUrl, repository, credentials, trust } = options;
  // A bearer token of the operator is used as it is; name and password are shown when they are asked for.
  let authorization = credentials.token === undefined ? undefined : authorizationOf(credentials);
  let hasAsked = false;
  const send = (path: string, accept: string, maxBytes: number): Promise<NetResponse> =>
    lookUp(ctx, {
      url: `${baseUrl}/v2/${repository}/${path}`,
      accept,
      maxBytes,
      trust,
      headers: authorization === undefined ? {} : { authorization },
    });
  return {
    async get(path, accept, maxBytes) {
      const answer = await send(path, accept, maxBytes);
      if (answer.status !== 401 || hasAsked) return answer;
      hasAsked = true;
      const found = await answerChallenge(ctx, answer, options);
      if (found === undefined) return answer;
      authorization = found;
      return send(path, accept, maxBytes);
    },
  };
}

/** The `authorization` that a `www-authenticate` header asks for; undefined when the hub has nothing to show. */
async function answerChallenge(
  ctx: ProofContext,
  answer: NetResponse,
  { baseUrl, repository, credentials, trust }: ImageSessionOptions,
): Promise<string | undefined> {
  const challenge = answer.headers['www-authenticate'] ?? '';
  const basic = basicOf(credentials.username, credentials.password);
  const parameters = /(?:^|,)\s*Bearer\s+(.*)$/i.exec(challenge)?.[1];
  if (parameters === undefined) return /\bBasic\b/i.test(challenge) ? basic : undefined;
  const realm = parameterOf(parameters, 'realm') ?? '';
  if (!URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  const isOwn = url.hostname === new URL(baseUrl).hostname;
  // A token goes over this connection, and perhaps a password.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isOwn && isLoopback(url.hostname))) return undefined;
  const service = parameterOf(parameters, 'service');
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  const given = await lookUp(ctx, {
    url: url.href,
    trust: isOwn ? trust : 'public',
    maxBytes: MAX_TOKEN_BYTES,
    headers: basic === undefined ? {} : { authorization: basic },
  });
  if (given.status !== 200) return undefined;
  const body = jsonBody(given);
  const token = textOf(body.token) || textOf(body.access_token);
  return token === '' ? undefined : `Bearer ${token}`;
}

function parameterOf(parameters: string, name: string): string | undefined {
  return new RegExp(`(?:^|[\\s,])${name}="([^"]*)"`, 'i').exec(parameters)?.[1];
}
