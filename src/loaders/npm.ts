import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { connectStdio } from '../upstream/stdio.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { objectsIn } from './inputs.ts';
import { planLaunch } from './launch.ts';
import type { LoadContext, ServerLoader } from './loader.ts';
import { findBin } from './npm/bin.ts';
import { installPackage } from './npm/install.ts';
import type { NpmCache } from './npm/npm-cache.ts';
import { type PackageSpec, parsePackageSpec } from './npm/package-spec.ts';
import { foreignRegistry } from './npm/registry.ts';
import { resolveVersion } from './npm/resolve-version.ts';
import { isSelected, stdioPackage, transportOf } from './selection.ts';
import { CONNECT_TIMEOUT_MS } from './timeouts.ts';

/** Loads a server that is an npm package: installs the exact version into the hub's cache and runs its command. */
export const npmLoader: ServerLoader = {
  kind: 'npm',
  accepts: (document, deployment) =>
    isSelected('npm', document, deployment, (entry) => npmPackages(entry.packages).length > 0),
  load,
};

async function load(context: LoadContext): Promise<Upstream> {
  const { deployment, output, signal } = context;
  const { spec, pkg } = choosePackage(context);
  // What is missing is said before anything is downloaded.
  const plan = await planLaunch(pkg, context);
  const dir = join(context.cacheDir, 'npm');
  await mkdir(dir, { recursive: true });
  const cache: NpmCache = { dir, registry: await foreignRegistry(pkg?.registryBaseUrl, context.trust, dir, signal) };
  context.progress(`resolving ${spec.name} ${spec.version}`);
  const owner = `${deployment.slug} ${deployment.createdAt}`;
  const version = await resolveVersion(cache, spec, owner, signal);
  const installed = await installPackage(cache, spec.name, version, signal, () =>
    context.progress(`installing ${spec.name} ${version}`),
  );
  const script = await findBin(installed.dir, deployment.settings.npm?.bin);
  const cwd = await workFolder(context);
  context.progress(`starting ${spec.name} ${version}`, 'starting');
  return connectStdio({
    command: process.execPath,
    args: [...nodeArguments(pkg, plan.runtimeArguments, context), script, ...plan.packageArguments],
    env: plan.env,
    cwd,
    label: `"${deployment.slug}" (${spec.name} ${version})`,
    output,
    timeoutMs: CONNECT_TIMEOUT_MS,
    signal,
  });
}

/** The package of the settings, described by the entry when both name the same one; else the entry's own. */
function choosePackage({ deployment, document }: LoadContext): { spec: PackageSpec; pkg: JsonObject | undefined } {
  const { npm } = deployment.settings;
  const candidates = npmPackages(document.packages);
  if (npm !== undefined) {
    const pkg = candidates.find(({ identifier }) => identifier === npm.package);
    const version = npm.version ?? (typeof pkg?.version === 'string' && pkg.version !== '' ? pkg.version : 'latest');
    return { spec: parsePackageSpec(npm.package, version), pkg };
  }
  const pkg = stdioPackage(document, 'npm') ?? candidates[0];
  if (pkg === undefined || typeof pkg.identifier !== 'string') {
    throw new HubError('loader.unsupported', `The entry of "${document.name}" names no npm package.`);
  }
  if (transportOf(pkg) !== 'stdio') {
    throw new HubError(
      'loader.unsupported',
      `The npm package "${pkg.identifier}" speaks ${transportOf(pkg)}; this version of the hub runs packages that speak stdio. Run it yourself and deploy its URL as a remote.`,
    );
  }
  const version = typeof pkg.version === 'string' && pkg.version !== '' ? pkg.version : 'latest';
  return { spec: parsePackageSpec(pkg.identifier, version), pkg };
}

function npmPackages(packages: JsonObject[] | undefined): JsonObject[] {
  return objectsIn(packages).filter((pkg) => pkg.registryType === 'npm');
}

/** Runtime arguments are meant for the program that the entry names; the hub runs Node.js itself, without npx. */
function nodeArguments(
  pkg: JsonObject | undefined,
  runtime: readonly string[],
  context: LoadContext,
): readonly string[] {
  if (pkg?.runtimeHint === 'node') return runtime;
  if (runtime.length > 0) {
    context.output.line(
      'hub',
      `Arguments for ${String(pkg?.runtimeHint ?? 'npx')} are ignored: the hub runs the package itself.`,
    );
  }
  return [];
}

/** A folder of the deployment's own, so that what a server writes beside itself does not end in the package cache. */
async function workFolder({ cacheDir, deployment }: LoadContext): Promise<string> {
  const folder = join(cacheDir, 'work', `_${deployment.slug}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
