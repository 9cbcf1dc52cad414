import { isObject, type JsonValue, parseJson } from '../base/json.ts';
import type { EntryPosition, EntryStatus } from '../store/entry.ts';
import { foldForSearch, lastPart } from '../store/search-text.ts';
import { parseInstant } from './instant.ts';

/** Filters of a listing. They travel in the cursor, since some clients do not send them again. */
export interface ListFilters {
  search?: string;
  /** RFC 3339. */
  updatedSince?: string;
  version?: string;
  includeDeleted?: boolean;
  /** `registryType` of a package; this and the next three are compared without case. */
  type?: string;
  /** Transport of a remote or a package. */
  transport?: string;
  tag?: string;
  /** Namespace. */
  publisher?: string;
  /** `deleted` shows deleted versions without {@link includeDeleted}. */
  status?: EntryStatus;
}

/** Where a page begins and what it is filtered by. */
export interface Cursor {
  after: EntryPosition;
  filters: ListFilters;
}

/** Longest cursor that is read, in characters. */
export const MAX_CURSOR_LENGTH = 4096;

/** The filters that are any text, and what they are called in a cursor. */
const TEXTS = { type: 't', transport: 'x', tag: 'g', publisher: 'p' } as const;
const TEXT_FILTERS = Object.keys(TEXTS) as (keyof typeof TEXTS)[];
/** All statuses of a version. */
export const STATUSES: readonly EntryStatus[] = ['active', 'deprecated', 'deleted'];

const JSON_LIMITS = { maxBytes: MAX_CURSOR_LENGTH, maxDepth: 4 };

/** The text of a cursor: base64url of JSON, so that it survives clients that do not encode it (section 13.1). */
export function formatCursor(cursor: Cursor): string {
  const { after, filters } = cursor;
  const value = {
    n: after.name,
    v: after.version,
    r: after.rank,
    f: {
      s: filters.search,
      u: filters.updatedSince,
      v: filters.version,
      d: filters.includeDeleted,
      a: filters.status,
      ...Object.fromEntries(TEXT_FILTERS.map((filter) => [TEXTS[filter], filters[filter]])),
    },
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
  const rank = typeof value.r === 'number' && [0, 1, 2, 3, 4].includes(value.r) ? value.r : undefined;
  const f = isObject(value.f) ? value.f : {};
  const search = cleanText(f.s);
  const updatedSince = typeof f.u === 'string' ? parseInstant(f.u) : undefined;
  const wantedVersion = cleanText(f.v);
  const status = STATUSES.find((known) => known === f.a);
  const texts = TEXT_FILTERS.map((filter) => [filter, cleanText(f[TEXTS[filter]])] as const);
  return {
    after: { name, ...(version === undefined ? {} : { version }), ...(rank === undefined ? {} : { rank }) },
    filters: {
      ...(search === undefined ? {} : { search }),
      ...(updatedSince === undefined ? {} : { updatedSince }),
      ...(wantedVersion === undefined ? {} : { version: wantedVersion }),
      ...(typeof f.d === 'boolean' ? { includeDeleted: f.d } : {}),
      ...(status === undefined ? {} : { status }),
      ...Object.fromEntries(texts.filter(([, text]) => text !== undefined)),
    },
  };
}

/** A text that every database takes. */
function cleanText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && !/[\0\p{Surrogate}]/u.test(value) ? value : undefined;
}

/** The relevance group of a name in a search, for cursors that do not tell it; see {@link EntryPosition}. */
export function rankOf(name: string, search: string): number {
  const whole = foldForSearch(search).trim();
  const parts = [foldForSearch(name), foldForSearch(lastPart(name))];
  if (parts.includes(whole)) return 0;
  if (parts.some((part) => part.startsWith(whole))) return 1;
  return parts.some((part) => part.includes(whole)) ? 2 : 3;
}
