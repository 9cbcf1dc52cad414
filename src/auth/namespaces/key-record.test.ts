import { describe, expect, it } from 'vitest';
import { makeDomainKey } from '../../../test/fixtures/domain-key.ts';
import { findKeyRecords, fingerprint, type KeyRecord, verifySignature } from './key-record.ts';

const TEXT = '2026-01-31T12:00:00Z';

function recordOf(text: string): KeyRecord {
  const [record] = findKeyRecords([text]);
  if (record === undefined) throw new Error(`no record in ${text}`);
  return record;
}

describe('findKeyRecords', () => {
  it('finds a record anywhere in a text, and one for each text', () => {
    expect(
      findKeyRecords([
        'v=spf1 -all',
        'x v=MCPv1; k=ed25519; p=AAAA== y',
        'v=MCPv1;k=ecdsap384;p=BB',
        'v=MCPv2; k=a; p=b',
      ]),
    ).toEqual([
      { algorithm: 'ed25519', key: 'AAAA==' },
      { algorithm: 'ecdsap384', key: 'BB' },
    ]);
  });

  it('looks at no more than 20 keys', () => {
    expect(findKeyRecords(Array.from({ length: 50 }, () => 'v=MCPv1; k=ed25519; p=AA'))).toHaveLength(20);
  });
});

describe('verifySignature', () => {
  it.each(['ed25519', 'ecdsap384'] as const)('accepts a signature by the %s key and no other', (algorithm) => {
    const key = makeDomainKey(algorithm);
    const record = recordOf(key.record);
    const signature = Buffer.from(key.sign(TEXT), 'hex');
    expect(verifySignature(record, TEXT, signature).ok).toBe(true);
    expect(verifySignature(record, `${TEXT} `, signature).ok).toBe(false);
    expect(verifySignature(recordOf(makeDomainKey(algorithm).record), TEXT, signature).ok).toBe(false);
    signature[5] = (signature[5] ?? 0) ^ 1;
    expect(verifySignature(record, TEXT, signature).ok).toBe(false);
  });

  it('accepts a P-384 signature whose R or S lost its leading zero, as the official command line writes it', () => {
    const key = makeDomainKey('ecdsap384');
    const record = recordOf(key.record);
    const shortened = { r: false, s: false };
    // One signature in 128 has a leading zero; the text changes until both kinds have come.
    for (let i = 0; !(shortened.r && shortened.s); i++) {
      const text = `${TEXT}${i}`;
      const whole = Buffer.from(key.sign(text), 'hex');
      const r = whole.subarray(0, 48);
      const s = whole.subarray(48);
      if (r[0] !== 0 && s[0] !== 0) continue;
      if (r[0] === 0) shortened.r = true;
      if (s[0] === 0) shortened.s = true;
      const short = Buffer.concat([r[0] === 0 ? r.subarray(1) : r, s[0] === 0 ? s.subarray(1) : s]);
      expect(verifySignature(record, text, short).ok).toBe(true);
      expect(verifySignature(record, `${text}x`, short).ok).toBe(false);
    }
  });

  it.each([
    [{ algorithm: 'ed25519', key: 'AAAA' }, 'has 3 bytes'],
    [{ algorithm: 'ecdsap384', key: 'AAAA' }, 'compressed P-384 point'],
    [
      { algorithm: 'ecdsap384', key: Buffer.concat([Buffer.from([2]), Buffer.alloc(48, 255)]).toString('base64') },
      'valid',
    ],
    [{ algorithm: 'rsa', key: 'AAAA' }, 'unknown algorithm'],
  ])('refuses the key %j and says why', (record, part) => {
    const verdict = verifySignature(record, TEXT, Buffer.alloc(96, 1));
    expect(verdict.ok).toBe(false);
    expect(verdict.reason).toContain(part);
  });

  it('refuses a signature of another length', () => {
    const record = recordOf(makeDomainKey('ecdsap384').record);
    for (const length of [0, 64, 93, 97]) expect(verifySignature(record, TEXT, Buffer.alloc(length, 1)).ok).toBe(false);
  });
});

describe('fingerprint', () => {
  it('shows the algorithm and the beginning of the key', () => {
    expect(fingerprint({ algorithm: 'ed25519', key: 'ABCDEFGHIJKLMN' })).toBe('ed25519:ABCDEFGH');
  });
});
