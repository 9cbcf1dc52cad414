import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HubError, messageOf } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { startWorker } from '../upstream/worker.ts';
import { readGivenEnvironment } from './launch.ts';
import type { LoadContext, ServerLoader } from './loader.ts';
import { isSelected } from './selection.ts';
import { CONNECT_TIMEOUT_MS } from './timeouts.ts';

/** Reference to the folder of the modules that came with the hub. */
const SEED_FOLDER = `\${hub:seed}`;
/** Deepest nesting of a module's options. */
const MAX_OPTIONS_DEPTH = 32;

/** Loads an ES module of the operator's own in a worker thread. Its default export makes an MCP server. */
export const moduleLoader: ServerLoader = {
  kind: 'module',
  accepts: (document, deployment) => isSelected('module', document, deployment, () => false),
  load,
};

async function load(context: LoadContext): Promise<Upstream> {
  const { slug, settings } = context.deployment;
  if (settings.module === undefined) {
    throw new HubError('deployment.invalid', `Deployment "${slug}" is of kind "module" but has no module.path.`);
  }
  const path = await modulePath(await context.resolve(settings.module.path));
  await assertMayRun(path, context);
  const options = await resolveOptions(settings.module.options ?? {}, context.resolve, 0);
  context.progress('starting', 'starting');
  return startWorker({
    moduleUrl: pathToFileURL(path).href,
    options: isObject(options) ? options : {},
    env: await readGivenEnvironment(context),
    label: `"${slug}"`,
    output: context.output,
    timeoutMs: CONNECT_TIMEOUT_MS,
    signal: context.signal,
  });
}

/** The real path of a module, so that a link cannot lead out of where modules may lie. */
async function modulePath(given: string): Promise<string> {
  const path = given.startsWith('file:') ? fileUrlToPath(given) : given;
  if (!isAbsolute(path)) {
    throw new HubError('deployment.invalid', `The path of a module must be absolute or a file: URL, not "${given}".`);
  }
  try {
    const real = await realpath(path);
    if ((await stat(real)).isFile()) return real;
  } catch (cause) {
    throw new HubError('loader.start_failed', `The module "${path}" cannot be read: ${messageOf(cause)}`, { cause });
  }
  throw new HubError('loader.start_failed', `The module "${path}" is not a file.`);
}

function fileUrlToPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new HubError('deployment.invalid', `"${url}" is not the URL of a local file.`, { cause });
  }
}

/** A module runs with the hub's own rights: it is the operator's, or it came with the hub. */
async function assertMayRun(path: string, context: LoadContext): Promise<void> {
  if (context.trust === 'operator') return;
  const seed = await realpath(await context.resolve(SEED_FOLDER)).catch(() => undefined);
  if (seed !== undefined && path.startsWith(seed + sep)) return;
  throw new HubError(
    'loader.unsupported',
    `Deployment "${context.deployment.slug}" wants to run a module. Modules are taken from the configuration file of the hub only, because they run with the hub's own rights.`,
  );
}

/** Options may refer to secrets at any depth. */
async function resolveOptions(
  value: JsonValue,
  resolve: (text: string) => Promise<string>,
  depth: number,
): Promise<JsonValue> {
  if (depth > MAX_OPTIONS_DEPTH) {
    throw new HubError(
      'deployment.invalid',
      `The options of a module are nested deeper than ${MAX_OPTIONS_DEPTH} levels.`,
    );
  }
  if (typeof value === 'string') return resolve(value);
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveOptions(item, resolve, depth + 1)));
  if (!isObject(value)) return value;
  const resolved: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) resolved[key] = await resolveOptions(item, resolve, depth + 1);
  }
  return resolved;
}
