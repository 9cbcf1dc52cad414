import { readFile, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { HubError } from '../../base/errors.ts';
import { isObject, type JsonObject, parseJson } from '../../base/json.ts';

/**
 * Picks the command of a package as `npx` would: the only one, or all that are the same file, or the one named like
 * the package. `wanted` picks another by name.
 *
 * @throws HubError `loader.unsupported` when there is none or nothing tells which; the message lists the names.
 */
export function chooseBin(manifest: JsonObject, wanted: string | undefined): { name: string; path: string } {
  const name = typeof manifest.name === 'string' ? manifest.name : '';
  const short = name.replace(/^@[^/]*\//, '');
  const bins = new Map<string, string>();
  if (typeof manifest.bin === 'string') bins.set(short, manifest.bin);
  else if (isObject(manifest.bin)) {
    for (const [key, path] of Object.entries(manifest.bin)) if (typeof path === 'string') bins.set(key, path);
  }
  const list = [...bins.keys()].join(', ').slice(0, 500);
  if (bins.size === 0) {
    throw new HubError('loader.unsupported', `The package "${name}" has no command ("bin") that could be run.`);
  }
  if (wanted !== undefined) {
    const path = bins.get(wanted);
    if (path !== undefined) return { name: wanted, path };
    throw new HubError('deployment.invalid', `The package "${name}" has no command "${wanted}"; it has ${list}.`);
  }
  const [first] = bins;
  if (first !== undefined && new Set(bins.values()).size === 1) return { name: first[0], path: first[1] };
  const own = bins.get(short);
  if (own !== undefined) return { name: short, path: own };
  throw new HubError(
    'loader.unsupported',
    `The package "${name}" has several commands (${list}) and none named like itself; choose one with npm.bin.`,
  );
}

/**
 * The script to run for an installed package.
 *
 * @throws HubError as {@link chooseBin} does, and `loader.unsupported` for a command outside of the package's folder or
 * one that is not for Node.js.
 */
export async function findBin(packageDir: string, wanted: string | undefined): Promise<string> {
  const manifest = parseJson(await readFile(join(packageDir, 'package.json'), 'utf8'));
  if (!isObject(manifest)) throw new HubError('loader.install_failed', `${packageDir}/package.json is not an object.`);
  const bin = chooseBin(manifest, wanted);
  const root = await realpath(packageDir);
  const path = await realpath(join(root, bin.path)).catch(() => undefined);
  if (path === undefined) {
    throw new HubError('loader.unsupported', `The command "${bin.name}" of "${manifest.name}" is not in the package.`);
  }
  if (!path.startsWith(root + sep)) {
    throw new HubError(
      'loader.unsupported',
      `The command "${bin.name}" of "${manifest.name}" lies outside of its package.`,
    );
  }
  await assertForNode(path, bin.name);
  return path;
}

async function assertForNode(path: string, name: string): Promise<void> {
  const text = (await readFile(path)).toString('latin1', 0, 256);
  const shebang = /^#!(.*)/.exec(text)?.[1];
  const isForNode = shebang === undefined ? /\.[cm]?js$|^[^.]+$/.test(basename(path)) : /\bnode\b/.test(shebang);
  if (isForNode) return;
  const what = shebang === undefined ? `is not JavaScript` : `wants to be run by "${shebang.trim().slice(0, 80)}"`;
  throw new HubError('loader.unsupported', `The command "${name}" ${what}; the hub runs commands for Node.js only.`);
}
