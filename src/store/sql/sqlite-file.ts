import { closeSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HubError, messageOf } from '../../base/errors.ts';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * The absolute path that a `file:` URL names: `file:./hub.db` and `file:hub.db` are relative to the working directory,
 * `file:/var/hub.db` and `file:///var/hub.db` are not.
 *
 * @throws HubError `config.bad_value` for anything else.
 */
export function sqlitePath(url: string): string {
  const path = url.startsWith('file://') ? pathOfFileUrl(url) : url.startsWith('file:') ? url.slice(5) : '';
  if (path === '' || path.endsWith('/') || path.includes('\0') || path.includes('?')) {
    throw new HubError(
      'config.bad_value',
      'database.url must name a file when database.type is "sqlite", for example "file:./.mcp-hub/hub.db".',
    );
  }
  return resolve(path);
}

function pathOfFileUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return '';
  }
}

/**
 * Makes the folder of a database file, readable by its owner only, and gives the path with all links followed, so that
 * one file has one path. An existing folder keeps its mode.
 *
 * @throws HubError `store.unavailable`
 */
export function prepareFolder(path: string): string {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    return realPath(path) ?? join(realpathSync(folder), basename(path));
  } catch (cause) {
    throw new HubError(
      'store.unavailable',
      `The folder ${folder} for the database cannot be made: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Makes an empty file that only its owner may read, unless there is one. An existing file is not opened: closing it
 * again would drop the locks that SQLite holds on it in this process (POSIX record locks).
 *
 * @throws HubError `store.unavailable`
 */
export function ensurePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', FILE_MODE));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return;
    throw new HubError('store.unavailable', `The file ${path} cannot be made: ${messageOf(cause)}`, { cause });
  }
}
