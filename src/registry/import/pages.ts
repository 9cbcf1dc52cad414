import { HubError } from '../../base/errors.ts';
import type { JsonValue } from '../../base/json.ts';
import { splitCatalogue } from './read.ts';

/** Most pages that are followed. */
const MAX_PAGES = 10_000;

/**
 * Follows a catalogue at a URL page by page.
 *
 * @param load - fetches and parses one address, within the limits of its own.
 * @returns the rows of each page as it arrives.
 * @throws HubError `import.bad_format` when a page is no catalogue, a cursor comes back, or there is no end.
 */
export async function* followPages(
  url: string,
  load: (url: string) => Promise<JsonValue>,
): AsyncGenerator<JsonValue[]> {
  const seen = new Set<string>();
  let next = url;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { rows, nextCursor } = splitCatalogue(await load(next));
    yield rows;
    if (nextCursor === undefined) return;
    if (seen.has(nextCursor)) {
      throw new HubError('import.bad_format', `${url} gave the cursor '${nextCursor.slice(0, 100)}' twice.`);
    }
    seen.add(nextCursor);
    const address = new URL(url);
    address.searchParams.set('cursor', nextCursor);
    next = address.href;
  }
  throw new HubError('import.bad_format', `${url} has more than ${MAX_PAGES} pages.`);
}
