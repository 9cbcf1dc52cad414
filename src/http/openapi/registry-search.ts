import type { JsonObject } from '../../base/json.ts';
import { STATUSES } from '../../registry/cursor.ts';
import { MAX_SEARCH_LENGTH } from '../../store/search-text.ts';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../routes/registry-query.ts';
import { MAX_FILTER_LENGTH } from '../routes/registry-search.ts';

const text = (maxLength: number): JsonObject => ({ type: 'string', maxLength });
const parameters: readonly [string, string, JsonObject][] = [
  ['q', 'Words to search for; all must be found. Without it the rows come by name.', text(MAX_SEARCH_LENGTH)],
  ['type', 'Only servers with a package of this type, e.g. `npm`.', text(MAX_FILTER_LENGTH)],
  ['transport', 'Only servers with this transport, e.g. `stdio`, `streamable-http`.', text(MAX_FILTER_LENGTH)],
  ['tag', 'Only servers with this tag or keyword.', text(MAX_FILTER_LENGTH)],
  ['status', 'Only versions with this status.', { type: 'string', enum: [...STATUSES] }],
  ['publisher', 'Only servers of this namespace, e.g. `io.github.user`.', text(MAX_FILTER_LENGTH)],
  ['version', '`latest` for one row per server, or one exact version.', { type: 'string' }],
  ['limit', 'Most rows on the page.', { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }],
  ['cursor', 'Where the page begins: `metadata.nextCursor` of the page before.', { type: 'string' }],
];

/** The parameters of the ranked search, as the description shows them. */
export const searchParameters: readonly JsonObject[] = parameters.map(([name, description, schema]) => ({
  name,
  in: 'query',
  description,
  schema,
}));
