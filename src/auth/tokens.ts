import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { HubError } from '../base/errors.ts';
import type { ConfiguredToken } from '../config/config.ts';
import type { TokenRecord, TokenStore } from '../store/store.ts';
import { formatPermission, parsePermission } from './permissions.ts';
import type { Permission, Principal } from './principal.ts';

/** Longest bearer token that is looked at, in characters. */
export const MAX_BEARER_LENGTH = 4096;
/** Most permissions that one token may carry. */
export const MAX_PERMISSIONS = 200;
/** Longest life of a token that ends, in seconds: ten years. */
export const MAX_TOKEN_LIFE_SECONDS: number = 10 * 365 * 24 * 3600;

const TOKEN_PREFIX = 'mcphub_';
const TOKEN_BYTES = 32;
const TOUCH_INTERVAL_MS = 60_000;
const MAX_TOUCHES_REMEMBERED = 10_000;
const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** A token that somebody else keeps (the local administrator's file), with its principal. */
export interface PresetToken {
  token: string;
  principal: Principal;
}

/** A token as it may be shown: no value, no hash. Dates are RFC 3339. */
export interface TokenView {
  id: string;
  name: string;
  permissions: string[];
  /** `config`: from the configuration file, read-only. */
  source: 'config' | 'api';
  createdAt?: string;
  expiresAt?: string;
  lastUsedAt?: string;
}

/** What a new token is to be. */
export interface TokenRequest {
  /** 1 to 64 letters, digits, `.`, `_`, `@`, `-`; unique in the hub. */
  name: string;
  /** `action:pattern` strings; at least one. */
  permissions: string[];
  /** Absent: it does not end by itself. */
  expiresInSeconds?: number;
}

/** Knows every bearer token of the hub. */
export interface TokenAuthority {
  /** Who holds this token; undefined when nobody does or it has ended. Takes the same time for any wrong token. */
  authenticate(bearer: string): Promise<Principal | undefined>;
  /**
   * Makes a token. `token` is shown now and never again.
   * @throws HubError `request.invalid`, or `store.conflict` when the name is taken.
   */
  create(request: TokenRequest): Promise<{ record: TokenView; token: string }>;
  /** Tokens of the configuration first, then the kept ones, each by name. */
  list(): Promise<TokenView[]>;
  /** By id or name; false when there was none. @throws HubError `store.conflict` for one of the configuration. */
  revoke(idOrName: string): Promise<boolean>;
}

/** What a {@link TokenAuthority} is made of. */
export interface TokenAuthorityOptions {
  configured: readonly ConfiguredToken[];
  store: TokenStore;
  extra?: readonly PresetToken[];
  clock?: () => Date;
}

/** Makes a {@link TokenAuthority}. @throws HubError `config.bad_value` for a bad permission of a configured token. */
export function createTokenAuthority(options: TokenAuthorityOptions): TokenAuthority {
  const { store, configured } = options;
  const clock = options.clock ?? (() => new Date());
  const presets = [
    ...configured.map((entry) => ({ digest: sha256(entry.token), principal: configuredPrincipal(entry) })),
    ...(options.extra ?? []).map((entry) => ({ digest: sha256(entry.token), principal: entry.principal })),
  ];
  const touchedAt = new Map<string, number>();

  const touch = async (record: TokenRecord, now: Date): Promise<void> => {
    const last = touchedAt.get(record.id) ?? (record.lastUsedAt === undefined ? 0 : Date.parse(record.lastUsedAt));
    if (now.getTime() - last < TOUCH_INTERVAL_MS) return;
    if (touchedAt.size >= MAX_TOUCHES_REMEMBERED) touchedAt.clear();
    touchedAt.set(record.id, now.getTime());
    // The date of last use is a courtesy: a database that cannot take it does not lock anybody out.
    await store.touch(record.id, now.toISOString()).catch(() => undefined);
  };

  return {
    async authenticate(bearer) {
      if (bearer === '' || bearer.length > MAX_BEARER_LENGTH) return undefined;
      const digest = sha256(bearer);
      let preset: Principal | undefined;
      // No early exit: the time must not tell which token was nearly right.
      for (const known of presets) if (timingSafeEqual(known.digest, digest)) preset = known.principal;
      if (preset !== undefined) return preset;
      const record = await store.byHash(digest.toString('hex'));
      const now = clock();
      if (record === undefined || hasEnded(record, now)) return undefined;
      await touch(record, now);
      return storedPrincipal(record);
    },

    async create(request) {
      const permissions = checkRequest(request);
      const taken = configured.some((entry) => entry.name === request.name);
      if (taken || (await store.list()).some((record) => record.name === request.name)) {
        throw new HubError('store.conflict', `A token named ${request.name} exists. Choose another name or revoke it.`);
      }
      const token = newTokenText();
      const now = clock();
      const record: TokenRecord = {
        id: randomUUID(),
        name: request.name,
        hash: sha256(token).toString('hex'),
        permissions: permissions.map(formatPermission),
        createdAt: now.toISOString(),
        ...(request.expiresInSeconds === undefined
          ? {}
          : { expiresAt: new Date(now.getTime() + request.expiresInSeconds * 1000).toISOString() }),
      };
      await store.insert(record);
      return { record: viewOf(record), token };
    },

    async list() {
      const fixed = configured.map(
        (entry): TokenView => ({
          id: `config:${entry.name}`,
          name: entry.name,
          permissions: [...entry.permissions],
          source: 'config',
        }),
      );
      const kept = (await store.list()).map(viewOf);
      return [...fixed, ...kept.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))];
    },

    async revoke(idOrName) {
      if (configured.some((entry) => entry.name === idOrName || `config:${entry.name}` === idOrName)) {
        throw new HubError('store.conflict', `The token ${idOrName} stands in the configuration. Remove it there.`);
      }
      return store.remove(idOrName);
    },
  };
}

