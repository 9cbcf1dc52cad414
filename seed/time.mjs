// The time server that comes with the hub: clocks, time zones and calendar arithmetic. It needs no network.
// It is also the example of a module server: the default export makes an MCP server.
import { completable, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

const READ_ONLY = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const MINUTE = 60_000;
const DAY = 86_400_000;

/** All IANA time zones this Node.js knows. `UTC` is one of them, whatever its list says. */
const ZONES = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])].sort();

/** What the caller did wrong, in words that tell how to do it right. */
class InputError extends Error {}

// --- time zones -----------------------------------------------------------------------------------------------------

const formats = new Map();

/** A formatter for the wall clock of a zone; throws an InputError for a zone that does not exist. */
function formatOf(zone) {
  let format = formats.get(zone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        calendar: 'iso8601',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        weekday: 'long',
      });
    } catch {
      throw new InputError(unknownZone(zone));
    }
    if (formats.size > 1000) formats.clear();
    formats.set(zone, format);
  }
  return format;
}

function unknownZone(zone) {
  const wanted = zone.toLowerCase().replace(/\s+/g, '_');
  const close = ZONES.filter((name) => name.toLowerCase().includes(wanted)).slice(0, 5);
  const hint = close.length > 0 ? ` Did you mean ${close.join(', ')}?` : ' All names are in the resource time://zones.';
  return `"${zone}" is not a time zone. Use an IANA name such as "Europe/Zurich" or "UTC".${hint}`;
}

/** The wall clock of a zone at an instant (milliseconds since 1970). */
function wallClock(instant, zone) {
  const parts = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) parts[type] = value;
  const { year, month, day, hour, minute, second, weekday } = parts;
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    weekday,
  };
}

/** Minutes by which a zone is ahead of UTC at an instant. */
function offsetAt(instant, zone) {
  const whole = Math.floor(instant / 1000) * 1000;
  return (asUtc(wallClock(whole, zone)) - whole) / MINUTE;
}

/** The instant at which a UTC clock shows these fields. `Date.UTC` would take the years 0 to 99 for 1900 to 1999. */
function asUtc({ year, month, day, hour = 0, minute = 0, second = 0 }) {
  return new Date(0).setUTCFullYear(year, month - 1, day) + hour * 3_600_000 + minute * MINUTE + second * 1000;
}

/** The instant at which the clock of a zone shows these fields, and a note when it does so twice or never. */
function instantOf(fields, zone) {
  const utc = asUtc(fields);
  const before = utc - offsetAt(utc - DAY, zone) * MINUTE;
  const after = utc - offsetAt(utc + DAY, zone) * MINUTE;
  const shows = (instant) => asUtc(wallClock(instant, zone)) === utc;
  const fits = [...new Set([before, after])].filter(shows);
  if (fits.length === 2)
    return {
      instant: Math.min(...fits),
      note: `This time occurs twice in ${zone} because clocks go back; the first one is meant.`,
    };
  if (fits.length === 1) return { instant: fits[0] };
  return {
    instant: before,
    note: `This time does not occur in ${zone} because clocks go forward; it was moved to after the change.`,
  };
}

// --- texts ----------------------------------------------------------------------------------------------------------

const pad = (number, length = 2) => String(Math.abs(number)).padStart(length, '0');

