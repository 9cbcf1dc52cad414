import { type Expression, expressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import { HubError } from '../../base/errors.ts';
import type { EntryQuery, ListedEntry } from '../entry.ts';
import { toSortableInstant } from '../instant.ts';
import { parseSearch } from '../search-text.ts';
import { fromRow } from './entry-row.ts';
import type { Tables } from './schema.ts';
import { needsWords, searchEntries } from './search.ts';

/** Most rows of one page. */
const MAX_PAGE = 10_000;

/** So many rows are sorted rather than found in a walk through the whole index in order. */
const FEW_ROWS = 1000;

/** One page of the catalogue; see `EntryStore.list`. */
export async function listEntries(db: Kysely<Tables>, query: EntryQuery): Promise<ListedEntry[]> {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_PAGE) {
    throw new HubError('request.invalid', `The limit of a page must be a whole number from 1 to ${MAX_PAGE}.`);
  }
  const terms = query.search === undefined ? undefined : parseSearch(query.search);
  return needsWords(query, terms) ? searchEntries(db, query, terms) : listInOrder(db, query);
}

/** Chooses the page in the indexes first, so that only the documents of the page are read. */
async function listInOrder(db: Kysely<Tables>, query: EntryQuery): Promise<ListedEntry[]> {
  const { after } = query;
  let page = db.selectFrom('server_versions').select(['name', 'version']).where(filter(query));
  if (after !== undefined) {
    const { name, version } = after;
    page = page.where((eb) =>
      version === undefined ? eb('name', '>', name) : eb(eb.refTuple('name', 'version'), '>', eb.tuple(name, version)),
    );
  }
  // Ordered by an expression, the planner takes the index of the filter instead of the index of the order.
  page = (await isAboutFewRows(db, query)) ? page.orderBy(sql`name || ''`) : page.orderBy('name');
  page = page.orderBy('version').limit(query.limit);
  const rows = await db
    .selectFrom(page.as('page'))
    .innerJoin('server_versions as entry', (join) =>
      join.onRef('entry.name', '=', 'page.name').onRef('entry.version', '=', 'page.version'),
    )
    .selectAll('entry')
    .orderBy('page.name')
    .orderBy('page.version')
    .execute();
  return rows.map((row) => ({ entry: fromRow(row) }));
}

/** Followers ask again and again for what is new, which is little; a first copy asks for everything. */
async function isAboutFewRows(db: Kysely<Tables>, query: EntryQuery): Promise<boolean> {
  if (query.updatedSince === undefined) return false;
  const updated = db
    .selectFrom('server_versions')
    .select('name')
    .where('updated_key', '>', toSortableInstant(query.updatedSince))
    .limit(FEW_ROWS + 1);
  const { rows } = await db
    .selectFrom(updated.as('updated'))
    .select((eb) => eb.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  return Number(rows) <= FEW_ROWS;
}

function filter(query: EntryQuery): Expression<SqlBool> {
  const eb = expressionBuilder<Tables, 'server_versions'>();
  const all: Expression<SqlBool>[] = [];
  if (!query.includeDeleted) all.push(eb('server_versions.status', '<>', 'deleted'));
  if (query.status !== undefined) all.push(eb('server_versions.status', '=', query.status));
  if (query.updatedSince !== undefined) {
    all.push(eb('server_versions.updated_key', '>', toSortableInstant(query.updatedSince)));
  }
  // A literal, because an index over a condition is used for the same condition only.
  if (query.version === 'latest') all.push(eb('server_versions.is_latest', '=', eb.lit(1)));
  else if (query.version !== undefined) all.push(eb('server_versions.version', '=', query.version));
  return eb.and(all);
}
