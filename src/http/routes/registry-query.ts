import type { ListFilters } from '../../registry/cursor.ts';
import { parseInstant } from '../../registry/instant.ts';
import { refused } from '../../registry/refusals.ts';
import type { ConstraintError } from '../../registry/shape.ts';
import { MAX_SEARCH_LENGTH } from '../../store/search-text.ts';

/** Rows on a page when the client does not say. */
export const DEFAULT_LIMIT = 30;
/** Most rows on a page. */
export const MAX_LIMIT = 100;

/** The read query of the listing, or what is wrong with it. */
export type ListQuery =
  | { ok: true; filters: ListFilters; limit: number; cursor?: string }
  | { ok: false; errors: ConstraintError[] };

/** A read boolean, undefined when it is not there, or what is wrong with it. */
export type FlagQuery = { ok: true; value: boolean | undefined } | { ok: false; errors: ConstraintError[] };

const TRUE = ['true', '1', 't', 'T', 'TRUE', 'True'];
const FALSE = ['false', '0', 'f', 'F', 'FALSE', 'False'];

/**
 * Reads the query of the listing (registry-api.md, section 4.1). Empty values count as absent, unknown names are
 * ignored, of a repeated name the first value is taken.
 *
 * @throws HubError `registry.refused` (400) when `updated_since` is not a date-time.
 */
export function parseListQuery(query: URLSearchParams): ListQuery {
  const errors: ConstraintError[] = [];
  const limit = parseLimit(query, errors);
  const deleted = parseFlag(query, 'include_deleted');
  if (!deleted.ok) errors.push(...deleted.errors);
  const search = textValue(query, 'search');
  if (search !== undefined && search.length > MAX_SEARCH_LENGTH) {
    errors.push({ message: `expected length <= ${MAX_SEARCH_LENGTH}`, location: 'query.search' });
  }
  if (errors.length > 0 || !deleted.ok) return { ok: false, errors };
  const since = textValue(query, 'updated_since');
  const updatedSince = since === undefined ? undefined : parseInstant(since);
  if (since !== undefined && updatedSince === undefined) {
    throw refused(
      'Invalid updated_since format: expected RFC3339 timestamp (e.g., 2025-08-07T13:15:04.280Z)',
      `'${since.slice(0, 100)}' is not such a timestamp; a plus sign is sent as %2B`,
    );
  }
  const version = textValue(query, 'version');
  const cursor = textValue(query, 'cursor');
  return {
    ok: true,
    limit,
    filters: {
      ...(search === undefined ? {} : { search }),
      ...(updatedSince === undefined ? {} : { updatedSince }),
      ...(version === undefined ? {} : { version }),
      ...(deleted.value === undefined ? {} : { includeDeleted: deleted.value }),
    },
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** Reads a boolean query value; the words of section 2.2 are understood. */
export function parseFlag(query: URLSearchParams, name: string): FlagQuery {
  const value = textValue(query, name);
  if (value === undefined) return { ok: true, value: undefined };
  if (TRUE.includes(value)) return { ok: true, value: true };
  if (FALSE.includes(value)) return { ok: true, value: false };
  return { ok: false, errors: [{ message: 'invalid boolean', location: `query.${name}`, value: value.slice(0, 100) }] };
}

function parseLimit(query: URLSearchParams, errors: ConstraintError[]): number {
  const text = textValue(query, 'limit');
  if (text === undefined) return DEFAULT_LIMIT;
  const location = 'query.limit';
  if (!/^[+-]?\d{1,15}$/.test(text)) {
    errors.push({ message: 'invalid integer', location, value: text.slice(0, 100) });
    return DEFAULT_LIMIT;
  }
  const limit = Number(text);
  if (limit < 1) errors.push({ message: 'expected number >= 1', location, value: limit });
  if (limit > MAX_LIMIT) errors.push({ message: `expected number <= ${MAX_LIMIT}`, location, value: limit });
  return limit;
}

function textValue(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name);
  return value === null || value === '' ? undefined : value;
}
