import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../../base/errors.ts';
import { isObject, parseJson } from '../../base/json.ts';
import { type NpmCache, registryOption } from './npm-cache.ts';
import { npmFailure, runNpm } from './npm-client.ts';

/** Bound of an installation; many packages over a slow line take minutes. */
const INSTALL_TIMEOUT_MS = 600_000;
/** Written last into an installed folder, and the beginning of the names of unfinished ones. */
const MARKER = '.mcp-hub.json';
const STAGING = '.staging-';
/** Raised when the form of an installed folder changes, so that old ones are not taken for new ones. */
const CACHE_FORMAT = 1;

/** An installed package. */
export interface InstalledPackage {
  /** The package's own folder, with its package.json. */
  dir: string;
  version: string;
}

interface Installation {
  readonly done: Promise<void>;
  readonly controller: AbortController;
  waiting: number;
}

/** Installations under way in this process, by target folder. */
const underWay = new Map<string, Installation>();

/**
 * Installs an exact version of a package with its dependencies, without running their scripts, unless that has been
 * done before. What is in the cache needs no network. Several callers share one installation; it is made aside and
 * moved into place, so that half an installation is never seen.
 *
 * A caller that runs out of time (`loader.timeout`) leaves the installation running, so that its next try finds it
 * further on; when the last caller leaves for another reason it ends.
 *
 * @throws HubError `loader.install_failed`, `loader.missing_runtime`; the signal's reason.
 */
export async function installPackage(
  cache: NpmCache,
  name: string,
  version: string,
  signal: AbortSignal,
  onInstall: () => void,
): Promise<InstalledPackage> {
  const target = join(cache.dir, folderName(name, version, cache.registry));
  const installed = { dir: join(target, 'node_modules', name), version };
  if (await isInstalled(target, name, version)) return installed;
  signal.throwIfAborted();
  onInstall();
  await takePart(target, signal, (own) => install(cache, target, name, version, own));
  return installed;
}

/** Waits for the installation into `target`, which begins with the first caller. */
async function takePart(
  target: string,
  signal: AbortSignal,
  begin: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  let installation = underWay.get(target);
  if (installation === undefined) {
    const controller = new AbortController();
    const done = begin(controller.signal).finally(() => forget(target, controller));
    // Every caller may have left by the time it fails.
    done.catch(() => undefined);
    installation = { done, controller, waiting: 0 };
    underWay.set(target, installation);
  }
  const shared = installation;
  shared.waiting++;
  let onAbort = (): void => undefined;
  const left = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([shared.done, left]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    shared.waiting--;
    const { reason } = signal;
    const isLate = reason instanceof HubError && reason.code === 'loader.timeout';
    if (signal.aborted && shared.waiting === 0 && !isLate) {
      forget(target, shared.controller);
      shared.controller.abort(reason);
      await shared.done.catch(() => undefined);
    }
  }
}

function forget(target: string, controller: AbortController): void {
  if (underWay.get(target)?.controller === controller) underWay.delete(target);
}

async function install(
  cache: NpmCache,
  target: string,
  name: string,
  version: string,
  signal: AbortSignal,
): Promise<void> {
  await removeAbandoned(cache.dir);
  const staging = join(cache.dir, `${STAGING}${randomUUID()}`);
  await mkdir(staging, { recursive: true });
  try {
    await writeFile(join(staging, 'package.json'), '{"name":"mcp-hub-package","private":true}\n');
    const args = [
      'install',
      `--prefix=${staging}`,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--omit=dev',
      '--save-exact',
      '--loglevel=error',
      '--no-progress',
      ...registryOption(cache),
      '--',
      `${name}@${version}`,
    ];
    const outcome = await runNpm({ args, cwd: staging, timeoutMs: INSTALL_TIMEOUT_MS, signal });
    if (outcome.code !== 0) throw npmFailure(`Installing ${name} ${version}`, outcome);
    const found = await versionIn(staging, name);
    if (found !== version) {
      throw new HubError('loader.install_failed', `Asked for ${name} ${version}, npm installed ${found ?? 'nothing'}.`);
    }
    const marker = { format: CACHE_FORMAT, name, version, installedAt: new Date().toISOString() };
    await writeFile(join(staging, MARKER), `${JSON.stringify(marker)}\n`);
    await moveIntoPlace(staging, target, name, version);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** What a killed hub left behind is older than any installation that is still under way. */
async function removeAbandoned(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith(STAGING)) continue;
    const path = join(dir, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > 2 * INSTALL_TIMEOUT_MS) await rm(path, { recursive: true, force: true });
  }
}

/** Another hub with the same cache may have been faster; what it made is as good. */
async function moveIntoPlace(staging: string, target: string, name: string, version: string): Promise<void> {
  try {
    await rename(staging, target);
  } catch (error) {
    if (await isInstalled(target, name, version)) return;
    await rm(target, { recursive: true, force: true });
    await rename(staging, target).catch(() => {
      throw error;
    });
  }
}

/** A folder with its marker is whole. */
async function isInstalled(target: string, name: string, version: string): Promise<boolean> {
  try {
    const marker = parseJson(await readFile(join(target, MARKER), 'utf8'));
    return isObject(marker) && marker.format === CACHE_FORMAT && (await versionIn(target, name)) === version;
  } catch {
    return false;
  }
}

async function versionIn(folder: string, name: string): Promise<string | undefined> {
  try {
    const manifest = parseJson(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
    return isObject(manifest) && manifest.name === name && typeof manifest.version === 'string'
      ? manifest.version
      : undefined;
  } catch {
    return undefined;
  }
}

/** A readable folder name that no two packages share: names may differ in case only, and registries in content. */
function folderName(name: string, version: string, registry: string | undefined): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([CACHE_FORMAT, name, version, registry ?? '']))
    .digest('hex');
  return `${name.replace('/', '+')}@${version}-${hash.slice(0, 12)}`;
}
