import { HubError, messageOf } from '../../base/errors.ts';
import { isObject, type JsonLimits, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import type { EntryStatus } from '../../store/entry.ts';
import { ENTRY_META, HUB_META_PREFIX, OFFICIAL_META } from '../document-shape.ts';
import { parseInstant } from '../instant.ts';
import { textOf } from '../issues.ts';
import type { ImportRow, RowFacts } from './row.ts';
import { fromSeedEra } from './seed-era.ts';
import { upgradeDocument } from './upgrade.ts';

/** A catalogue taken apart into its rows, not yet read. */
export interface CataloguePage {
  rows: JsonValue[];
  /** Present when the answer of a registry says that more follows. */
  nextCursor?: string;
}

/** What a catalogue file may measure. */
export const CATALOGUE_LIMITS: JsonLimits = { maxBytes: 256 * 1024 * 1024, maxDepth: 64 };
/** Largest foreign `_meta` of one row that is kept, as JSON. */
const MAX_META_LENGTH = 64 * 1024;
/** Earliest date that a registry entry can have (registry-api.md, section 11). */
const EARLIEST = '2020-01-01T00:00:00Z';
const STATUSES: readonly EntryStatus[] = ['active', 'deprecated', 'deleted'];
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * Reads the text of a catalogue file: JSON, or one row a line.
 *
 * @throws HubError `import.bad_format` when it is neither, `json.too_large` when it is larger than 256 MiB.
 */
export function readCatalogueText(text: string): CataloguePage {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  let whole: JsonValue;
  try {
    whole = parseJson(trimmed, CATALOGUE_LIMITS);
  } catch (error) {
    const lines = readLines(trimmed);
    if (lines) return lines;
    if (error instanceof HubError && error.code !== 'json.invalid') throw error;
    throw new HubError('import.bad_format', `The catalogue is neither JSON nor lines of JSON: ${messageOf(error)}`);
  }
  return splitCatalogue(whole);
}

/** Rows of a file with one JSON value a line; a broken line becomes a row that is skipped. */
function readLines(text: string): CataloguePage | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length < 2) return undefined;
  const rows = lines.map((line): JsonValue => {
    try {
      return parseJson(line, CATALOGUE_LIMITS);
    } catch {
      return null;
    }
  });
  return rows.some(isObject) ? { rows } : undefined;
}

/**
 * Takes a catalogue apart: a list of rows, the answer of a registry (`{servers, metadata}`), or one row.
 *
 * @throws HubError `import.bad_format` when it is none of these.
 */
export function splitCatalogue(value: JsonValue): CataloguePage {
  if (Array.isArray(value)) return { rows: value };
  if (isObject(value) && Array.isArray(value.servers)) {
    const metadata = isObject(value.metadata) ? value.metadata : {};
    const nextCursor = textOf(metadata.nextCursor) || textOf(metadata.next_cursor);
    return { rows: value.servers, ...(nextCursor === '' ? {} : { nextCursor }) };
  }
  if (isObject(value) && (value.name !== undefined || isObject(value.server))) return { rows: [value] };
  throw new HubError(
    'import.bad_format',
    'The catalogue must be a list of server.json documents, the answer of a registry ({"servers": […]}), or one row a line.',
  );
}

/**
 * Reads a whole catalogue of any known format: server.json documents, `{server, _meta}` rows of an API or an export,
 * the dump of mid-2025 (status and official `_meta` inside the document), the seed of 2025-05; also mixed.
 *
 * @throws HubError `import.bad_format` when it is no catalogue at all; a broken row is a row to skip.
 */
export function readCatalogue(value: JsonValue): ImportRow[] {
  return splitCatalogue(value).rows.map((row, index) => readRow(row, index));
}

/** Reads one row of any known format. */
export function readRow(row: JsonValue, index: number): ImportRow {
  if (!isObject(row)) return { ok: false, index, reason: 'the row is not a JSON object' };
  const notes: string[] = [];
  if (isObject(row.server)) {
    const outer = isObject(row._meta) ? row._meta : {};
    return readDocument(row.server, outer, index, notes);
  }
  if (isObject(row.version_detail)) {
    const { release_date: released } = row.version_detail;
    const facts = { ...idFact(row.id), ...dateFact('publishedAt', released), ...dateFact('updatedAt', released) };
    return finish(fromSeedEra(row, notes), facts, index, notes);
  }
  return readDocument(row, {}, index, notes);
}

/** A document that may hold its registry facts itself, as in the dump of mid-2025, or beside it, as today. */
function readDocument(document: JsonObject, outer: JsonObject, index: number, notes: string[]): ImportRow {
  const inner = isObject(document._meta) ? document._meta : {};
  const given = isObject(outer[OFFICIAL_META]) ? outer[OFFICIAL_META] : inner[OFFICIAL_META];
  const official = isObject(given) ? given : {};
  const own = isObject(outer[ENTRY_META]) ? outer[ENTRY_META] : {};
  const facts: RowFacts = {
    ...idFact(own.id ?? official.versionId),
    ...statusFact(official.status ?? document.status),
    ...(typeof official.statusMessage === 'string' ? { statusMessage: official.statusMessage.slice(0, 500) } : {}),
    ...dateFact('statusChangedAt', official.statusChangedAt),
    ...dateFact('publishedAt', official.publishedAt),
    ...dateFact('updatedAt', official.updatedAt),
    ...metaFact(outer, notes),
  };
  const kept = Object.entries(inner).filter(([key]) => key !== OFFICIAL_META && !key.startsWith(HUB_META_PREFIX));
  const bare = isObject(document._meta) ? { ...document, _meta: Object.fromEntries(kept) } : document;
  return finish(bare, facts, index, notes);
}

function finish(document: JsonObject, facts: RowFacts, index: number, notes: string[]): ImportRow {
  const name = textOf(document.name);
  if (name === '') return { ok: false, index, reason: 'the row has no name' };
  if (textOf(document.version) === '') return { ok: false, index, name, reason: 'the row has no version' };
  return { ok: true, index, document: upgradeDocument(document, notes), facts, notes };
}

function idFact(id: JsonValue | undefined): Pick<RowFacts, 'id'> {
  const text = textOf(id).toLowerCase();
  return UUID.test(text) ? { id: text } : {};
}

function statusFact(status: JsonValue | undefined): Pick<RowFacts, 'status'> {
  const known = STATUSES.find((one) => one === status);
  return known === undefined ? {} : { status: known };
}

/** A date that no registry entry can have is as good as none. */
function dateFact<K extends 'statusChangedAt' | 'publishedAt' | 'updatedAt'>(
  key: K,
  value: JsonValue | undefined,
): Partial<Record<K, string>> {
  const instant = typeof value === 'string' ? parseInstant(value) : undefined;
  if (instant === undefined || instant < EARLIEST) return {};
  const dates: Partial<Record<K, string>> = {};
  dates[key] = instant;
  return dates;
}

function metaFact(outer: JsonObject, notes: string[]): Pick<RowFacts, 'meta'> {
  const foreign = Object.entries(outer).filter(
    ([key]) => !key.startsWith('io.modelcontextprotocol.registry/') && !key.startsWith(HUB_META_PREFIX),
  );
  if (foreign.length === 0) return {};
  const meta: JsonObject = Object.fromEntries(foreign);
  if (JSON.stringify(meta).length <= MAX_META_LENGTH) return { meta };
  notes.push('the foreign _meta is too large and was left out');
  return {};
}
