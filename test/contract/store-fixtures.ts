import { randomUUID } from 'node:crypto';
import type { Deployment } from '../../src/store/deployment.ts';
import type { EntryPosition, EntryQuery, ListedEntry, ServerDocument, ServerEntry } from '../../src/store/entry.ts';
import type { AuditRecord, RegistryStore, TokenRecord } from '../../src/store/store.ts';

/** What a contract case gets: an empty store, and the same data opened anew where the driver can. */
export interface StoreUnderTest {
  store(): RegistryStore;
  /** Closes the store and opens its data again; undefined when the driver keeps nothing. */
  reopen: (() => Promise<RegistryStore>) | undefined;
}

export const DATE = '2026-01-02T03:04:05.678Z';

/** An entry that is the only and latest version of its name, unless told otherwise. */
export function entry(name: string, more: Partial<ServerEntry> & { doc?: Partial<ServerDocument> } = {}): ServerEntry {
  const { doc, ...rest } = more;
  const version = rest.version ?? '1.0.0';
  return {
    id: randomUUID(),
    name,
    version,
    status: 'active',
    statusChangedAt: DATE,
    publishedAt: DATE,
    updatedAt: DATE,
    isLatest: true,
    document: { name, version, description: 'A server.', ...doc },
    ...rest,
  };
}

/** Adds entries, each in a change of its own. */
export async function add(store: RegistryStore, ...entries: ServerEntry[]): Promise<void> {
  for (const one of entries) await store.entries.change(one.name, (tx) => tx.insert(one));
}

/** A listing with the defaults of most cases. */
export function list(store: RegistryStore, query: Partial<EntryQuery> = {}): Promise<ListedEntry[]> {
  return store.entries.list({ limit: 100, includeDeleted: false, ...query });
}

/** `name@version` of each row. */
export function keys(rows: ListedEntry[]): string[] {
  return rows.map(({ entry: row }) => `${row.name}@${row.version}`);
}

/** The names of the rows of a listing. */
export async function names(store: RegistryStore, query: Partial<EntryQuery> = {}): Promise<string[]> {
  return (await list(store, query)).map((row) => row.entry.name);
}

/** Reads a listing page by page to its end. */
export async function pages(
  store: RegistryStore,
  query: Partial<EntryQuery> & { limit: number },
  between: (page: number) => Promise<void> = async () => {},
): Promise<ListedEntry[]> {
  const all: ListedEntry[] = [];
  let after: EntryPosition | undefined;
  for (let page = 0; page < 1000; page++) {
    const rows = await list(store, { ...query, ...(after === undefined ? {} : { after }) });
    const last = rows.at(-1);
    if (last === undefined) return all;
    all.push(...rows);
    after = {
      name: last.entry.name,
      version: last.entry.version,
      ...(last.rank === undefined ? {} : { rank: last.rank }),
    };
    await between(page);
  }
  throw new Error('The listing has no end.');
}

export function deployment(slug: string, more: Partial<Deployment> = {}): Deployment {
  return {
    slug,
    name: `local/${slug}`,
    version: '1.0.0',
    enabled: true,
    source: 'api',
    settings: {},
    createdAt: DATE,
    updatedAt: DATE,
    ...more,
  };
}

export function token(name: string, more: Partial<TokenRecord> = {}): TokenRecord {
  return { id: randomUUID(), name, hash: `hash-of-${name}`, permissions: ['read:*'], createdAt: DATE, ...more };
}

export function auditLine(n: number, more: Partial<AuditRecord> = {}): AuditRecord {
  return { at: DATE, actor: 'someone', action: 'publish', target: `com.example/s${n}@1.0.0`, result: 'ok', ...more };
}