/** The text of a new token: a prefix that secret scanners can find, and 32 random bytes. */
export function newTokenText(): string {
  return TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Whether a text has the form of a token that the hub makes, known or not. */
export function looksLikeHubToken(text: string): boolean {
  return text.startsWith(TOKEN_PREFIX);
}

function checkRequest(request: TokenRequest): Permission[] {
  const { name, permissions, expiresInSeconds: life } = request;
  if (!NAME_PATTERN.test(name)) {
    throw new HubError(
      'request.invalid',
      'The name of a token is 1 to 64 letters, digits, dots, dashes, underscores or @, and begins with a letter or digit.',
    );
  }
  if (permissions.length === 0 || permissions.length > MAX_PERMISSIONS) {
    throw new HubError(
      'request.invalid',
      `A token needs 1 to ${MAX_PERMISSIONS} permissions, not ${permissions.length}.`,
    );
  }
  if (life !== undefined && !(Number.isInteger(life) && life > 0 && life <= MAX_TOKEN_LIFE_SECONDS)) {
    throw new HubError(
      'request.invalid',
      `expiresInSeconds must be a whole number from 1 to ${MAX_TOKEN_LIFE_SECONDS}.`,
    );
  }
  return permissions.map((text) => readPermission(text, 'request.invalid', ''));
}

function readPermission(text: string, code: 'request.invalid' | 'config.bad_value', where: string): Permission {
  const result = parsePermission(text);
  if (!result.ok) throw new HubError(code, `${where}${result.message}`);
  return result.permission;
}

function configuredPrincipal(entry: ConfiguredToken): Principal {
  const where = `auth.tokens: token ${entry.name}: `;
  return {
    id: `token:${entry.name}`,
    name: entry.name,
    kind: 'token',
    permissions: entry.permissions.map((text) => readPermission(text, 'config.bad_value', where)),
  };
}

function storedPrincipal(record: TokenRecord): Principal {
  // The id, not the name: a new token with an old name must not inherit the old one's sessions.
  return {
    id: `token:${record.id}`,
    name: record.name,
    kind: 'token',
    permissions: record.permissions.flatMap((text) => {
      const result = parsePermission(text);
      return result.ok ? [result.permission] : [];
    }),
  };
}

function viewOf(record: TokenRecord): TokenView {
  const { hash: _, ...shown } = record;
  return { ...shown, source: 'api' };
}

function hasEnded(record: TokenRecord, now: Date): boolean {
  return record.expiresAt !== undefined && Date.parse(record.expiresAt) <= now.getTime();
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
