import type { Principal } from '../auth/principal.ts';
import { HubError } from '../base/errors.ts';
import type { JsonValue } from '../base/json.ts';
import type { EntryPosition, ServerDocument, ServerEntry } from '../store/entry.ts';
import type { RegistryStore } from '../store/store.ts';
import type { CatalogContext, OwnershipHook, Warn } from './context.ts';
import { type Cursor, formatCursor, type ListFilters, parseCursor, rankOf } from './cursor.ts';
import { instantOf } from './instant.ts';
import { newestFirst } from './latest.ts';
import { edit, ensure, type Published, publish } from './publish.ts';
import {
  type ParsedDocument,
  parseServerDocument,
  type RegistrySettings,
  type Validation,
  validateWholly,
} from './server-json.ts';
import { remove, type StatusChange, setStatus, setStatusAll } from './status.ts';

/** What a catalogue is made of. */
export interface CatalogOptions {
  store: RegistryStore;
  settings: RegistrySettings;
  clock?: () => Date;
  /** Asked in order before a publish or an edit. */
  ownership?: readonly OwnershipHook[];
}

/** A page of the listing. */
export interface ListRequest extends ListFilters {
  cursor?: string;
  /** Rows on the page, 1 to 100. */
  limit: number;
}

/** The answer to a {@link ListRequest}. */
export interface ListPage {
  entries: ServerEntry[];
  /** Present only when another row exists. */
  nextCursor?: string;
}

/**
 * The catalogue's rules over a store. Methods that take a principal check its permissions and throw HubError with the
 * texts of registry-api.md; documents given to them have passed {@link Catalog.parse}.
 */
export interface Catalog {
  readonly settings: RegistrySettings;
  readonly store: RegistryStore;
  /** The constraint layer; gives the normal form of the document. */
  parse(value: JsonValue, location?: string): ParsedDocument;
  /** The JSON Schema that the document names, and the semantic layer. */
  validate(document: ServerDocument): Validation;
  /** Section 4.1. @throws HubError `registry.refused` for filters that exclude each other, `request.invalid` for a search too long. */
  list(request: ListRequest): Promise<ListPage>;
  /** Section 4.3; `latest` is understood. */
  get(name: string, version: string, includeDeleted?: boolean): Promise<ServerEntry | undefined>;
  /** Section 4.2: newest first; empty when there is none to see. */
  versions(name: string, includeDeleted?: boolean): Promise<ServerEntry[]>;
  /** The row with this stable id, deleted or not. */
  byId(id: string): Promise<ServerEntry | undefined>;
  /** Section 5.1. `warn` hears what the publisher should know besides. */
  publish(document: ServerDocument, principal: Principal, warn?: Warn): Promise<Published>;
  /** Section 5.2. */
  edit(
    name: string,
    version: string,
    document: ServerDocument,
    principal: Principal,
    warn?: Warn,
  ): Promise<ServerEntry>;
  /** Section 5.3. */
  setStatus(name: string, version: string, change: StatusChange, principal: Principal): Promise<ServerEntry>;
  /** Section 5.4. */
  setStatusAll(name: string, change: StatusChange, principal: Principal): Promise<ServerEntry[]>;
  /** Section 5.6; without a version all of the server. Gives back what was removed. */
  remove(name: string, version: string | undefined, principal: Principal): Promise<ServerEntry[]>;
  /** Makes sure that an entry of the hub itself exists with this document; no permission is needed. */
  ensure(document: JsonValue): Promise<ServerEntry>;
}

/** Makes a {@link Catalog}. It keeps nothing of its own: everything is in the store. */
export function createCatalog(options: CatalogOptions): Catalog {
  const { store, settings } = options;
  const clock = options.clock ?? (() => new Date());
  const context: CatalogContext = {
    store,
    settings,
    ownership: options.ownership ?? [],
    now: () => instantOf(clock()),
  };
  return {
    settings,
    store,
    parse: (value, location) => parseServerDocument(value, settings, location),
    validate: (document) => validateWholly(document, settings),
    list: (request) => list(store, request),
    async get(name, version, includeDeleted = false) {
      const entry = await store.entries.get(name, version);
      return entry && (includeDeleted || entry.status !== 'deleted') ? entry : undefined;
    },
    async versions(name, includeDeleted = false) {
      const entries = await store.entries.versions(name);
      return newestFirst(includeDeleted ? entries : entries.filter((entry) => entry.status !== 'deleted'));
    },
    byId: (id) => store.entries.byId(id),
    publish: (document, principal, warn) => publish(context, document, principal, warn),
    edit: (name, version, document, principal, warn) => edit(context, name, version, document, principal, warn),
    setStatus: (name, version, change, principal) => setStatus(context, name, version, change, principal),
    setStatusAll: (name, change, principal) => setStatusAll(context, name, change, principal),
    remove: (name, version, principal) => remove(context, name, version, principal),
    ensure: (document) => ensure(context, document),
  };
}

async function list(store: RegistryStore, request: ListRequest): Promise<ListPage> {
  const { cursor: text, limit, ...explicit } = request;
  const cursor = text === undefined ? undefined : parseCursor(text);
  // What the client says again wins over what the cursor remembers (section 13.1).
  const filters: ListFilters = { ...cursor?.filters, ...explicit };
  if (filters.updatedSince !== undefined && filters.includeDeleted === false) {
    throw new HubError(
      'registry.refused',
      'Cannot set include_deleted=false when using updated_since (incremental sync requires deleted servers)',
    );
  }
  const { updatedSince, version, search: _text, includeDeleted, ...labels } = filters;
  const search = filters.search?.trim() === '' ? undefined : filters.search;
  const after = cursor && positionFor(cursor, search);
  const rows = await store.entries.list({
    limit: limit + 1,
    ...labels,
    includeDeleted: updatedSince !== undefined || includeDeleted === true || labels.status === 'deleted',
    ...(after === undefined ? {} : { after }),
    ...(search === undefined ? {} : { search }),
    ...(updatedSince === undefined ? {} : { updatedSince }),
    ...(version === undefined ? {} : { version }),
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const entries = shown.map((row) => row.entry);
  if (last === undefined || rows.length <= limit) return { entries };
  const { rank } = last;
  const position = { name: last.entry.name, version: last.entry.version, ...(rank === undefined ? {} : { rank }) };
  return { entries, nextCursor: formatCursor({ after: position, filters }) };
}

/**
 * A place belongs to one order. The cursor of another search has none in this one, so its listing begins anew; one
 * without a search (the official form) gets the rank that its name has in this search.
 */
function positionFor({ after, filters }: Cursor, search: string | undefined): EntryPosition | undefined {
  const { rank, ...position } = after;
  if (search === undefined) return position;
  if (filters.search === undefined) return { ...position, rank: rankOf(after.name, search) };
  if (filters.search !== search) return undefined;
  return { ...position, rank: rank ?? rankOf(after.name, search) };
}
