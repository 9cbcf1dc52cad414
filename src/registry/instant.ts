import { toSortableInstant } from '../store/instant.ts';

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,18})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Reads an RFC 3339 date-time strictly, any offset. Entries keep their dates in the form that this returns.
 *
 * @returns UTC with `Z`, at most nine digits of fraction, no trailing zeros (registry-api.md, section 2.1); undefined
 * when the text is not a date-time.
 */
export function parseInstant(text: string): string | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  const utc = toSortableInstant(text);
  // An offset may carry the date over either end of the calendar.
  return /^\d{4}-/.test(utc) ? trimFraction(utc) : undefined;
}

function daysOf(year: number, month: number): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return isLeapYear ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** The form of {@link parseInstant} for a date. */
export function instantOf(date: Date): string {
  return trimFraction(date.toISOString());
}

/** Drops the zeros at the end of the fraction, and the fraction itself when nothing is left of it. */
export function trimFraction(instant: string): string {
  return instant.replace(/\.(\d*?)0*Z$/, (_, digits: string) => (digits === '' ? 'Z' : `.${digits}Z`));
}

/** -1, 0 or 1: the order in time of two instants of any precision. */
export function compareInstants(a: string, b: string): number {
  const [left, right] = [toSortableInstant(a), toSortableInstant(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
