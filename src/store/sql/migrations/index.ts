import type { Migration } from '../migrate.ts';
import { start } from './0001-start.ts';
import { search } from './0002-search.ts';

/** All steps of the schema, oldest first. */
export const MIGRATIONS: readonly Migration[] = [start, search];
