import { randomUUID } from 'node:crypto';
import { stableStringify } from '../base/json.ts';
import type { DeploymentSettings } from '../config/settings.ts';
import type { ServerDocument, ServerEntry } from '../store/entry.ts';
import type { RegistryStore } from '../store/store.ts';

/** Namespace of the entries that stand for deployments without one of their own. */
export const PRIVATE_NAMESPACE = 'local';

const PRIVATE_VERSION = '1.0.0';
const SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';

/** Name of the private entry of a slug. A server name needs two characters after the slash. */
export function privateName(slug: string): string {
  return `${PRIVATE_NAMESPACE}/${slug.length < 2 ? `${slug}-server` : slug}`;
}

/** What a private entry tells the catalogue. It is public metadata: no address, no argument, no environment. */
function documentOf(slug: string, settings: DeploymentSettings, description: string | undefined): ServerDocument {
  const kind = settings.kind ?? 'server';
  return {
    $schema: SCHEMA,
    name: privateName(slug),
    description: (description ?? `Deployed on this hub as "${slug}" (${kind}).`).slice(0, 100),
    version: PRIVATE_VERSION,
  };
}

/** Makes sure that the private entry of a slug exists and tells the truth. Returns it. */
export async function ensurePrivateEntry(
  store: RegistryStore,
  slug: string,
  settings: DeploymentSettings,
  description?: string,
): Promise<ServerEntry> {
  const document = documentOf(slug, settings, description);
  const kept = await store.entries.get(document.name, PRIVATE_VERSION);
  if (kept?.status === 'active' && stableStringify(kept.document) === stableStringify(document)) return kept;
  return store.entries.change(document.name, async (tx) => {
    const now = new Date().toISOString();
    const old = (await tx.versions()).find((entry) => entry.version === PRIVATE_VERSION);
    const entry: ServerEntry = {
      id: old?.id ?? randomUUID(),
      name: document.name,
      version: PRIVATE_VERSION,
      status: 'active',
      statusChangedAt: old?.status === 'active' ? old.statusChangedAt : now,
      publishedAt: old?.publishedAt ?? now,
      updatedAt: now,
      isLatest: true,
      document,
    };
    await (old === undefined ? tx.insert(entry) : tx.update(entry));
    return entry;
  });
}
