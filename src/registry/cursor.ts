import { isObject, type JsonValue, parseJson } from '../base/json.ts';
import type { EntryPosition } from '../store/entry.ts';
import { foldText, lastPart } from '../store/search-text.ts';
import { parseInstant } from './instant.ts';

/** Filters of a listing. They travel in the cursor, since some clients do not send them again. */
export interface ListFilters {
  search?: string;
  /** RFC 3339. */
  updatedSince?: string;
  version?: string;
  includeDeleted?: boolean;
}

/** Where a page begins and what it is filtered by. */
export interface Cursor {
  after: EntryPosition;
  filters: ListFilters;
}

/** Longest cursor that is read, in characters. */
export const MAX_CURSOR_LENGTH = 4096;

const JSON_LIMITS = { maxBytes: MAX_CURSOR_LENGTH, maxDepth: 4 };

/** The text of a cursor: base64url of JSON, so that it survives clients that do not encode it (section 13.1). */
export function formatCursor(cursor: Cursor): string {
  const { after, filters } = cursor;
  const value = {
    n: after.name,
    v: after.version,
    r: after.rank,
    f: { s: filters.search, u: filters.updatedSince, v: filters.version, d: filters.includeDeleted },
  };
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/**
 * Reads a cursor: one of ours, the official `name:version`, or a name alone. No text is an error: a cursor that means
 * nothing to us is taken as a name, as the official registry does (section 4.1).
 */
export function parseCursor(text: string): Cursor {
  const own = parseOwn(text);
  if (own) return own;
  const colon = text.indexOf(':');
  if (colon < 0) return { after: { name: text }, filters: {} };
  return { after: { name: text.slice(0, colon), version: text.slice(colon + 1) }, filters: {} };
}

function parseOwn(text: string): Cursor | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  let value: JsonValue;
  try {
    value = parseJson(Buffer.from(text, 'base64url').toString('utf8'), JSON_LIMITS);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const name = cleanText(value.n);
  if (name === undefined) return undefined;
  const version = cleanText(value.v);
  const rank = typeof value.r === 'number' && [0, 1, 2, 3].includes(value.r) ? value.r : undefined;
  const f = isObject(value.f) ? value.f : {};
  const search = cleanText(f.s);
  const updatedSince = typeof f.u === 'string' ? parseInstant(f.u) : undefined;
  const wantedVersion = cleanText(f.v);
  return {
    after: { name, ...(version === undefined ? {} : { version }), ...(rank === undefined ? {} : { rank }) },
    filters: {
      ...(search === undefined ? {} : { search }),
      ...(updatedSince === undefined ? {} : { updatedSince }),
      ...(wantedVersion === undefined ? {} : { version: wantedVersion }),
      ...(typeof f.d === 'boolean' ? { includeDeleted: f.d } : {}),
    },
  };
}

/** A text that every database takes. */
function cleanText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && !/[\0\p{Surrogate}]/u.test(value) ? value : undefined;
}

/** The relevance group of a name in a search, for cursors that do not tell it; see {@link EntryPosition}. */
export function rankOf(name: string, search: string): number {
  const whole = foldText(search).trim();
  const parts = [foldText(name), foldText(lastPart(name))];
  if (parts.includes(whole)) return 0;
  if (parts.some((part) => part.startsWith(whole))) return 1;
  return parts.some((part) => part.includes(whole)) ? 2 : 3;
}
