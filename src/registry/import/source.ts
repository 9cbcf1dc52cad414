import { readFile, stat } from 'node:fs/promises';
import { HubError, messageOf } from '../../base/errors.ts';
import { type JsonValue, parseJson } from '../../base/json.ts';
import type { Net } from '../../net/net.ts';
import { followPages } from './pages.ts';
import { CATALOGUE_LIMITS, readCatalogueText } from './read.ts';

/** Largest page of a registry that is followed, in bytes. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;

/**
 * Reads a catalogue from where the operator says: a file, or a URL. A URL whose answer names a next page is followed
 * page by page.
 *
 * @param where - a path, or an `http:` or `https:` URL; the operator's own word, so any host is allowed.
 * @returns raw rows, some at a time, for {@link readRow}.
 * @throws HubError `import.bad_format` when the file cannot be read or is no catalogue; `net.*` for a URL.
 */
export async function* readSource(where: string, net: Net, signal?: AbortSignal): AsyncGenerator<JsonValue[]> {
  if (/^https?:\/\//i.test(where)) {
    yield* followPages(where, (url) => loadPage(url, net, signal));
    return;
  }
  yield readCatalogueText(await readText(where)).rows;
}

async function loadPage(url: string, net: Net, signal: AbortSignal | undefined): Promise<JsonValue> {
  const { status, body } = await net.fetch({
    url,
    trust: 'operator',
    maxBytes: MAX_PAGE_BYTES,
    headers: { accept: 'application/json' },
    ...(signal && { signal }),
  });
  if (status !== 200) throw new HubError('import.bad_format', `${url} answered ${status} instead of a catalogue.`);
  return parseJson(Buffer.from(body).toString('utf8'), CATALOGUE_LIMITS);
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= CATALOGUE_LIMITS.maxBytes) return await readFile(file, 'utf8');
  } catch (error) {
    throw new HubError('import.bad_format', `Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
  throw new HubError('import.bad_format', `${file} is larger than ${CATALOGUE_LIMITS.maxBytes} bytes.`);
}
