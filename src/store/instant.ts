import { HubError } from '../base/errors.ts';

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;
const FRACTION_DIGITS = 9;

/**
 * The form of an RFC 3339 date-time that sorts as text in the order of time: UTC, nine digits of fraction. More digits
 * are cut; a leap second counts as the last nanosecond before it ends.
 *
 * @throws HubError `request.invalid` when the text is not a date-time with a time zone.
 */
export function toSortableInstant(text: string): string {
  const [, date, minutes, second, fraction = '', zone] = DATE_TIME.exec(text) ?? [];
  const isLeap = second === '60';
  const instant = Date.parse(`${date}T${minutes}:${isLeap ? '59' : second}${zone?.toUpperCase()}`);
  if (Number.isNaN(instant)) {
    throw new HubError('request.invalid', `"${text.slice(0, 64)}" is not a date-time such as 2026-01-31T12:00:00Z.`);
  }
  const digits = isLeap ? '9'.repeat(FRACTION_DIGITS) : fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0');
  return `${new Date(instant).toISOString().slice(0, 19)}.${digits}Z`;
}
