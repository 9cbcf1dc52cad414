import { isObject, type JsonObject } from '../base/json.ts';
import type { EntryPosition, ServerDocument, ServerEntry } from '../store/entry.ts';
import type { RegistryStore } from '../store/store.ts';
import { PUBLISHER_META } from './document-shape.ts';
import { objectsOf, textOf } from './issues.ts';

/** How often each value occurs, the most frequent first. */
export type Counts = { value: string; count: number }[];

/** What the latest versions of all servers have in common. Deleted ones count in `statuses` only. */
export interface Facets {
  /** Servers that are not deleted. */
  total: number;
  packageTypes: Counts;
  /** Of packages and remotes. */
  transports: Counts;
  /** `tags` and `keywords` of the publishers, in lower case. */
  tags: Counts;
  statuses: Counts;
  namespaces: Counts;
}

const PAGE = 1_000;
const TAG_KEYS = ['tags', 'keywords'];
const MAX_TAGS = 100;
const MAX_TAG_LENGTH = 100;

/** Counts over the whole catalogue; a server counts once for each value that it has. */
export async function countFacets(store: Pick<RegistryStore, 'entries'>): Promise<Facets> {
  const tallies = {
    packageTypes: new Map<string, number>(),
    transports: new Map<string, number>(),
    tags: new Map<string, number>(),
    statuses: new Map<string, number>(),
    namespaces: new Map<string, number>(),
  };
  let total = 0;
  for await (const { name, status, document } of latestVersions(store)) {
    tally(tallies.statuses, [status]);
    if (status === 'deleted') continue;
    total++;
    const packages = objectsOf(document.packages);
    const carriers = [...packages.map((item) => item.transport).filter(isObject), ...objectsOf(document.remotes)];
    tally(
      tallies.packageTypes,
      packages.map((item) => textOf(item.registryType)),
    );
    tally(
      tallies.transports,
      carriers.map((item) => textOf(item.type)),
    );
    tally(tallies.tags, tagsOf(document));
    tally(tallies.namespaces, [name.slice(0, name.indexOf('/'))]);
  }
  const { packageTypes, transports, tags, statuses, namespaces } = tallies;
  return {
    total,
    packageTypes: sorted(packageTypes),
    transports: sorted(transports),
    tags: sorted(tags),
    statuses: sorted(statuses),
    namespaces: sorted(namespaces),
  };
}

async function* latestVersions({ entries }: Pick<RegistryStore, 'entries'>): AsyncGenerator<ServerEntry> {
  let after: EntryPosition | undefined;
  do {
    const rows = await entries.list({ limit: PAGE, version: 'latest', includeDeleted: true, ...(after && { after }) });
    for (const { entry } of rows) yield entry;
    const last = rows.length < PAGE ? undefined : rows.at(-1)?.entry;
    after = last && { name: last.name, version: last.version };
  } while (after !== undefined);
}

function tagsOf(document: ServerDocument): string[] {
  const meta = document._meta;
  const block = isObject(meta) ? meta[PUBLISHER_META] : undefined;
  if (!isObject(block)) return [];
  return TAG_KEYS.flatMap((key) => textsOf(block, key))
    .slice(0, MAX_TAGS)
    .map((tag) => tag.trim().toLowerCase().slice(0, MAX_TAG_LENGTH));
}

function textsOf(block: JsonObject, key: string): string[] {
  const value = block[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function tally(counts: Map<string, number>, values: string[]): void {
  for (const value of new Set(values)) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
}

function sorted(counts: Map<string, number>): Counts {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
