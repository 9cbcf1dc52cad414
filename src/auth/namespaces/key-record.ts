import { createPublicKey, ECDH, type KeyObject, verify } from 'node:crypto';

/** A public key that a domain has published. */
export interface KeyRecord {
  /** `ed25519` or `ecdsap384`; anything else is told in errors. */
  algorithm: string;
  /** Base64 as published. */
  key: string;
}

/** What a record looks like, for messages. */
export const RECORD_EXAMPLE = 'v=MCPv1; k=ed25519; p=<base64 public key>';

/** Most keys of one domain that are tried. */
const MAX_KEYS = 20;
const RECORD = /v=MCPv1;\s*k=([^;]+);\s*p=([A-Za-z0-9+/=]+)/;
const ED25519_KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;
const P384_POINT_BYTES = 49;
const P384_NUMBER_BYTES = 48;
/** Signers that drop leading zero bytes hardly ever drop more than one of each number. */
const P384_MIN_SIGNATURE_BYTES: number = 2 * P384_NUMBER_BYTES - 2;

/** The records in texts (TXT strings, lines of a file), at most one in each. */
export function findKeyRecords(texts: readonly string[]): KeyRecord[] {
  const records: KeyRecord[] = [];
  for (const text of texts) {
    const [, algorithm, key] = RECORD.exec(text) ?? [];
    if (algorithm === undefined || key === undefined) continue;
    records.push({ algorithm: algorithm.trim(), key });
    if (records.length === MAX_KEYS) break;
  }
  return records;
}

/** A key as messages name it: its algorithm and the first characters of its base64 text. */
export function fingerprint(record: KeyRecord): string {
  return `${record.algorithm.slice(0, 20)}:${record.key.slice(0, 8)}`;
}

/** Whether `signature` over `text` was made with this key; otherwise why not. */
export function verifySignature(record: KeyRecord, text: string, signature: Buffer): { ok: boolean; reason: string } {
  const message = Buffer.from(text, 'utf8');
  const key = Buffer.from(record.key, 'base64');
  try {
    if (record.algorithm === 'ed25519') return verifyEd25519(key, message, signature);
    if (record.algorithm === 'ecdsap384') return verifyP384(key, message, signature);
  } catch {
    return { ok: false, reason: 'is no valid public key' };
  }
  return { ok: false, reason: 'has an unknown algorithm; k is ed25519 or ecdsap384' };
}

function verifyEd25519(key: Buffer, message: Buffer, signature: Buffer): { ok: boolean; reason: string } {
  if (key.length !== ED25519_KEY_BYTES) return { ok: false, reason: `has ${key.length} bytes instead of 32` };
  if (signature.length !== ED25519_SIGNATURE_BYTES) {
    return { ok: false, reason: `wants a signature of 64 bytes, not ${signature.length}` };
  }
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') },
    format: 'jwk',
  });
  return verdict(verify(null, message, publicKey, signature));
}

function verifyP384(key: Buffer, message: Buffer, signature: Buffer): { ok: boolean; reason: string } {
  if (key.length !== P384_POINT_BYTES || (key[0] !== 2 && key[0] !== 3)) {
    return { ok: false, reason: 'is no compressed P-384 point (49 bytes that begin with 02 or 03)' };
  }
  if (signature.length < P384_MIN_SIGNATURE_BYTES || signature.length > 2 * P384_NUMBER_BYTES) {
    return { ok: false, reason: `wants a signature of 96 bytes (R and S), not ${signature.length}` };
  }
  const publicKey = p384Key(key);
  return verdict(
    p384Splits(signature).some((candidate) =>
      verify('sha384', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, candidate),
    ),
  );
}

function p384Key(point: Buffer): KeyObject {
  const whole = Buffer.from(String(ECDH.convertKey(point, 'secp384r1', undefined, 'hex', 'uncompressed')), 'hex');
  const x = whole.subarray(1, 1 + P384_NUMBER_BYTES).toString('base64url');
  const y = whole.subarray(1 + P384_NUMBER_BYTES).toString('base64url');
  return createPublicKey({ key: { kty: 'EC', crv: 'P-384', x, y }, format: 'jwk' });
}

/**
 * The signatures that a possibly shortened text can stand for: the official command line writes R and S without their
 * leading zero bytes, so that one in 128 of its signatures is too short (registry-api.md, section 9.2).
 */
function p384Splits(signature: Buffer): Buffer[] {
  const splits: Buffer[] = [];
  for (let first = signature.length - P384_NUMBER_BYTES; first <= P384_NUMBER_BYTES; first++) {
    const whole = Buffer.alloc(2 * P384_NUMBER_BYTES);
    signature.copy(whole, P384_NUMBER_BYTES - first, 0, first);
    signature.copy(whole, 2 * P384_NUMBER_BYTES - (signature.length - first), first);
    splits.push(whole);
  }
  return splits;
}

function verdict(ok: boolean): { ok: boolean; reason: string } {
  return { ok, reason: ok ? '' : 'did not make this signature' };
}
