import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../../base/errors.ts';
import { isObject, parseJson } from '../../base/json.ts';
import { type NpmCache, registryOption } from './npm-cache.ts';
import { npmFailure, runNpm } from './npm-client.ts';
import { exactVersion, highestVersion, type PackageSpec } from './package-spec.ts';

/** Bound of a look-up. */
const VIEW_TIMEOUT_MS = 60_000;

/**
 * The exact version that a range or tag stands for. It is asked for once for each `owner` and kept, so that a restart
 * runs what ran before and needs no network.
 *
 * @throws HubError `loader.install_failed`, `loader.missing_runtime`; the signal's reason.
 */
export async function resolveVersion(
  cache: NpmCache,
  spec: PackageSpec,
  owner: string,
  signal: AbortSignal,
): Promise<string> {
  const exact = exactVersion(spec.version);
  if (exact !== undefined) return exact;
  const folder = join(cache.dir, '.resolved');
  const key = createHash('sha256').update(JSON.stringify([owner, spec.name, spec.version, cache.registry ?? '']));
  const record = join(folder, `${key.digest('hex').slice(0, 32)}.json`);
  const kept = await readKept(record);
  if (kept !== undefined) return kept;
  await mkdir(folder, { recursive: true });
  const wanted = `${spec.name}@${spec.version}`;
  const args = ['view', '--json', '--loglevel=error', ...registryOption(cache), '--', wanted, 'version'];
  const outcome = await runNpm({ args, cwd: folder, timeoutMs: VIEW_TIMEOUT_MS, signal });
  if (outcome.code !== 0) throw npmFailure(`Looking up ${wanted}`, outcome);
  const version = versionFrom(outcome.stdout);
  if (version === undefined) {
    const text = `Looking up ${wanted} failed: the package has no version that fits.`;
    throw new HubError('loader.install_failed', text, { data: { reason: 'no_version' } });
  }
  const choice = { name: spec.name, asked: spec.version, version, resolvedAt: new Date().toISOString() };
  const draft = `${record}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(choice)}\n`);
  await rename(draft, record);
  return version;
}

async function readKept(record: string): Promise<string | undefined> {
  try {
    const kept = parseJson(await readFile(record, 'utf8'));
    return isObject(kept) && typeof kept.version === 'string' ? exactVersion(kept.version) : undefined;
  } catch {
    return undefined;
  }
}

/** `npm view` prints one version as a string, several as an array, none as nothing. */
function versionFrom(stdout: string): string | undefined {
  if (stdout.trim() === '') return undefined;
  const value = parseJson(stdout);
  const versions = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
  const highest = highestVersion(versions);
  return highest === undefined ? undefined : exactVersion(highest);
}
