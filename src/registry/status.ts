import type { Principal } from '../auth/principal.ts';
import type { EntryStatus, EntryTransaction, ServerEntry } from '../store/entry.ts';
import type { CatalogContext } from './context.ts';
import { newestFirst, writeVersions } from './latest.ts';
import { checkRemotes } from './publish.ts';
import { notFound, refused, requireAdmin, requireStatusChange } from './refusals.ts';

/** A wish for a status. Without a message a stored one is cleared. */
export interface StatusChange {
  status: EntryStatus;
  statusMessage?: string;
}

const NO_MESSAGE_WHEN_ACTIVE = 'status_message cannot be provided when setting status to active';

/**
 * Sets the status of one version (registry-api.md, section 5.3).
 *
 * @throws HubError `registry.not_found`, `auth.forbidden` or `registry.refused`, in that order.
 */
export async function setStatus(
  context: CatalogContext,
  name: string,
  version: string,
  change: StatusChange,
  principal: Principal,
): Promise<ServerEntry> {
  return context.store.entries.change(name, async (tx) => {
    const before = await tx.versions();
    const stored = before.find((entry) => entry.version === version);
    if (!stored) throw notFound('Server version');
    requireStatusChange(principal, stored.name);
    if (change.status === 'active' && change.statusMessage !== undefined) throw refused(NO_MESSAGE_WHEN_ACTIVE);
    if (!differs(stored, change)) {
      throw refused('No changes to apply: status and message are already set to the provided values');
    }
    const now = context.now();
    const changed = await withStatus(tx, stored, change, now);
    const after = before.map((entry) => (entry === stored ? changed : entry));
    const written = await writeVersions(tx, before, after, now);
    return written.find((entry) => entry.version === version) ?? changed;
  });
}

/**
 * Sets the status of all versions, all or nothing (registry-api.md, section 5.4).
 *
 * @returns all versions, newest first, deleted ones included.
 * @throws HubError as {@link setStatus}.
 */
export async function setStatusAll(
  context: CatalogContext,
  name: string,
  change: StatusChange,
  principal: Principal,
): Promise<ServerEntry[]> {
  return context.store.entries.change(name, async (tx) => {
    const before = await tx.versions();
    if (before.length === 0) throw notFound('Server');
    requireStatusChange(principal, name);
    if (change.status === 'active' && change.statusMessage !== undefined) throw refused(NO_MESSAGE_WHEN_ACTIVE);
    if (!before.some((entry) => differs(entry, change))) {
      throw refused('No changes to apply: all versions already have the requested status and message');
    }
    const now = context.now();
    const after: ServerEntry[] = [];
    for (const entry of before) after.push(differs(entry, change) ? await withStatus(tx, entry, change, now) : entry);
    return newestFirst(await writeVersions(tx, before, after, now));
  });
}

/**
 * Removes one version, or all of a server, for good; for administrators (registry-api.md, section 5.6).
 *
 * @returns what was removed, newest first.
 * @throws HubError `registry.not_found` or `auth.forbidden`.
 */
export async function remove(
  context: CatalogContext,
  name: string,
  version: string | undefined,
  principal: Principal,
): Promise<ServerEntry[]> {
  return context.store.entries.change(name, async (tx) => {
    const before = await tx.versions();
    const gone = version === undefined ? before : before.filter((entry) => entry.version === version);
    if (gone.length === 0) throw notFound(version === undefined ? 'Server' : 'Server version');
    requireAdmin(principal, name);
    const after = before.filter((entry) => !gone.includes(entry));
    await writeVersions(tx, before, after, context.now());
    return newestFirst(gone);
  });
}

function differs(entry: ServerEntry, change: StatusChange): boolean {
  return entry.status !== change.status || entry.statusMessage !== change.statusMessage;
}

async function withStatus(
  tx: EntryTransaction,
  entry: ServerEntry,
  change: StatusChange,
  now: string,
): Promise<ServerEntry> {
  // A version that comes back must not take an address that another server has got meanwhile.
  if (entry.status === 'deleted' && change.status !== 'deleted') {
    await checkRemotes(tx, entry.document, 'Failed to update server status');
  }
  const { statusMessage: _, ...kept } = entry;
  return {
    ...kept,
    status: change.status,
    ...(change.statusMessage === undefined ? {} : { statusMessage: change.statusMessage }),
    statusChangedAt: entry.status === change.status ? entry.statusChangedAt : now,
    updatedAt: now,
  };
}
