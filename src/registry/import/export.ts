import type { JsonObject } from '../../base/json.ts';
import type { EntryPosition } from '../../store/entry.ts';
import type { RegistryStore } from '../../store/store.ts';
import { toServerResponse } from '../server-response.ts';

/** Rows that are read at once: the event loop stays free between two reads. */
const PAGE_SIZE = 100;

/**
 * The whole catalogue, every version with its dates, status and id, deleted ones included, in the order of names. An
 * import of these rows into an empty hub gives the same answers byte for byte. Rows that are written meanwhile may be
 * missing; no row comes twice.
 */
export async function* exportRows(store: RegistryStore): AsyncGenerator<JsonObject> {
  let after: EntryPosition | undefined;
  for (;;) {
    const page = await store.entries.list({
      limit: PAGE_SIZE,
      includeDeleted: true,
      ...(after === undefined ? {} : { after }),
    });
    for (const { entry } of page) yield toServerResponse(entry);
    const last = page.at(-1)?.entry;
    if (last === undefined || page.length < PAGE_SIZE) return;
    after = { name: last.name, version: last.version };
  }
}
