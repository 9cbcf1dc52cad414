import { randomUUID } from 'node:crypto';
import type { Principal } from '../auth/principal.ts';
import { isObject, type JsonValue, stableStringify } from '../base/json.ts';
import type { EntryTransaction, ServerDocument, ServerEntry } from '../store/entry.ts';
import type { CatalogContext, Warn } from './context.ts';
import { PUBLISHER_META, RELAXED_DESCRIPTION_LENGTH } from './document-shape.ts';
import { objectsOf, textOf } from './issues.ts';
import { writeVersions } from './latest.ts';
import { invalidDocument, notFound, refused, requireEdit, requirePublish, validationFailed } from './refusals.ts';
import { parseServerDocument, validateDocument, validateWholly } from './server-json.ts';

/** Most versions of one server, deleted ones included. */
export const MAX_VERSIONS = 10_000;
/** Largest publisher metadata, as compact JSON in UTF-8. */
export const MAX_PUBLISHER_META_BYTES = 4096;

const ignore: Warn = () => undefined;

/** What a publish did. */
export interface Published {
  entry: ServerEntry;
  /** False when exactly this document was there already. */
  created: boolean;
}

/**
 * Publishes a document that passed the constraint layer (registry-api.md, section 5.1, steps 3 to 6). The same
 * document published again gives the stored entry (section 13.7).
 *
 * @throws HubError `auth.forbidden`, `registry.invalid` or `registry.refused` with the texts of that section.
 */
export async function publish(
  context: CatalogContext,
  document: ServerDocument,
  principal: Principal,
  warn: Warn = ignore,
): Promise<Published> {
  requirePublish(principal, document.name);
  const { valid, issues } = validateWholly(document, context.settings);
  if (!valid) throw invalidDocument('publish', issues);
  const stored = await context.store.entries.get(document.name, document.version);
  if (stored && isSameRelease(stored, document)) return { entry: stored, created: false };
  const detail = 'Failed to publish server';
  const size = publisherMetaBytes(document);
  if (size > MAX_PUBLISHER_META_BYTES) {
    throw refused(detail, `_meta.${PUBLISHER_META} extension exceeds 4KB limit (${size} bytes)`);
  }
  await checkOwnership(context, document, detail, warn);
  return context.store.entries.change(document.name, async (tx) => {
    const before = await tx.versions();
    const same = before.find((entry) => entry.version === document.version);
    if (same && isSameRelease(same, document)) return { entry: same, created: false };
    if (before.length === 0) await checkSpelling(tx, document.name, detail);
    await checkRemotes(tx, document, detail);
    if (before.length >= MAX_VERSIONS) {
      throw refused(
        detail,
        `maximum number of versions for this server reached (${MAX_VERSIONS}): an administrator can remove old ones`,
      );
    }
    if (same) throw refused(detail, 'invalid version: cannot publish duplicate version', duplicateHint(same));
    const entry = newEntry(document, context.now());
    const written = await writeVersions(tx, before, [...before, entry], entry.publishedAt);
    return { entry: written.at(-1) ?? entry, created: true };
  });
}

/**
 * Replaces the document of a stored version (registry-api.md, section 5.2).
 *
 * @throws HubError `registry.not_found`, `auth.forbidden`, `registry.refused` or `registry.invalid`, in that order.
 */
export async function edit(
  context: CatalogContext,
  name: string,
  version: string,
  document: ServerDocument,
  principal: Principal,
  warn: Warn = ignore,
): Promise<ServerEntry> {
  const detail = 'Failed to edit server';
  const check = (entries: readonly ServerEntry[]): ServerEntry => {
    const stored = entries.find((entry) => entry.version === version);
    if (!stored || stored.status === 'deleted') throw notFound('Server');
    return stored;
  };
  const stored = check(await context.store.entries.versions(name));
  requireEdit(principal, stored.name);
  if (document.name !== stored.name) throw refused('Cannot rename server');
  if (document.version !== version) throw refused('Version in request body must match URL path parameter');
  const { valid, issues } = validateWholly(document, context.settings);
  if (!valid) throw invalidDocument('edit', issues);
  await checkOwnership(context, document, detail, warn);
  return context.store.entries.change(name, async (tx) => {
    const current = check(await tx.versions());
    await checkRemotes(tx, document, detail);
    const entry: ServerEntry = { ...current, document, updatedAt: context.now() };
    await tx.update(entry);
    return entry;
  });
}

