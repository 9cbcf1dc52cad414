import { parseDomain } from './domain.ts';
import { fingerprint, type KeyRecord, verifySignature } from './key-record.ts';

/** How far a timestamp may be from the hub's clock, in milliseconds. */
export const MAX_CLOCK_SKEW_MS = 15_000;

/** Members of the body of both exchanges that prove a domain. */
export const CHALLENGE_FIELDS: readonly string[] = ['domain', 'timestamp', 'signed_timestamp'];

/** Longest signature that is looked at, in hexadecimal digits. */
const MAX_SIGNATURE_DIGITS = 1024;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** A signed timestamp whose form and time are right; the signature itself is not checked yet. */
export interface Challenge {
  /** In lower case. */
  domain: string;
  /** The exact text that was signed. */
  timestamp: string;
  signature: Buffer;
}

/** Reads and checks the body of a domain proof (registry-api.md, section 9.2). */
export function parseChallenge(
  body: Readonly<Record<string, string>>,
  now: Date,
): { ok: true; challenge: Challenge } | { ok: false; message: string } {
  const refuse = (message: string): { ok: false; message: string } => ({ ok: false, message });
  const { domain: domainText = '', timestamp = '', signed_timestamp: digits = '' } = body;
  const domain = parseDomain(domainText);
  if (domain === undefined) {
    return refuse('invalid domain format: a domain is a name such as example.com, not an address and without a port');
  }
  const time = RFC_3339.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(time)) return refuse('invalid timestamp format: write it as RFC 3339, such as 2026-01-31T12:00:00Z');
  if (Math.abs(time - now.getTime()) > MAX_CLOCK_SKEW_MS) {
    return refuse(
      `timestamp outside valid window (±15 seconds): it says ${new Date(time).toISOString()}, the registry's clock ${now.toISOString()}`,
    );
  }
  if (digits.length > MAX_SIGNATURE_DIGITS || digits.length % 2 === 1 || !/^[0-9a-fA-F]+$/.test(digits)) {
    return refuse('invalid signature format: signed_timestamp is the signature in hexadecimal digits');
  }
  return { ok: true, challenge: { domain, timestamp, signature: Buffer.from(digits, 'hex') } };
}

/** Whether one of the domain's keys made the signature; otherwise a message that names the keys that were tried. */
export function checkChallenge(
  challenge: Challenge,
  records: readonly KeyRecord[],
): { ok: true } | { ok: false; message: string } {
  const misses: string[] = [];
  for (const record of records) {
    const { ok, reason } = verifySignature(record, challenge.timestamp, challenge.signature);
    if (ok) return { ok: true };
    misses.push(`${fingerprint(record)} ${reason}`);
  }
  return { ok: false, message: `signature verification failed: ${misses.join('; ')}` };
}
