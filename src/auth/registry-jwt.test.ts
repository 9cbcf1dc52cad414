import { randomBytes } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Permission } from './principal.ts';
import { createRegistryTokens, isRegistryToken } from './registry-jwt.ts';

const seed = randomBytes(32);
const start = new Date('2026-01-31T12:00:00Z');
const permissions: Permission[] = [
  { action: 'publish', pattern: 'com.example/*' },
  { action: 'edit', pattern: '*' },
];

function tokensAt(now: Date, key = seed) {
  return createRegistryTokens({ seed: key, lifeSeconds: 300, clock: () => now });
}
const issue = () => tokensAt(start).issue({ method: 'dns', subject: 'example.com', permissions });

describe('createRegistryTokens', () => {
  it('makes tokens with the official claims', async () => {
    const { token, expiresAt } = await issue();
    expect(decodeProtectedHeader(token).alg).toBe('EdDSA');
    const at = start.getTime() / 1000;
    expect(decodeJwt(token)).toEqual({
      iss: 'mcp-registry',
      iat: at,
      nbf: at,
      exp: at + 300,
      auth_method: 'dns',
      auth_method_sub: 'example.com',
      permissions: [
        { action: 'publish', resource: 'com.example/*' },
        { action: 'edit', resource: '*' },
      ],
    });
    expect(expiresAt.getTime()).toBe((at + 300) * 1000);
    expect(isRegistryToken(token)).toBe(true);
  });

  it('reads them back, on any replica with the same key', async () => {
    expect(await tokensAt(start).verify((await issue()).token)).toEqual({
      ok: true,
      method: 'dns',
      principal: { id: 'publisher:dns:example.com', name: 'example.com', kind: 'token', permissions },
    });
  });

  it('refuses them when their time is over, before it has come, and under another key', async () => {
    const { token } = await issue();
    const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);
    expect((await tokensAt(later(299)).verify(token)).ok).toBe(true);
    expect(await tokensAt(later(300)).verify(token)).toMatchObject({
      ok: false,
      message: expect.stringContaining('expired'),
    });
    expect((await tokensAt(later(-10)).verify(token)).ok).toBe(false);
    expect((await tokensAt(start, randomBytes(32)).verify(token)).ok).toBe(false);
  });

  it('refuses a changed claim, another algorithm, and a token without an end', async () => {
    const [head, , tail] = (await issue()).token.split('.');
    const forged = Buffer.from(JSON.stringify({ exp: 9e9, permissions: [{ action: 'admin', resource: '*' }] }));
    const claims = forged.toString('base64url');
    expect((await tokensAt(start).verify(`${head}.${claims}.${tail}`)).ok).toBe(false);
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect((await tokensAt(start).verify(`${none}.${claims}.`)).ok).toBe(false);
    const shared = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(seed);
    expect((await tokensAt(start).verify(shared)).ok).toBe(false);
  });

  it('does not make a token that no header can hold', async () => {
    const many = Array.from(
      { length: 500 },
      (_, i): Permission => ({ action: 'publish', pattern: `io.github.o-${i}/*` }),
    );
    await expect(tokensAt(start).issue({ method: 'github-at', subject: 'x', permissions: many })).rejects.toThrow(
      'too long',
    );
  });
});
