import { describe, expect, it } from 'vitest';
import { toSortableInstant } from './instant.ts';

describe('toSortableInstant', () => {
  it('gives one form to one instant, however it is written', () => {
    const same = [
      '2025-09-10T13:57:43.5Z',
      '2025-09-10T13:57:43.500Z',
      '2025-09-10t13:57:43.500000z',
      '2025-09-10T15:57:43.5+02:00',
      '2025-09-10 11:57:43.500000000-02:00',
    ];
    expect(new Set(same.map(toSortableInstant))).toEqual(new Set(['2025-09-10T13:57:43.500000000Z']));
  });

  it('keeps the order of instants that differ in a digit which the shorter one does not have', () => {
    const ordered = ['2025-09-10T13:57:43Z', '2025-09-10T13:57:43.000001Z', '2025-09-10T13:57:43.1Z'];
    expect(ordered.map(toSortableInstant)).toEqual(ordered.map(toSortableInstant).sort());
    expect(new Set(ordered.map(toSortableInstant)).size).toBe(3);
  });

  it('moves the day with the zone', () => {
    expect(toSortableInstant('2024-12-31T23:30:00-01:00')).toBe('2025-01-01T00:30:00.000000000Z');
  });

  it('places a leap second between its neighbours', () => {
    const leap = toSortableInstant('2016-12-31T23:59:60Z');
    expect(leap > toSortableInstant('2016-12-31T23:59:59.5Z')).toBe(true);
    expect(leap < toSortableInstant('2017-01-01T00:00:00Z')).toBe(true);
  });

  it.each(['', 'yesterday', '2025-09-10', '2025-09-10T13:57:43', '2025-13-10T13:57:43Z', '2025-09-10T13:57:43+2'])(
    'refuses %j and says what would be right',
    (text) => {
      expect(() => toSortableInstant(text)).toThrow(/is not a date-time such as/);
    },
  );
});
