import { HubError, messageOf } from '../../base/errors.ts';

/** What the primary result codes of SQLite mean to the hub's operator. Paths stay out: callers may read these. */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  SQLITE_BUSY: 'The database file is locked by another program; stop it, or wait until it is done.',
  SQLITE_LOCKED: 'The database file is locked by another program; stop it, or wait until it is done.',
  SQLITE_FULL: 'The disk of the database is full, so the change was not kept. Make room and try again.',
  SQLITE_NOMEM: 'There is no memory left for the database.',
  SQLITE_READONLY: 'The database file cannot be written. Check its owner and permissions.',
  SQLITE_PERM: 'The database file cannot be used. Check its owner and permissions.',
  SQLITE_CANTOPEN: 'The database file cannot be opened. Check that its folder exists and may be written.',
  SQLITE_IOERR: 'The disk of the database failed to read or write.',
  SQLITE_CORRUPT: 'The database file is damaged. Move it away and restore a backup.',
  SQLITE_NOTADB: 'The database file is not an SQLite database. Move it away, or name another file in database.url.',
};

/**
 * Turns an error of SQLite into the hub's own: `store.conflict` for a constraint, `store.unavailable` for what the
 * operator must mend. Anything else is a bug and stays as it is.
 */
export function translateSqliteError(error: unknown): unknown {
  const code = codeOf(error);
  if (code?.startsWith('SQLITE_CONSTRAINT')) {
    return new HubError('store.conflict', 'The row contradicts another one that is kept.', { cause: error });
  }
  const primary = code?.split('_').slice(0, 2).join('_');
  const message = primary === undefined ? undefined : UNAVAILABLE[primary];
  if (message === undefined) return error;
  return new HubError('store.unavailable', message, { cause: error, retryAfterSeconds: 5 });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  // The library reports a failed open without a code of its own.
  return messageOf(error).startsWith('ConnectionFailed') ? 'SQLITE_CANTOPEN' : undefined;
}
