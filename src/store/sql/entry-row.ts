import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { JsonObject } from '../../base/json.ts';
import type { ServerDocument, ServerEntry } from '../entry.ts';
import { toSortableInstant } from '../instant.ts';
import { foldText } from '../search-text.ts';
import type { ServerVersionRow } from './schema.ts';

/** The row that keeps an entry. */
export function toRow(entry: ServerEntry): ServerVersionRow {
  return {
    name: entry.name,
    version: entry.version,
    id: entry.id,
    name_folded: foldText(entry.name),
    status: entry.status,
    status_message: entry.statusMessage ?? null,
    status_changed_at: entry.statusChangedAt,
    published_at: entry.publishedAt,
    updated_at: entry.updatedAt,
    updated_key: toSortableInstant(entry.updatedAt),
    is_latest: entry.isLatest ? 1 : 0,
    document: JSON.stringify(entry.document),
    meta: entry.meta === undefined ? null : JSON.stringify(entry.meta),
  };
}

/** The entry that a row keeps. */
export function fromRow(row: Selectable<ServerVersionRow>): ServerEntry {
  const document: ServerDocument = JSON.parse(row.document);
  const meta: JsonObject | undefined = row.meta === null ? undefined : JSON.parse(row.meta);
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    status: row.status,
    ...(row.status_message === null ? {} : { statusMessage: row.status_message }),
    statusChangedAt: row.status_changed_at,
    publishedAt: row.published_at,
    updatedAt: row.updated_at,
    isLatest: row.is_latest === 1,
    document,
    ...(meta === undefined ? {} : { meta }),
  };
}

/** The form in which a remote URL is kept and looked up. */
export function hashOfUrl(url: string): string {
  return createHash('sha256').update(url).digest('hex');
}

/** The different remote URLs of a document. */
export function remoteUrls(document: ServerDocument): string[] {
  const urls = (document.remotes ?? []).map((remote) => remote.url).filter((url) => typeof url === 'string');
  return [...new Set(urls)];
}
