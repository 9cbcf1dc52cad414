import { HubError, messageOf } from '../../base/errors.ts';
import type { Catalog } from '../catalog.ts';
import { RELAXED_DESCRIPTION_LENGTH } from '../document-shape.ts';
import { instantOf } from '../instant.ts';
import { parseServerDocument, type RegistrySettings, validateDocument } from '../server-json.ts';
import { type ApplyContext, applyRows, type CheckedRow, type Outcome } from './apply.ts';
import type { ImportRow, SkippedRow } from './row.ts';

/** A row that was not taken. */
export interface ImportSkip {
  index: number;
  name?: string;
  reason: string;
}

/** A row that was taken with a change, or against a rule that an import relaxes. */
export interface ImportNote {
  index: number;
  name: string;
  note: string;
}

/** What an import did. */
export interface ImportSummary {
  imported: number;
  updated: number;
  unchanged: number;
  skipped: ImportSkip[];
  /** At most 1,000. */
  notes: ImportNote[];
}

/** How an import runs. */
export interface ImportOptions {
  /** Called after each batch with the number of rows that are done. */
  onProgress?: (done: number) => void;
  /** Ends the import between two batches; what is done stays. */
  signal?: AbortSignal;
  clock?: () => Date;
}

/** Names of one transaction: few enough to leave the event loop free, many enough to wait for the disk seldom. */
const NAMES_PER_BATCH = 50;
const ROWS_PER_BATCH = 200;
const MAX_NOTES = 1000;
/** Rules about what a version is called; a row that breaks them could not be found again. */
const IDENTITY_RULES: ReadonlySet<string> = new Set(['name', 'version']);

/**
 * Takes rows into the catalogue, with dates, status and ids where they are told. The length of descriptions and the
 * semantic rules besides name and version are relaxed; each relaxation is a note. Rows that say what is stored change
 * nothing. A row that cannot be taken is skipped and never stops the rest; of two rows for one version the first wins.
 *
 * @throws HubError `store.unavailable` when the database is gone; the signal's reason when it fires.
 */
export async function importRows(
  catalog: Catalog,
  rows: Iterable<ImportRow> | AsyncIterable<ImportRow>,
  options: ImportOptions = {},
): Promise<ImportSummary> {
  const summary: ImportSummary = { imported: 0, updated: 0, unchanged: 0, skipped: [], notes: [] };
  const context = createApplyContext(catalog, options.clock ?? (() => new Date()));
  const seen = new Set<string>();
  let batch = new Map<string, CheckedRow[]>();
  let waiting = 0;
  let done = 0;

  const flush = async (): Promise<void> => {
    options.signal?.throwIfAborted();
    if (batch.size > 0) count(summary, await applyBatch(catalog, context, batch), batch);
    done += waiting;
    batch = new Map();
    waiting = 0;
    options.onProgress?.(done);
  };

  for await (const row of rows) {
    waiting++;
    const checked = checkRow(row, catalog.settings, seen, summary);
    if (checked.ok) batch.set(checked.name, [...(batch.get(checked.name) ?? []), checked.row]);
    else summary.skipped.push(checked.skip);
    if (batch.size >= NAMES_PER_BATCH || waiting >= ROWS_PER_BATCH) await flush();
  }
  if (waiting > 0) await flush();
  summary.skipped.sort((a, b) => a.index - b.index);
  return summary;
}

type CheckResult = { ok: true; name: string; row: CheckedRow } | { ok: false; skip: ImportSkip };

function checkRow(row: ImportRow, settings: RegistrySettings, seen: Set<string>, summary: ImportSummary): CheckResult {
  if (!row.ok) return { ok: false, skip: skipOf(row) };
  const { index, facts } = row;
  const parsed = parseServerDocument(row.document, { maxDescriptionLength: RELAXED_DESCRIPTION_LENGTH }, '');
  if (!parsed.ok) {
    const reason = parsed.errors
      .slice(0, 3)
      .map((error) => `${error.location.replace(/^\./, '') || 'document'}: ${error.message}`)
      .join('; ');
    return { ok: false, skip: { index, ...nameOf(row.document), reason } };
  }
  const { document } = parsed;
  const { name } = document;
  const { issues } = validateDocument(document, settings);
  const errors = issues.filter((issue) => issue.severity === 'error');
  const fatal = errors.find((issue) => IDENTITY_RULES.has(issue.path));
  if (fatal) return { ok: false, skip: { index, name, reason: fatal.message } };
  const key = `${name}@${document.version}`;
  if (seen.has(key)) {
    return { ok: false, skip: { index, name, reason: `version ${document.version} stands in this import twice` } };
  }
  seen.add(key);
  const notes = [...row.notes, ...errors.map((issue) => `${issue.path}: ${issue.message}`)];
  const { length } = [...document.description];
  if (length > settings.maxDescriptionLength) {
    notes.push(`description: ${length} characters; the limit for publishing is ${settings.maxDescriptionLength}`);
  }
  for (const note of notes) if (summary.notes.length < MAX_NOTES) summary.notes.push({ index, name, note });
  return { ok: true, name, row: { index, document, facts } };
}

function skipOf(row: SkippedRow): ImportSkip {
  return { index: row.index, ...(row.name === undefined ? {} : { name: row.name }), reason: row.reason };
}

function nameOf(document: unknown): { name?: string } {
  const named = typeof document === 'object' && document !== null && 'name' in document ? document.name : undefined;
  return typeof named === 'string' ? { name: named.slice(0, 200) } : {};
}

function createApplyContext(catalog: Catalog, clock: () => Date): ApplyContext {
  const ids = new Map<string, string>();
  return {
    now: () => instantOf(clock()),
    async isIdTaken(id, owner) {
      const known = ids.get(id);
      if (known !== undefined) return known !== owner;
      ids.set(id, owner);
      if ((await catalog.byId(id)) === undefined) return false;
      ids.set(id, 'stored');
      return true;
    },
  };
}

async function applyBatch(
  catalog: Catalog,
  context: ApplyContext,
  batch: ReadonlyMap<string, CheckedRow[]>,
): Promise<Outcome[]> {
  const { entries } = catalog.store;
  try {
    return await entries.changeMany([...batch.keys()], async (tx) => {
      const outcomes: Outcome[] = [];
      for (const [name, rows] of batch) outcomes.push(...(await applyRows(context, tx(name), name, rows)));
      return outcomes;
    });
  } catch (error) {
    // One name that the store refuses must not take the batch with it: each gets a transaction of its own.
    if (!(error instanceof HubError) || error.code !== 'store.conflict') throw error;
    return applyOneByOne(catalog, context, batch);
  }
}

async function applyOneByOne(
  catalog: Catalog,
  context: ApplyContext,
  batch: ReadonlyMap<string, CheckedRow[]>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [name, rows] of batch) {
    try {
      outcomes.push(...(await catalog.store.entries.change(name, (tx) => applyRows(context, tx, name, rows))));
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== 'store.conflict') throw error;
      outcomes.push(...rows.map(({ index }): Outcome => ({ index, result: 'skipped', reason: messageOf(error) })));
    }
  }
  return outcomes;
}

function count(summary: ImportSummary, outcomes: readonly Outcome[], batch: ReadonlyMap<string, CheckedRow[]>): void {
  const names = new Map([...batch].flatMap(([name, rows]) => rows.map((row): [number, string] => [row.index, name])));
  for (const outcome of outcomes) {
    const { index } = outcome;
    if (outcome.result === 'skipped') {
      const name = names.get(index);
      summary.skipped.push({ index, ...(name === undefined ? {} : { name }), reason: outcome.reason });
    } else summary[outcome.result]++;
  }
}
