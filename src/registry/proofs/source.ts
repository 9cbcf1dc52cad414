import type { PackageRegistry, RegistryCredentials } from '../../config/package-registries.ts';

/** What the ordinary client of a registry uses. */
export interface ClientSource {
  baseUrl: string;
  authorization?: string;
  /** Other addresses that mean the same. */
  aliases?: readonly string[];
}

/** Most of a text of the publisher that is repeated in a message. */
const MAX_TOLD_LENGTH = 300;

/** Where packages of a type are looked up. */
export interface PackageSource {
  type: string;
  /** Without a trailing slash. */
  baseUrl: string;
  /** Value of `authorization` for requests to the origin of the base URL. */
  authorization?: string;
}

/** A source, or why a package cannot be looked up. */
export type FoundSource = { ok: true; source: PackageSource } | { ok: false; reason: string };

/**
 * Chooses the registry of a package: the configured one, else the one of the ordinary client. What the document says
 * in `registryBaseUrl` never decides where the hub asks; it must mean the same registry.
 */
export function findSource(
  type: 'npm' | 'pypi' | 'nuget' | 'cargo',
  settings: PackageRegistry,
  named: string,
  client?: ClientSource,
): FoundSource {
  const base = settings.baseUrl ?? client?.baseUrl;
  if (base === undefined) {
    const ways = type === 'npm' || type === 'pypi' ? ', or configure the ordinary client of the machine' : '';
    const reason = `the hub does not know where to look up packages of type '${type}'. The operator can set registry.packageRegistries.${type}.baseUrl${ways}, or switch the check off with registry.ownership.${type}`;
    return { ok: false, reason };
  }
  const known = [base, ...settings.aliases, ...(client?.aliases ?? [])].map(withoutSlash);
  if (named !== '' && !known.includes(withoutSlash(named))) {
    const reason = `registry type and base URL do not match: '${named.slice(0, MAX_TOLD_LENGTH)}' is not valid for registry type '${type}'. Expected: ${base}`;
    return { ok: false, reason };
  }
  const isClients = client !== undefined && originOf(client.baseUrl) === originOf(base);
  const authorization = authorizationOf(settings) ?? (isClients ? client.authorization : undefined);
  return {
    ok: true,
    source: {
      type,
      baseUrl: withoutSlash(base),
      ...(authorization === undefined ? {} : { authorization }),
    },
  };
}

/** The `authorization` header that credentials make. */
export function authorizationOf({ token, username, password }: RegistryCredentials): string | undefined {
  if (token !== undefined) return `Bearer ${token}`;
  return basicOf(username, password);
}

/** Basic authentication (RFC 7617), when there is a user name. */
export function basicOf(username: string | undefined, password: string | undefined): string | undefined {
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
}

/** An http(s) address with the credentials that stood in it apart; undefined for anything else. */
export function splitCredentials(text: string): ClientSource | undefined {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) return undefined;
  const url = new URL(text);
  const { username, password } = url;
  if (username === '' && password === '') return { baseUrl: text };
  url.username = '';
  url.password = '';
  const authorization = basicOf(percentDecoded(username), percentDecoded(password));
  return { baseUrl: url.href, ...(authorization === undefined ? {} : { authorization }) };
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The origin of an absolute URL, undefined for anything else. */
export function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
