import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { HubError } from '../../base/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../base/json.ts';
import { openLibsql } from './libsql-connection.ts';
import { ensurePrivateFile } from './sqlite-file.ts';

/** Holds a database file for one store. */
export interface FileLock {
  /** May be called twice. */
  release(): void;
}

/** A holder's note is a few dozen bytes. */
const NOTE_LIMITS = { maxBytes: 4096, maxDepth: 4 };

/**
 * Takes the database file at `path` for this store alone. The truth is a lock of the operating system on
 * `PATH.lock`, which ends with its process however that ends; `PATH.pid` says who has it, for the message.
 *
 * @throws HubError `store.locked` naming the process that has it; `store.unavailable` when the files cannot be made.
 */
export function lockDatabaseFile(path: string): FileLock {
  const lockPath = `${path}.lock`;
  const notePath = `${path}.pid`;
  ensurePrivateFile(lockPath);
  const lock = openLibsql(lockPath);
  try {
    lock.run('pragma journal_mode = memory', []);
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    throw isBusy(error) ? lockedError(path, readNote(notePath)) : error;
  }
  let isHeld = true;
  const release = (): void => {
    if (!isHeld) return;
    isHeld = false;
    rmSync(notePath, { force: true });
    lock.exec('rollback');
    lock.close();
  };
  try {
    writeNote(notePath);
  } catch (cause) {
    release();
    throw new HubError('store.unavailable', `The file ${notePath} cannot be written.`, { cause });
  }
  return { release };
}

function isBusy(error: unknown): boolean {
  const cause = error instanceof HubError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('SQLITE_BUSY');
}

function writeNote(path: string): void {
  const note = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify(note)}\n`, { mode: 0o600, flag: 'wx' });
}

function readNote(path: string): JsonObject {
  try {
    const note = parseJson(readFileSync(path, 'utf8'), NOTE_LIMITS);
    return isObject(note) ? note : {};
  } catch {
    return {};
  }
}

function lockedError(path: string, note: JsonObject): HubError {
  const pid = typeof note.pid === 'number' ? note.pid : undefined;
  const elsewhere = typeof note.host === 'string' && note.host !== hostname() ? ` on host ${note.host}` : '';
  const since = typeof note.since === 'string' ? ` since ${note.since}` : '';
  const holder = pid === undefined ? 'another process' : `process ${pid}${elsewhere}${since}`;
  const own = pid === process.pid && elsewhere === '' ? ', which is this one' : '';
  return new HubError(
    'store.locked',
    `The database ${path} is in use by ${holder}${own}. Stop that hub first, or set database.url to another file.`,
    pid === undefined ? {} : { data: { pid } },
  );
}