/**
 * Makes sure that an entry of the hub itself exists, is active and has this document: no permission, no ownership, no
 * uniqueness of remotes, and the limits of an import.
 *
 * @throws HubError `registry.invalid` when the document is not a server.json.
 */
export async function ensure(context: CatalogContext, value: JsonValue): Promise<ServerEntry> {
  const parsed = parseServerDocument(value, { maxDescriptionLength: RELAXED_DESCRIPTION_LENGTH });
  if (!parsed.ok) throw validationFailed(parsed.errors);
  const { document } = parsed;
  const { valid, issues } = validateDocument(document, { allowInsecureRemotes: true });
  if (!valid) throw invalidDocument('publish', issues);
  return context.store.entries.change(document.name, async (tx) => {
    const before = await tx.versions();
    const stored = before.find((entry) => entry.version === document.version);
    if (stored && isSameRelease(stored, document)) return stored;
    const now = context.now();
    const { statusMessage: _, ...kept } = stored ?? newEntry(document, now);
    const statusChangedAt = kept.status === 'active' ? kept.statusChangedAt : now;
    const entry: ServerEntry = { ...kept, status: 'active', statusChangedAt, updatedAt: now, document };
    const rest = before.filter((other) => other !== stored);
    const written = await writeVersions(tx, before, [...rest, entry], now);
    return written.at(-1) ?? entry;
  });
}

/** A first row for a document: active, not yet latest, all dates the present. */
export function newEntry(document: ServerDocument, now: string): ServerEntry {
  return {
    id: randomUUID(),
    name: document.name,
    version: document.version,
    status: 'active',
    statusChangedAt: now,
    publishedAt: now,
    updatedAt: now,
    isLatest: false,
    document,
  };
}

/** Whether two documents hold the same, whatever the order of their members. */
export function isSameDocument(a: ServerDocument, b: ServerDocument): boolean {
  return stableStringify(a) === stableStringify(b);
}

/** A deleted version is not the same release: publishing it again must not look like a success. */
function isSameRelease(entry: ServerEntry, document: ServerDocument): boolean {
  return entry.status !== 'deleted' && isSameDocument(entry.document, document);
}

function duplicateHint(stored: ServerEntry): string {
  const { version } = stored;
  return stored.status === 'deleted'
    ? `version ${version} exists and is deleted; set its status to active, or publish under a new version`
    : `version ${version} exists with other content; publish under a new version`;
}

/**
 * Refuses a document whose remote URLs another server uses (registry-api.md, section 5.1).
 *
 * @throws HubError `registry.refused` with `detail`.
 */
export async function checkRemotes(tx: EntryTransaction, document: ServerDocument, detail: string): Promise<void> {
  const urls = new Set(objectsOf(document.remotes).map((remote) => textOf(remote.url)));
  for (const url of urls) {
    const owner = (await tx.ownersOfRemote(url)).find((name) => name !== document.name);
    if (owner !== undefined) throw refused(detail, `remote URL ${url} is already used by server ${owner}`);
  }
}

async function checkSpelling(tx: EntryTransaction, name: string, detail: string): Promise<void> {
  const spelling = await tx.spelling();
  if (spelling === undefined || spelling === name) return;
  throw refused(
    detail,
    `invalid name: '${name}' differs only in case from the server '${spelling}'; use that spelling`,
  );
}

async function checkOwnership(
  context: CatalogContext,
  document: ServerDocument,
  detail: string,
  warn: Warn,
): Promise<void> {
  for (const hook of context.ownership) {
    const reason = await hook(document, warn);
    if (reason !== undefined) throw refused(detail, reason);
  }
}

function publisherMetaBytes(document: ServerDocument): number {
  const meta = isObject(document._meta) ? document._meta[PUBLISHER_META] : undefined;
  return meta === undefined ? 0 : Buffer.byteLength(JSON.stringify(meta));
}
