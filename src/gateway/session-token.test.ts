import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSessionSealer, SESSION_SECONDS } from './session-token.ts';

const key = randomBytes(32);
const claims = {
  protocolVersion: '2025-11-25',
  capabilities: { sampling: {} },
  clientInfo: { name: 'c', version: '1' },
};

it('opens what it sealed, with a new id each time', () => {
  const sealer = createSessionSealer(key);
  const [a, b] = [sealer.seal(claims, 'time', 'local'), sealer.seal(claims, 'time', 'local')];
  const opened = sealer.open(a, 'time', 'local');
  expect(opened).toMatchObject(claims);
  expect(sealer.open(b, 'time', 'local')?.id).not.toBe(opened?.id);
});

it('opens on another process with the same key', () => {
  const token = createSessionSealer(key).seal(claims, 'time', 'local');
  expect(createSessionSealer(Buffer.from(key)).open(token, 'time', 'local')).toMatchObject(claims);
});

it('refuses another endpoint, another principal and another key', () => {
  const sealer = createSessionSealer(key);
  const token = sealer.seal(claims, 'time', 'token:a');
  expect(sealer.open(token, 'notes', 'token:a')).toBeUndefined();
  expect(sealer.open(token, 'time', 'token:b')).toBeUndefined();
  expect(createSessionSealer(randomBytes(32)).open(token, 'time', 'token:a')).toBeUndefined();
});

it('refuses a session that is too old', () => {
  let now = 1_000_000;
  const sealer = createSessionSealer(key, () => now);
  const token = sealer.seal(claims, 'time', 'local');
  now += SESSION_SECONDS - 1;
  expect(sealer.open(token, 'time', 'local')).toBeDefined();
  now += 1;
  expect(sealer.open(token, 'time', 'local')).toBeUndefined();
});

it('stays short enough for a header whatever the client says of itself', () => {
  const sealer = createSessionSealer(key);
  const capabilities = { sampling: { note: 'x'.repeat(100_000) }, elicitation: {} };
  const token = sealer.seal({ ...claims, capabilities, clientInfo: { name: 'y'.repeat(100_000) } }, 'time', 'local');
  expect(token.length).toBeLessThan(8_000);
  expect(sealer.open(token, 'time', 'local')?.capabilities).toEqual({ sampling: {}, elicitation: {} });
});

it('never opens or breaks on a text that somebody made up or changed', () => {
  const sealer = createSessionSealer(key);
  const good = sealer.seal(claims, 'time', 'local');
  fc.assert(
    fc.property(fc.string(), fc.nat(good.length - 1), fc.constantFrom(...'ABCDwxyz0189-_'), (text, at, char) => {
      expect(sealer.open(text, 'time', 'local')).toBeUndefined();
      const changed = good.slice(0, at) + char + good.slice(at + 1);
      const isSame = Buffer.from(changed, 'base64url').equals(Buffer.from(good, 'base64url'));
      if (!isSame) expect(sealer.open(changed, 'time', 'local')).toBeUndefined();
    }),
  );
});
