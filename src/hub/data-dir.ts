import { dirname, resolve } from 'node:path';
import type { HubConfig } from '../config/config.ts';

/**
 * Folder in which the hub keeps its keys and its cache: the one of the SQLite file, `.mcp-hub` in the working directory
 * for a database server, none for a hub in memory.
 */
export function dataDirOf({ database }: HubConfig): string | undefined {
  if (database.type === 'memory') return undefined;
  return database.type === 'sqlite' ? dirname(resolve(database.url.replace(/^file:(\/\/)?/, ''))) : resolve('.mcp-hub');
}
