import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HubError } from '../base/errors.ts';
import { createLogger, type Logger } from './log.ts';
import { redactFields, redactText } from './redact.ts';

function logOf(write: (log: Logger) => void, level = 'info'): string {
  let text = '';
  write(createLogger(level, { write: (line) => (text += line) }));
  return text;
}

describe('createLogger', () => {
  it('writes one JSON line for each message, with its fields and its time', () => {
    const lines = logOf((log) => {
      log.info({ slug: 'notes', count: 2 }, 'loaded');
      log.debug('not at this level');
    });
    expect(lines.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(lines)).toMatchObject({ level: 30, slug: 'notes', count: 2, msg: 'loaded' });
    expect(JSON.parse(lines).time).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('writes nothing when it is silent', () => {
    expect(logOf((log) => log.fatal('x'), 'silent')).toBe('');
  });

  it.each([
    [{ token: 'hunter2' }],
    [{ a: { b: { c: { d: { authorization: 'hunter2' } } } } }],
    [{ Authorization: 'hunter2' }],
    [{ list: [{ apiKey: 'hunter2' }] }],
    [{ settings: { env: { ANY: 'hunter2' }, remote: { headers: { X: 'hunter2' } } } }],
    [{ clientSecret: 'hunter2', db_password: 'hunter2' }],
    [{ 'set-cookie': ['hunter2'] }],
  ])('hides the secret in %j', (fields) => {
    const line = logOf((log) => log.info(fields, 'x'));
    expect(line).toContain('[redacted]');
    expect(line).not.toContain('hunter2');
  });

  it('keeps what an error says, without the credentials in it', () => {
    const cause = Object.assign(new Error('GET https://u:hunter2@host/x failed with Bearer hunter2hunter2'), {
      headers: { authorization: 'hunter2' },
    });
    const line = logOf((log) => log.error({ err: new HubError('net.unreachable', 'no answer', { cause }) }, 'failed'));
    expect(JSON.parse(line).err).toMatchObject({
      code: 'net.unreachable',
      message: expect.stringContaining('no answer'),
    });
    expect(line).not.toContain('hunter2');
  });

  it('survives a circle', () => {
    const circle: Record<string, unknown> = { name: 'x' };
    circle.self = circle;
    expect(JSON.parse(logOf((log) => log.info(circle, 'round'))).msg).toBe('round');
  });
});

describe('redactText', () => {
  it.each([
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer [redacted]'],
    ['basic dXNlcjpwYXNz', 'basic [redacted]'],
    ['token mcphub_abcdefghijklmnopqrstuvwxyz0123456789_-ABCDE.', 'token [redacted].'],
    ['postgres://user:pass@db/x', 'postgres://user:[redacted]@db/x'],
    ['https://h/p?a=1&api_key=k1&b=2', 'https://h/p?a=1&api_key=[redacted]&b=2'],
    ['?access_token=xyz#f', '?access_token=[redacted]#f'],
  ])('makes %s harmless', (text, harmless) => {
    expect(redactText(text)).toBe(harmless);
  });

  it.each(['http://127.0.0.1:8080/x', 'the bearer of news', 'a@b', 'x://host:1', '2026-01-01T00:00:00Z'])(
    'leaves %s as it is',
    (text) => {
      expect(redactText(text)).toBe(text);
    },
  );

  it('keeps a line of JSON a line of JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('Bearer abcdefgh', 'x://u:p@h', '?key=a"b'), (value, secret) => {
        expect(() => JSON.parse(redactText(JSON.stringify({ value, secret })))).not.toThrow();
      }),
    );
  });
});

describe('redactFields', () => {
  it('does not change what it was given, and leaves numbers alone', () => {
    const given = Object.freeze({ tokens: 3, inner: Object.freeze({ token: 'x', isSecret: true }) });
    expect(redactFields(given)).toEqual({ tokens: 3, inner: { token: '[redacted]', isSecret: true } });
    expect(given.inner.token).toBe('x');
  });
});
