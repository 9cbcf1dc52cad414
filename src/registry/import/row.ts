import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { EntryStatus } from '../../store/entry.ts';

/** What a row of a catalogue tells of one version besides its document; absent members are not told. */
export interface RowFacts {
  /** Stable id, a UUID. */
  id?: string;
  status?: EntryStatus;
  statusMessage?: string;
  /** Dates in the form of `instant.ts`. */
  statusChangedAt?: string;
  publishedAt?: string;
  updatedAt?: string;
  /** Foreign keys of the response-level `_meta`. */
  meta?: JsonObject;
}

/** A row that was understood. Its document is in the current model and not yet checked. */
export interface ReadableRow {
  ok: true;
  /** Place in the catalogue, from 0. */
  index: number;
  document: JsonValue;
  facts: RowFacts;
  /** What was changed on the way in. */
  notes: string[];
}

/** A row that cannot be taken. */
export interface SkippedRow {
  ok: false;
  index: number;
  name?: string;
  reason: string;
}

/** One row of a catalogue after reading. */
export type ImportRow = ReadableRow | SkippedRow;
