import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { NamespaceProof, ProofOutcome } from './namespaces/proof.ts';
import { createPublisherLogin, MAX_LOGINS } from './publisher-login.ts';
import { createRegistryTokens } from './registry-jwt.ts';

const tokens = createRegistryTokens({ seed: randomBytes(32), lifeSeconds: 300 });

function proofThat(prove: () => Promise<ProofOutcome>): NamespaceProof {
  return { method: 'dns', fields: [], failure: 'DNS authentication failed', tellsReason: true, prove };
}
const granting = (...patterns: string[]) =>
  proofThat(async () => ({
    ok: true,
    subject: 'x',
    permissions: patterns.map((pattern) => ({ action: 'publish', pattern })),
  }));

describe('createPublisherLogin', () => {
  it('makes a registry token of what was proved', async () => {
    const proof = granting('com.example/*');
    const outcome = await createPublisherLogin({ proofs: [proof], tokens, blockedNamespaces: [] }).login(proof, {});
    if (!outcome.ok) throw new Error(outcome.message);
    expect(await tokens.verify(outcome.session.token)).toMatchObject({
      ok: true,
      method: 'dns',
      principal: { permissions: [{ action: 'publish', pattern: 'com.example/*' }] },
    });
  });

  it.each([
    ['com.example/*', false],
    ['COM.Example/*', false],
    ['com.*', false],
    ['com.example.team/*', true],
    ['com.examples/*', true],
    ['*', true],
  ])('with com.example blocked, a grant of %s gets a token: %s', async (pattern, expected) => {
    const proof = granting(pattern);
    const login = createPublisherLogin({ proofs: [proof], tokens, blockedNamespaces: ['com.example'] });
    const outcome = await login.login(proof, {});
    expect(outcome.ok).toBe(expected);
    if (!outcome.ok) expect(outcome.message).toContain('com.example is blocked');
  });

  it('lets only so many in at once, and the next one when one has gone', async () => {
    const ends: ((outcome: ProofOutcome) => void)[] = [];
    const slow = proofThat(() => new Promise((resolve) => ends.push(resolve)));
    const login = createPublisherLogin({ proofs: [slow], tokens, blockedNamespaces: [] });
    const waiting = Array.from({ length: MAX_LOGINS }, () => login.login(slow, {}));
    await expect(login.login(slow, {})).rejects.toMatchObject({ code: 'upstream.overloaded', retryAfterSeconds: 2 });
    ends[0]?.({ ok: false, message: 'no' });
    expect(await waiting[0]).toEqual({ ok: false, message: 'no' });
    const next = login.login(slow, {});
    for (const end of ends) end({ ok: false, message: 'no' });
    expect(await next).toEqual({ ok: false, message: 'no' });
    await Promise.all(waiting);
  });
});
