import { describe, expect, it } from 'vitest';
import { compareInstants, instantOf, parseInstant, trimFraction } from './instant.ts';

describe('parseInstant', () => {
  it.each([
    ['2025-08-07T13:15:04.280Z', '2025-08-07T13:15:04.28Z'],
    ['2025-08-07T13:15:10Z', '2025-08-07T13:15:10Z'],
    ['2025-08-07T13:15:10.000Z', '2025-08-07T13:15:10Z'],
    ['2025-08-07T15:15:04+02:00', '2025-08-07T13:15:04Z'],
    ['2025-09-16T13:14:05.094878294Z', '2025-09-16T13:14:05.094878294Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ])('reads %s as %s', (text, expected) => {
    expect(parseInstant(text)).toBe(expected);
  });

  it.each([
    '',
    '2025-08-07',
    '2025-08-07 13:15:04Z',
    '2025-08-07t13:15:04z',
    '2025-08-07T13:15:04',
    '2025-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2025-04-31T00:00:00Z',
    '2025-00-10T00:00:00Z',
    '2025-08-00T00:00:00Z',
    '2025-08-07T24:00:00Z',
    '2025-08-07T23:59:60Z',
    '2025-08-07T13:15:04+25:00',
    '2025-08-07T13:15:04+02',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});

describe('the kept form', () => {
  it('has no zeros at the end of the fraction, and only there', () => {
    expect(instantOf(new Date('2026-01-01T00:00:10.100Z'))).toBe('2026-01-01T00:00:10.1Z');
    expect(instantOf(new Date('2026-01-01T00:00:10Z'))).toBe('2026-01-01T00:00:10Z');
    expect(trimFraction('2026-01-01T00:00:00Z')).toBe('2026-01-01T00:00:00Z');
  });

  it('is compared in time', () => {
    expect(compareInstants('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.1Z')).toBe(-1);
    expect(compareInstants('2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z')).toBe(0);
  });
});
