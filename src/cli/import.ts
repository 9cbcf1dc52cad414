import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { HubError, messageOf } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { createNet } from '../net/client.ts';
import type { ImportSummary } from '../registry/import/import.ts';
import { followPages } from '../registry/import/pages.ts';
import { CATALOGUE_LIMITS, readCatalogueText } from '../registry/import/read.ts';
import { hubVersion } from '../telemetry/version.ts';
import type { HubClient } from './api-client.ts';
import { clientServersIn, parseClientFile, toDeployments } from './client-file.ts';
import { argument, type CliContext, type Run } from './command.ts';
import { EXIT } from './failure.ts';
import type { Output } from './output.ts';

/** Rows of one request to the hub, and their size as JSON. */
const MAX_BATCH_ROWS = 200;
const MAX_BATCH_BYTES = 900 * 1024;
/** Largest page of a registry that is taken. */
const MAX_PAGE_BYTES: number = 64 * 1024 * 1024;
const MAX_SHOWN_REASONS = 20;

/** `mcp-hub import`: a catalogue into the registry, or a client's configuration into deployments. */
export const importCommand: Run = async (context, input) => {
  const source = argument(input, 0);
  if (/^https?:\/\//i.test(source)) return importRows(context, pagesAt(context, source), undefined);
  const file = path.resolve(context.io.cwd, source);
  const text = await readText(file);
  const servers = clientServersOf(text);
  if (servers !== undefined) return importClient(context, servers, file);
  const { rows } = readCatalogueText(text);
  return importRows(context, [rows], rows.length);
};

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > CATALOGUE_LIMITS.maxBytes) {
      throw new HubError('json.too_large', `${file} is larger than ${CATALOGUE_LIMITS.maxBytes} bytes.`);
    }
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    throw new HubError('import.bad_format', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** The servers of a client's file, or undefined when the text is something else, such as a catalogue. */
function clientServersOf(text: string): Record<string, JsonObject> | undefined {
  try {
    return clientServersIn(parseClientFile(text));
  } catch {
    return undefined;
  }
}

async function* pagesAt({ signal }: CliContext, url: string): AsyncGenerator<JsonValue[]> {
  // What the user types on her own command line is the operator's word.
  const net = createNet({ allow: [], userAgent: `mcp-hub/${hubVersion()}` });
  try {
    yield* followPages(url, async (address) => {
      const answer = await net.fetch({ url: address, trust: 'operator', signal, maxBytes: MAX_PAGE_BYTES });
      if (answer.status !== 200) {
        throw new HubError('import.bad_format', `${address} answered with HTTP status ${answer.status}.`);
      }
      return parseJson(new TextDecoder().decode(answer.body), { ...CATALOGUE_LIMITS, maxBytes: MAX_PAGE_BYTES });
    });
  } finally {
    await net.close();
  }
}

async function importRows(
  { hub, output, signal }: CliContext,
  pages: Iterable<JsonValue[]> | AsyncIterable<JsonValue[]>,
  total: number | undefined,
): Promise<number> {
  const client = await hub();
  const summary: ImportSummary = { imported: 0, updated: 0, unchanged: 0, skipped: [], notes: [] };
  const progress = output.progress('importing');
  let done = 0;
  try {
    for await (const rows of pages) {
      for (const batch of batchesOf(rows, done, summary)) {
        await sendBatch(client, batch, summary, signal);
        progress.update(done + batch.end, total);
      }
      done += rows.length;
      progress.update(done, total ?? undefined);
    }
  } finally {
    progress.end();
  }
  summary.skipped.sort((a, b) => a.index - b.index);
  showSummary(output, summary);
  const taken = summary.imported + summary.updated + summary.unchanged;
  return taken === 0 && summary.skipped.length > 0 ? EXIT.failed : EXIT.ok;
}

interface Batch {
  rows: JsonObject[];
  /** Place of each row in the whole import. */
  indexes: number[];
  /** How many rows of the page are done when this batch is. */
  end: number;
}

/** Cuts a page into requests; what is no row, or no request could hold, is skipped here. */
function* batchesOf(rows: readonly JsonValue[], offset: number, summary: ImportSummary): Generator<Batch> {
  let batch: Batch = { rows: [], indexes: [], end: 0 };
  let bytes = 0;
  for (const [at, row] of rows.entries()) {
    const size = Buffer.byteLength(JSON.stringify(row));
    const reason = !isObject(row)
      ? 'the row is not a JSON object'
      : size > MAX_BATCH_BYTES
        ? `the row is larger than ${MAX_BATCH_BYTES} bytes`
        : undefined;
    if (reason !== undefined || !isObject(row)) {
      summary.skipped.push({ index: offset + at, reason: reason ?? '' });
      continue;
    }
    if (batch.rows.length >= MAX_BATCH_ROWS || (batch.rows.length > 0 && bytes + size > MAX_BATCH_BYTES)) {
      yield batch;
      batch = { rows: [], indexes: [], end: 0 };
      bytes = 0;
    }
    batch.rows.push(row);
    batch.indexes.push(offset + at);
    batch.end = at + 1;
    bytes += size + 1;
  }
  if (batch.rows.length > 0) yield batch;
}

async function sendBatch(client: HubClient, batch: Batch, summary: ImportSummary, signal: AbortSignal): Promise<void> {
  const answer = await client.importRows(batch.rows, signal);
  summary.imported += answer.imported;
  summary.updated += answer.updated;
  summary.unchanged += answer.unchanged;
  for (const skip of answer.skipped) summary.skipped.push({ ...skip, index: batch.indexes[skip.index] ?? skip.index });
  for (const note of answer.notes ?? [])
    summary.notes.push({ ...note, index: batch.indexes[note.index] ?? note.index });
}

function showSummary(output: Output, summary: ImportSummary): void {
  if (output.isJson) {
    output.json(summary);
    return;
  }
  const { imported, updated, unchanged, skipped, notes } = summary;
  output.line(`${imported} imported, ${updated} updated, ${unchanged} unchanged, ${skipped.length} skipped.`);
  for (const skip of skipped.slice(0, MAX_SHOWN_REASONS)) {
    output.line(`  skipped ${skip.name ?? `row ${skip.index}`}: ${skip.reason}`);
  }
  if (skipped.length > MAX_SHOWN_REASONS)
    output.line(`  and ${skipped.length - MAX_SHOWN_REASONS} more; all with --json`);
  if (notes.length > 0) output.note(`${notes.length} rows were taken with remarks; --json shows them.`);
}

async function importClient(
  { hub, io, output }: CliContext,
  servers: Record<string, JsonObject>,
  file: string,
): Promise<number> {
  const client = await hub();
  const taken = new Set((await client.deployments()).map((deployment) => deployment.slug));
  const deployed: string[] = [];
  const unchanged: string[] = [];
  const skipped: { name: string; reason: string }[] = [];
  for (const server of toDeployments(servers, file, io.env)) {
    if (!server.ok) {
      skipped.push({ name: server.name, reason: server.reason });
      continue;
    }
    for (const warning of server.warnings) output.warn(`${server.name}: ${warning}`);
    const slug = server.wish.slug ?? server.name;
    if (taken.has(slug)) {
      unchanged.push(slug);
      continue;
    }
    try {
      deployed.push((await client.deploy(server.wish)).slug);
    } catch (error) {
      // One that is refused must not keep the rest out; a hub that is gone ends the import.
      if (!(error instanceof HubError) || error.code === 'hub.unreachable') throw error;
      skipped.push({ name: server.name, reason: messageOf(error) });
    }
  }
  if (output.isJson) output.json({ deployed, unchanged, skipped });
  else {
    output.line(`${deployed.length} deployed, ${unchanged.length} there already, ${skipped.length} skipped.`);
    for (const slug of deployed) output.line(`  deployed ${slug}`);
    for (const skip of skipped) output.line(`  skipped ${skip.name}: ${skip.reason}`);
    if (deployed.length > 0) output.note('They load in the background; see: mcp-hub status');
  }
  return deployed.length + unchanged.length === 0 && skipped.length > 0 ? EXIT.failed : EXIT.ok;
}
