import type { RegistryStore, StoreOptions } from '../store.ts';
import { appendAudit, readAudit } from './audit.ts';
import { readChanges } from './changes.ts';
import type { SqlDatabase } from './database.ts';
import { createDeploymentStore } from './deployments.ts';
import { createEntryStore } from './entries.ts';
import { createFactStore } from './facts.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { rebuildSearch } from './search-rebuild.ts';
import { createSecretStore } from './secrets.ts';
import { createTokenStore } from './tokens.ts';

/**
 * The store contract over an SQL database, after bringing its schema up to date.
 *
 * @throws HubError `store.unsupported` when the schema is not one of this version; the database is left open.
 */
export async function openSqlStore(database: SqlDatabase, options: StoreOptions): Promise<RegistryStore> {
  const clock = options.clock ?? (() => new Date());
  const applied = await migrate(database, MIGRATIONS, clock);
  if (applied.length > 0) options.logger.debug({ migrations: applied }, 'the database schema is up to date');
  await rebuildSearch(database, options.logger);
  return {
    type: database.type,
    entries: createEntryStore(database, clock),
    deployments: createDeploymentStore(database, clock),
    tokens: createTokenStore(database),
    secrets: createSecretStore(database),
    facts: createFactStore(database),
    audit: (record) => appendAudit(database, record),
    auditTrail: (limit) => readAudit(database, limit),
    changes: (afterSeq, limit) => readChanges(database.reader, afterSeq, limit),
    async ping() {
      await database.reader.selectNoFrom((eb) => eb.lit(1).as('one')).execute();
    },
    close: () => database.close(),
  };
}
