import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { isObject, type JsonValue, parseJson } from '../base/json.ts';
import type { HubConfig } from '../config/config.ts';
import type { DeploymentSettings } from '../config/settings.ts';
import type { Net } from '../net/net.ts';
import type { Catalog } from '../registry/catalog.ts';
import { importRows } from '../registry/import/import.ts';
import { readRow } from '../registry/import/read.ts';
import type { ImportRow } from '../registry/import/row.ts';
import { readSource } from '../registry/import/source.ts';
import type { RegistryStore } from '../store/store.ts';
import type { Logger } from '../telemetry/log.ts';

/** What seeding works with. */
export interface SeedOptions {
  config: HubConfig;
  store: RegistryStore;
  catalog: Catalog;
  net: Net;
  log: Logger;
  /** Folder of the built-in seed. */
  seedDir: string;
}

/** Remembers that the built-in seed was imported: what the operator then removes stays removed. */
const SEEDED = 'seed.built_in';

/**
 * Imports the built-in seed at the first start, and the configured seed files at every start (unchanged rows change
 * nothing). A seed that cannot be read is logged and never keeps the hub from starting.
 */
export async function importSeeds(options: SeedOptions): Promise<void> {
  const { config, store, log } = options;
  if (!config.seed.importOnStartup) return;
  if (config.seed.builtIn && (await store.facts.get(SEEDED)) === undefined) {
    await importBuiltIn(options);
    await store.facts.put(SEEDED, new Date().toISOString());
  }
  for (const file of config.seed.files) {
    try {
      const { notes, skipped, ...counts } = await importRows(options.catalog, rowsOf(readSource(file, options.net)));
      log.info({ file, ...counts, skipped: skipped.length }, 'Seed imported.');
      for (const { index, name, reason } of skipped.slice(0, 20)) {
        log.warn({ file, index, name }, `Seed row skipped: ${reason}`);
      }
    } catch (error) {
      log.error({ file }, `Seed not imported: ${messageOf(error)}`);
    }
  }
}

async function importBuiltIn({ catalog, store, seedDir }: SeedOptions): Promise<void> {
  const seed = parseJson(await readFile(join(seedDir, 'seed.json'), 'utf8'));
  if (!isObject(seed) || !Array.isArray(seed.servers) || !Array.isArray(seed.deployments)) {
    throw new Error(`${seedDir}/seed.json is damaged; install the package anew.`);
  }
  await importRows(
    catalog,
    seed.servers.map((row, index) => readRow(row, index)),
  );
  const now = new Date().toISOString();
  for (const { slug, name, version, settings } of seed.deployments.map(readDeployment)) {
    if ((await store.deployments.get(slug)) !== undefined) continue;
    await store.deployments.insert({
      slug,
      name,
      version,
      settings,
      enabled: true,
      source: 'seed',
      createdAt: now,
      updatedAt: now,
    });
  }
}

interface SeedDeployment {
  slug: string;
  name: string;
  version: string;
  settings: DeploymentSettings;
}

/** The built-in seed is ours; a test holds its settings against the schema. */
function readDeployment(value: JsonValue): SeedDeployment {
  const { slug, name, version, settings } = isObject(value) ? value : {};
  return {
    slug: String(slug),
    name: String(name),
    version: String(version),
    settings: isObject(settings) ? settings : {},
  };
}

async function* rowsOf(source: AsyncIterable<JsonValue[]>): AsyncGenerator<ImportRow> {
  let index = 0;
  for await (const rows of source) for (const row of rows) yield readRow(row, index++);
}
