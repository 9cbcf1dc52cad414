import type { JsonObject } from '../base/json.ts';
import type { ServerEntry } from '../store/entry.ts';
import { ENTRY_META, OFFICIAL_META } from './document-shape.ts';
import { trimFraction } from './instant.ts';

/**
 * An entry as answers and exports show it: `{server, _meta}` (registry-api.md, section 3). The document is not copied.
 *
 * @param extra - further keys for the response-level `_meta`.
 */
export function toServerResponse(entry: ServerEntry, extra?: JsonObject): JsonObject {
  return {
    server: entry.document,
    _meta: {
      [OFFICIAL_META]: {
        status: entry.status,
        statusChangedAt: trimFraction(entry.statusChangedAt),
        ...(entry.statusMessage === undefined ? {} : { statusMessage: entry.statusMessage }),
        publishedAt: trimFraction(entry.publishedAt),
        updatedAt: trimFraction(entry.updatedAt),
        isLatest: entry.isLatest,
      },
      [ENTRY_META]: { id: entry.id },
      ...entry.meta,
      ...extra,
    },
  };
}