function offsetText(minutes) {
  if (minutes === 0) return 'Z';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(Math.floor(size % 60))}`;
}

/** An instant as a zone shows it. */
function describe(instant, zone) {
  if (!Number.isFinite(instant) || Math.abs(instant) > 8.64e15 - 2 * DAY)
    throw new InputError('The result lies outside of the years that can be computed.');
  const clock = wallClock(instant, zone);
  const offset = offsetAt(instant, zone);
  const local = `${pad(clock.year, 4)}-${pad(clock.month)}-${pad(clock.day)}T${pad(clock.hour)}:${pad(clock.minute)}:${pad(clock.second)}`;
  const january = offsetAt(Date.UTC(clock.year, 0, 1), zone);
  const july = offsetAt(Date.UTC(clock.year, 6, 1), zone);
  return {
    timezone: zone,
    datetime: `${local}${offsetText(offset)}`,
    utc: new Date(instant).toISOString().replace('.000Z', 'Z'),
    weekday: clock.weekday,
    utcOffset: offset === 0 ? '+00:00' : offsetText(offset),
    isDaylightSavingTime: january !== july && offset === Math.max(january, july),
  };
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/** Reads "14:30" (today in the zone), "2026-03-29T14:30" (in the zone) or a full ISO 8601 time with its own offset. */
function parseTime(text, zone, now) {
  const time = text.trim();
  if (time === '' || time.toLowerCase() === 'now') return { instant: now };
  const clock = CLOCK.exec(time);
  if (clock !== null) {
    const { year, month, day } = wallClock(now, zone);
    return instantOf(
      checked(
        { year, month, day, hour: Number(clock[1]), minute: Number(clock[2]), second: Number(clock[3] ?? 0) },
        text,
      ),
      zone,
    );
  }
  const iso = ISO.exec(time);
  if (iso === null) {
    throw new InputError(
      `"${text}" is not a time. Use "14:30", "2026-03-29", "2026-03-29T14:30" or "2026-03-29T14:30:00+02:00".`,
    );
  }
  const [year, month, day, hour, minute, second] = iso.slice(1, 7).map((part) => Number(part ?? 0));
  const fields = checked({ year, month, day, hour, minute, second }, text);
  if (iso[7] === undefined) return instantOf(fields, zone);
  return { instant: asUtc(fields) - parseOffset(iso[7]) * MINUTE };
}

function parseOffset(text) {
  if (/^z$/i.test(text)) return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return text.startsWith('-') ? -minutes : minutes;
}

function daysIn(year, month) {
  return new Date(asUtc({ year, month: month + 1, day: 1 }) - DAY).getUTCDate();
}

function checked(fields, text) {
  const { year, month, day, hour, minute, second } = fields;
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  if (isDate && hour <= 23 && minute <= 59 && second <= 59) return fields;
  throw new InputError(`"${text}" names a date or time that does not exist.`);
}

const DURATION =
  /^([+-])?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;
const MAX_NUMBER = 1e7;

/** Reads an ISO 8601 duration; calendar parts and clock parts stay apart. */
function parseDuration(text) {
  const match = DURATION.exec(text.trim());
  const parts = match?.slice(2).map((part) => (part === undefined ? undefined : Number(part)));
  if (parts === undefined || parts.every((part) => part === undefined) || /T$/i.test(text.trim())) {
    throw new InputError(
      `"${text}" is not an ISO 8601 duration. Examples: "PT90M" (90 minutes), "P1D" (a day), "-P2W", "P1Y2M10DT2H30M".`,
    );
  }
  if (parts.some((part) => part > MAX_NUMBER))
    throw new InputError(`A part of "${text}" is larger than ${MAX_NUMBER}.`);
  const sign = match[1] === '-' ? -1 : 1;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts;
  return {
    months: sign * (years * 12 + months),
    days: sign * (weeks * 7 + days),
    milliseconds: sign * Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000),
  };
}

/** Adds calendar parts on the wall clock (a day is a day, a month ends at its last day), then clock parts exactly. */
function add(instant, duration, zone) {
  if (duration.months === 0 && duration.days === 0) return { instant: instant + duration.milliseconds };
  const clock = wallClock(instant, zone);
  const monthIndex = clock.year * 12 + clock.month - 1 + duration.months;
  const year = Math.floor(monthIndex / 12);
  const month = (((monthIndex % 12) + 12) % 12) + 1;
  const date = new Date(asUtc({ year, month, day: Math.min(clock.day, daysIn(year, month)) }) + duration.days * DAY);
  const fields = { ...clock, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  if (!(fields.year >= 1 && fields.year <= 9999))
    throw new InputError('The result lies outside of the years 1 to 9999.');
  const { instant: moved, note } = instantOf(fields, zone);
  return { instant: moved + duration.milliseconds, note };
}

/** Runs a tool; what the caller did wrong is told as the tool's own error, not as a failure of the server. */
function answer(work) {
  try {
    const value = work();
    return { content: [{ type: 'text', text: JSON.stringify(value, null, 2) }], structuredContent: value };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { content: [{ type: 'text', text: error.message }], isError: true };
  }
}

// --- the server -----------------------------------------------------------------------------------------------------

const zoneField = z.string().max(100);
const momentShape = {
  timezone: z.string().describe('IANA time zone'),
  datetime: z.string().describe('Local date and time with offset, ISO 8601'),
  utc: z.string().describe('The same instant in UTC, ISO 8601'),
  weekday: z.string().describe('Day of the week, in English'),
  utcOffset: z.string().describe('Distance to UTC, e.g. +02:00'),
  isDaylightSavingTime: z.boolean().describe('Whether daylight saving time is in force'),
};
const moment = z.object(momentShape);
const note = z.string().optional().describe('Said when the time occurs twice or not at all because clocks change');

/** Makes the server. `options.now` fixes the clock (milliseconds since 1970), for tests. */
export default function createTimeServer({ options = {} } = {}) {
  const now = () => (typeof options.now === 'number' ? options.now : Date.now());
  const server = new McpServer(
    { name: 'time', title: 'Time', version: '1.0.0' },
    {
      instructions:
        'Tells the time anywhere, converts times between time zones and adds durations. Zones are IANA names such as "America/New_York". Read time://zones for all of them.',
    },
  );

  server.registerTool(
    'get_current_time',
    {
      title: 'Current time',
      description: 'The current date and time in a time zone. Without a time zone, in UTC.',
      inputSchema: z.object({
        timezone: zoneField.default('UTC').describe('IANA time zone, e.g. "Asia/Tokyo". Default: UTC'),
      }),
      outputSchema: moment,
      annotations: { ...READ_ONLY, title: 'Current time', idempotentHint: false },
    },
    async ({ timezone }) => answer(() => describe(now(), timezone)),
  );

  server.registerTool(
    'convert_time',
    {
      title: 'Convert a time between zones',
      description:
        'What the clock of one time zone shows when the clock of another shows a given time, and how far they are apart.',
      inputSchema: z.object({
        time: z
          .string()
          .max(64)
          .describe('"14:30" (today), "2026-03-29T14:30", an ISO 8601 time with offset, or "now"'),
        from: zoneField.describe('IANA time zone of that time, e.g. "Europe/Zurich"'),
        to: zoneField.describe('IANA time zone wanted, e.g. "America/New_York"'),
      }),
      outputSchema: z.object({
        from: moment,
        to: moment,
        differenceMinutes: z.number().describe('Minutes by which "to" is ahead of "from"; negative when it is behind'),
        note,
      }),
      annotations: { ...READ_ONLY, title: 'Convert a time between zones' },
    },
    async ({ time, from, to }) =>
      answer(() => {
        const parsed = parseTime(time, from, now());
        return {
          from: describe(parsed.instant, from),
          to: describe(parsed.instant, to),
          differenceMinutes: offsetAt(parsed.instant, to) - offsetAt(parsed.instant, from),
          ...(parsed.note && { note: parsed.note }),
        };
      }),
  );

  server.registerTool(
    'add_duration',
    {
      title: 'Add a duration to a time',
      description:
        'Adds an ISO 8601 duration to a time. Years, months, weeks and days move the calendar of the time zone (a month ends at its last day); hours, minutes and seconds are exact.',
      inputSchema: z.object({
        start: z
          .string()
          .max(64)
          .describe('"2026-01-31", "2026-01-31T09:00", an ISO 8601 time with offset, "14:30" (today) or "now"'),
        duration: z.string().max(64).describe('ISO 8601 duration, e.g. "PT90M", "P1M", "-P2W", "P1DT12H"'),
        timezone: zoneField.default('UTC').describe('IANA time zone whose calendar counts. Default: UTC'),
      }),
      outputSchema: z.object({ start: moment, result: moment, note }),
      annotations: { ...READ_ONLY, title: 'Add a duration to a time' },
    },
    async ({ start, duration, timezone }) =>
      answer(() => {
        const from = parseTime(start, timezone, now());
        const to = add(from.instant, parseDuration(duration), timezone);
        const said = to.note ?? from.note;
        return {
          start: describe(from.instant, timezone),
          result: describe(to.instant, timezone),
          ...(said && { note: said }),
        };
      }),
  );

  server.registerResource(
    'zones',
    'time://zones',
    { title: 'Time zones', description: 'All IANA time zone names, one a line.', mimeType: 'text/plain' },
    async (uri) => ({ contents: [{ uri: uri.href, mimeType: 'text/plain', text: `${ZONES.join('\n')}\n` }] }),
  );

  server.registerPrompt(
    'plan_meeting',
    {
      title: 'Plan a meeting across time zones',
      description: 'Finds a time that suits people in several time zones.',
      argsSchema: z.object({
        participants: z.string().max(1000).describe('Who takes part, e.g. "Ada, Grace and Linus"'),
        zones: completable(z.string().max(1000).describe('Their time zones, separated by commas'), completeZones),
      }),
    },
    async ({ participants, zones }) => ({
      description: `A meeting of ${participants}`,
      messages: [{ role: 'user', content: { type: 'text', text: meetingText(participants, zones, now()) } }],
    }),
  );
  return server;
}

/** Completes the last zone of a list that is being typed. */
function completeZones(value) {
  const comma = value.lastIndexOf(',');
  const before = comma < 0 ? '' : `${value.slice(0, comma + 1)} `;
  const typed = value
    .slice(comma + 1)
    .trim()
    .toLowerCase()
    .replace(/ /g, '_');
  const starts = ZONES.filter((zone) => zone.toLowerCase().startsWith(typed));
  const cities = ZONES.filter((zone) => !starts.includes(zone) && zone.toLowerCase().includes(typed));
  return [...starts, ...cities].slice(0, 100).map((zone) => before + zone);
}

function meetingText(participants, zones, now) {
  const lines = zones
    .split(',')
    .map((zone) => zone.trim())
    .filter((zone) => zone !== '')
    .map((zone) => {
      const { datetime, weekday } = describe(now, zone);
      return `- ${zone}: now ${weekday}, ${datetime}`;
    });
  return [
    `Plan a meeting for ${participants}. They are in these time zones:`,
    '',
    ...lines,
    '',
    'Propose three times in the next five working days that fall between 08:00 and 18:00 for everybody, or as near to it as possible.',
    'Check each with the convert_time tool, and give it in the local time of every zone. Say who has to compromise.',
  ].join('\n');
}
