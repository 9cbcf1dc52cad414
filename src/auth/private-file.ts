import { randomUUID } from 'node:crypto';
import { link, mkdir, open, unlink } from 'node:fs/promises';
import path from 'node:path';

/** Largest accepted private file in bytes; the files hold one short line. */
const MAX_PRIVATE_BYTES = 4096;

/**
 * Reads the file, or makes it with `create()` when it is not there. Of several processes that start at once exactly
 * one makes the file; all return the same text. File mode 0600, folder mode 0700 when it is made.
 */
export async function readOrCreatePrivateFile(file: string, create: () => string): Promise<string> {
  const existing = await readPrivateFile(file);
  if (existing !== undefined) return existing;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}.tmp`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${create()}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // A hard link appears whole or not at all, and fails when somebody else was faster.
    await link(draft, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  const text = await readPrivateFile(file);
  if (text === undefined) throw new Error(`${file} disappeared while it was made.`);
  return text;
}

/** Text of a private file without its line end, or undefined when there is none. Rights of others are taken away. */
export async function readPrivateFile(file: string): Promise<string | undefined> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
  try {
    const stat = await handle.stat();
    if (stat.size > MAX_PRIVATE_BYTES) throw new Error(`${file} is larger than ${MAX_PRIVATE_BYTES} bytes.`);
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
      // A read-only mount (a Kubernetes secret) cannot be changed and need not be.
      await handle.chmod(0o600).catch(() => undefined);
    }
    return (await handle.readFile('utf8')).trim();
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
