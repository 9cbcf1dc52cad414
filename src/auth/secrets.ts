import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import path from 'node:path';
import { HubError } from '../base/errors.ts';
import type { SecretStore } from '../store/store.ts';
import { readOrCreatePrivateFile } from './private-file.ts';

/** What a key is derived for; keys of different purposes tell nothing about each other. */
export type KeyPurpose = 'secrets' | 'session' | 'registry-jwt';

/** Longest accepted secret in UTF-8 bytes. */
export const MAX_SECRET_BYTES: number = 64 * 1024;

/** What a secret may be called; the same text stands in `${secret:NAME}`. */
export const SECRET_NAME_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/;

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = 'v1.';

/** Sealed secrets by name. Values leave through `get` only. */
export interface SecretVault {
  /** Seals and keeps a value; replaces an older one. @throws HubError `request.invalid` for a bad name or value. */
  put(name: string, value: string): Promise<void>;
  /** The value, or undefined. @throws HubError `secret.unreadable` when it does not open with the hub's key. */
  get(name: string): Promise<string | undefined>;
  /** Names and dates, never values. */
  list(): Promise<{ name: string; updatedAt: string }[]>;
  /** False when there was none. */
  remove(name: string): Promise<boolean>;
}

/** Makes a vault: AES-256-GCM with the name as additional data, so that sealed values cannot change places. */
export function createSecretVault(options: { store: SecretStore; key: Buffer; clock?: () => Date }): SecretVault {
  const { store, key } = options;
  const clock = options.clock ?? (() => new Date());
  if (key.length !== KEY_BYTES) throw new RangeError(`A vault needs a key of ${KEY_BYTES} bytes, not ${key.length}.`);
  return {
    async put(name, value) {
      assertSecret(name, value);
      await store.put(name, seal(key, name, value), clock().toISOString());
    },
    async get(name) {
      const sealed = await store.get(name);
      return sealed === undefined ? undefined : unseal(key, name, sealed);
    },
    list: () => store.list(),
    remove: (name) => store.remove(name),
  };
}

function assertSecret(name: string, value: string): void {
  if (!SECRET_NAME_PATTERN.test(name)) {
    throw new HubError(
      'request.invalid',
      'The name of a secret is 1 to 255 letters, digits, dots, dashes or underscores, and begins with no dot or dash.',
    );
  }
  if (value === '') throw new HubError('request.invalid', `The value of the secret ${name} is empty.`);
  if (Buffer.byteLength(value) > MAX_SECRET_BYTES) {
    throw new HubError('request.invalid', `The value of the secret ${name} is larger than ${MAX_SECRET_BYTES} bytes.`);
  }
}

function seal(key: Buffer, name: string, value: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(name));
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
}

function unseal(key: Buffer, name: string, sealed: string): string {
  const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url');
  try {
    if (!sealed.startsWith(PREFIX) || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('not a sealed value');
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new HubError(
      'secret.unreadable',
      `The secret ${name} does not open with this hub's key. Bring back the hub.key it was made with, or set it anew.`,
      { cause },
    );
  }
}

/**
 * The hub's own key: `MCP_HUB_KEY` (base64 or hex of 32 bytes), else `<dir>/hub.key`, made at the first start.
 *
 * @throws HubError `config.bad_value` when the variable or the file holds something else.
 */
export async function loadHubKey(dir: string, env: NodeJS.ProcessEnv = process.env): Promise<Buffer> {
  const given = env.MCP_HUB_KEY?.trim();
  if (given !== undefined && given !== '') return decodeKey(given, 'The environment variable MCP_HUB_KEY');
  const file = path.join(dir, 'hub.key');
  return decodeKey(await readOrCreatePrivateFile(file, () => randomBytes(KEY_BYTES).toString('base64')), file);
}

function decodeKey(text: string, where: string): Buffer {
  const isHex = /^[0-9a-fA-F]{64}$/.test(text);
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
  const key = isHex ? Buffer.from(text, 'hex') : Buffer.from(isBase64 ? text : '', 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new HubError(
    'config.bad_value',
    `${where} must hold ${KEY_BYTES} bytes, written as 64 hexadecimal digits or as base64 (44 characters).`,
  );
}

/** A key of 32 bytes for one purpose (HKDF-SHA-256, RFC 5869). */
export function deriveKey(hubKey: Buffer, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', hubKey, Buffer.alloc(0), `mcp-hub-registry/${purpose}`, KEY_BYTES));
}
