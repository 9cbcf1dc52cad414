import { HubError } from '../base/errors.ts';
import type { StoreType } from '../config/settings.ts';
import type { RegistryStore, StoreOptions } from './store.ts';

/** How each type of store is opened. A driver is loaded when it is chosen. */
const DRIVERS: Record<StoreType, (options: StoreOptions) => Promise<RegistryStore>> = {
  memory: async (options) => (await import('./sql/sqlite.ts')).openSqliteMemory(options),
  sqlite: async (options) => (await import('./sql/sqlite.ts')).openSqliteFile(options),
  postgres: refuse,
  mongodb: refuse,
};

/**
 * Opens the store that the options name, and brings its schema up to date.
 *
 * @throws HubError `store.unsupported` for a type that this version does not have or data of a newer version,
 * `config.bad_value` for a URL that does not fit the type, `store.locked` when another hub has the data,
 * `store.unavailable` when it cannot be reached.
 */
export async function openStore(options: StoreOptions): Promise<RegistryStore> {
  return DRIVERS[options.type](options);
}

async function refuse({ type }: StoreOptions): Promise<never> {
  throw new HubError(
    'store.unsupported',
    `This version keeps data in "sqlite" or "memory", not in "${type}". Set database.type to "sqlite" and database.url to a file such as "file:./.mcp-hub/hub.db", or database.type to "memory".`,
  );
}
