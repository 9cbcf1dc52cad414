import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { isObject, type JsonObject, parseJson } from '../base/json.ts';

/** What a legacy client agreed on in its handshake. */
export interface SessionClaims {
  /** Unique for this session. */
  id: string;
  protocolVersion: string;
  clientInfo?: JsonObject;
  capabilities: JsonObject;
  /** Unix seconds. */
  issuedAt: number;
}

/** Seals and opens `Mcp-Session-Id` values: self-contained, so any replica takes them and a restart ends none. */
export interface SessionSealer {
  /** The token for new claims, bound to an endpoint and a principal. */
  seal(claims: Omit<SessionClaims, 'id' | 'issuedAt'>, endpoint: string, principalId: string): string;
  /** The claims, or undefined when the token is not ours, is bound to something else, or is too old. */
  open(token: string, endpoint: string, principalId: string): SessionClaims | undefined;
}

/** Longest life of a session. */
export const SESSION_SECONDS: number = 30 * 24 * 3600;
/** A client's self-description beyond this size is dropped from the token: headers have limits. */
const MAX_PART_LENGTH = 2_048;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes a sealer. AES-256-GCM; endpoint and principal are authenticated with the token but not stored in it.
 *
 * @param key 32 bytes, derived from the hub's key for this purpose alone.
 * @param now Current time in Unix seconds.
 */
export function createSessionSealer(
  key: Buffer,
  now: () => number = () => Math.floor(Date.now() / 1000),
): SessionSealer {
  const binding = (endpoint: string, principalId: string): Buffer => Buffer.from(`${endpoint}\n${principalId}`);
  return {
    seal({ protocolVersion, clientInfo, capabilities }, endpoint, principalId) {
      const info =
        clientInfo !== undefined && JSON.stringify(clientInfo).length <= MAX_PART_LENGTH ? clientInfo : undefined;
      const body = JSON.stringify([
        randomUUID(),
        protocolVersion,
        info ?? null,
        JSON.stringify(capabilities).length <= MAX_PART_LENGTH ? capabilities : shallow(capabilities),
        now(),
      ]);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(binding(endpoint, principalId));
      const sealed = Buffer.concat([nonce, cipher.update(body, 'utf8'), cipher.final()]);
      return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open(token, endpoint, principalId) {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
          .setAAD(binding(endpoint, principalId))
          .setAuthTag(bytes.subarray(-TAG_BYTES));
        const text =
          decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
        const claims = readClaims(text);
        return claims !== undefined && claims.issuedAt + SESSION_SECONDS > now() ? claims : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

function readClaims(text: string): SessionClaims | undefined {
  const parts = parseJson(text);
  if (!Array.isArray(parts)) return undefined;
  const [id, protocolVersion, clientInfo, capabilities, issuedAt] = parts;
  if (typeof id !== 'string' || typeof protocolVersion !== 'string' || typeof issuedAt !== 'number') return undefined;
  return {
    id,
    protocolVersion,
    issuedAt,
    capabilities: isObject(capabilities) ? capabilities : {},
    ...(isObject(clientInfo) && { clientInfo }),
  };
}

/** Keeps which capabilities exist when their details are too long for a header. */
function shallow(capabilities: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.keys(capabilities)
      .slice(0, 20)
      .map((key) => [key.slice(0, 64), {}]),
  );
}
