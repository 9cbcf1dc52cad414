import { homedir } from 'node:os';
import path from 'node:path';

/** An absolute path; addresses (`https://…`) and references (`${hub:…}`) stay as they are, `~/` is the home folder. */
export function resolveFile(baseDir: string, text: string): string {
  if (text.includes('://') || text.startsWith('${')) return text;
  if (text.startsWith('~/')) return path.join(homedir(), text.slice(2));
  return path.resolve(baseDir, text);
}

/** A path for a reader: relative when it is below the working directory. */
export function shownPath(cwd: string, file: string): string {
  const relative = path.relative(cwd, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}
