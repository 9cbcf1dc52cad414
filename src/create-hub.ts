import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadLocalAdmin } from './auth/local-admin.ts';
import { createSecretVault, deriveKey, loadHubKey } from './auth/secrets.ts';
import { createTokenAuthority, type TokenAuthority } from './auth/tokens.ts';
import { HubError, messageOf } from './base/errors.ts';
import { defineConfig, isHubConfig } from './config/build.ts';
import type { HubConfig } from './config/config.ts';
import type { ConfigInput } from './config/schema.ts';
import { Gateway } from './gateway/endpoint.ts';
import { createSessionSealer } from './gateway/session-token.ts';
import { createApp } from './http/app.ts';
import type { HubContext } from './http/hub-context.ts';
import { createPublishers } from './http/publishers.ts';
import { registryApp } from './http/registry-app.ts';
import { HttpServer } from './http/server.ts';
import { Deployments } from './hub/deployments.ts';
import { importSeeds } from './hub/seed.ts';
import { builtInLoaders } from './loaders/index.ts';
import type { ServerLoader } from './loaders/loader.ts';
import { loadTrust } from './net/ca.ts';
import { createNet } from './net/client.ts';
import type { Net } from './net/net.ts';
import { type Catalog, createCatalog } from './registry/catalog.ts';
import { createOwnership } from './registry/proofs/index.ts';
import { openStore } from './store/index.ts';
import type { RegistryStore } from './store/store.ts';
import { createLogger, type Logger } from './telemetry/log.ts';
import { hubVersion } from './telemetry/version.ts';

/** A hub as it is embedded into a program or run by `mcp-hub serve`. */
export interface Hub {
  readonly config: HubConfig;
  readonly store: RegistryStore;
  readonly catalog: Catalog;
  readonly deployments: Deployments;
  readonly tokens: TokenAuthority;
  /**
   * Listens, imports the seeds and begins to load the deployments, in this order. Resolves when the hub is ready;
   * deployments may still be on their way.
   *
   * @returns the base URL under which the hub is reached on this machine, without a trailing slash.
   */
  start(): Promise<{ url: string }>;
  /** Drains and stops: requests in flight finish, all children are gone. May be called twice. */
  close(): Promise<void>;
}

/** What a program may bring to its own hub. */
export interface HubOptions {
  /** Loaders asked before the built-in ones. */
  loaders?: readonly ServerLoader[];
  log?: Logger;
}

const SEED_DIR = fileURLToPath(new URL('../seed', import.meta.url));
const HUB_KEY_BYTES = 32;

/**
 * Builds a hub from a configuration (a loaded one, or settings with the defaults for what they leave out), bottom up. Nothing listens and nothing loads before `start`.
 *
 * @throws HubError `store.*` when the database does not open, `config.*` for a setting that does not work out.
 */
export async function createHub(input: HubConfig | ConfigInput = {}, options: HubOptions = {}): Promise<Hub> {
  const config = isHubConfig(input) ? input : defineConfig(input);
  const log = options.log ?? createLogger(config.log.level);
  const version = hubVersion();
  // A hub in memory leaves no files: its keys live as long as it does.
  const dataDir = config.database.type === 'memory' ? undefined : config.dataDir;
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const hubKey = dataDir === undefined ? randomBytes(HUB_KEY_BYTES) : await loadHubKey(dataDir);
  const secureContext = await loadTrust(config.net.ca);
  const store = await openStore({ type: config.database.type, url: config.database.url, logger: log });
  const net = createNet({ allow: config.net.allow, userAgent: `mcp-hub-registry/${version}`, secureContext });
  try {
    return await assemble({ config, options, log, version, dataDir, hubKey, store, net });
  } catch (error) {
    await store.close();
    await net.close();
    throw error;
  }
}

interface Ground {
  config: HubConfig;
  options: HubOptions;
  log: Logger;
  version: string;
  dataDir: string | undefined;
  hubKey: Buffer;
  store: RegistryStore;
  net: Net;
}

async function assemble(ground: Ground): Promise<Hub> {
  const { config, options, log, version, dataDir, hubKey, store, net } = ground;
  const local = { url: '' };
  const baseUrl = (): string => config.hub.publicUrl?.replace(/\/+$/, '') ?? local.url;
  const vault = createSecretVault({ store: store.secrets, key: deriveKey(hubKey, 'secrets') });
  const tokens = createTokenAuthority({
    configured: config.auth.tokens,
    store: store.tokens,
    extra: dataDir === undefined ? [] : [await loadLocalAdmin(dataDir)],
  });
  const catalog = createCatalog({
    store,
    settings: config.registry,
    ownership: [createOwnership({ config, net, userAgent: `mcp-hub-registry/${version}` })],
  });
  const deployments = new Deployments({
    config,
    store,
    loaders: [...(options.loaders ?? []), ...(await loadPlugins(config.loader.plugins)), ...builtInLoaders],
    net,
    references: { hubUrl: () => local.url, seedDir: SEED_DIR, secret: (name) => vault.get(name) },
    seal: (name, value) => vault.put(name, value),
    ensureEntry: (document) => catalog.ensure(document),
    cacheDir: config.loader.cacheDir ?? join(config.dataDir, 'cache'),
    log,
  });
  const publishers = createPublishers({ config, net, tokens, hubKey });
  const auth = publishers.hubAuth;
  const gateway = new Gateway({
    deployments,
    sealer: createSessionSealer(deriveKey(hubKey, 'session')),
    callTimeoutMs: config.loader.callTimeoutMs,
    authRequired: config.auth.required,
    log,
  });
  let closing: Promise<void> | undefined;
  const context: HubContext = {
    config,
    version,
    startedAt: new Date(),
    store,
    catalog,
    deployments,
    tokens,
    vault,
    auth,
    publishers,
    baseUrl,
    isDraining: () => closing !== undefined,
  };
  const server = new HttpServer({
    config,
    gateway,
    app: createApp(context, registryApp(context, log), log),
    auth,
    log,
  });

  const close = async (): Promise<void> => {
    await server.close(requestShare(config.api.drainTimeoutMs));
    await deployments.close();
    await net.close();
    await store.close();
    if (dataDir !== undefined) await rm(join(dataDir, 'hub.json'), { force: true });
  };

  return {
    config,
    store,
    catalog,
    deployments,
    tokens,
    async start() {
      const port = await server.listen();
      local.url = `http://${reachableHost(config.api.host)}:${port}`;
      if (dataDir !== undefined) await writeHubFile(dataDir, local.url);
      await importSeeds({ config, store, catalog, net, log, seedDir: SEED_DIR });
      await deployments.start();
      return { url: local.url };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Longest time in which a child that does not listen is ended. */
const CHILD_STOP_MS = 3_000;

/** How much of the time for stopping belongs to requests in flight; the rest is for ending the children after them. */
function requestShare(drainTimeoutMs: number): number {
  return Math.max(drainTimeoutMs - CHILD_STOP_MS, drainTimeoutMs / 2);
}

/** The address under which this machine reaches a hub that listens on `host`. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Tells the command line on this machine where the running hub is. */
async function writeHubFile(dataDir: string, url: string): Promise<void> {
  await writeFile(join(dataDir, 'hub.json'), `${JSON.stringify({ url, pid: process.pid })}\n`, { mode: 0o600 });
}

async function loadPlugins(paths: readonly string[]): Promise<ServerLoader[]> {
  return Promise.all(
    paths.map(async (path) => {
      const module = await import(path).catch((error) => {
        throw new HubError('config.bad_value', `loader.plugins: cannot import ${path}: ${messageOf(error)}`);
      });
      const loader = module.default as Partial<ServerLoader> | undefined;
      if (
        typeof loader?.kind === 'string' &&
        typeof loader.accepts === 'function' &&
        typeof loader.load === 'function'
      ) {
        return loader as ServerLoader;
      }
      throw new HubError(
        'config.bad_value',
        `loader.plugins: ${path} has no default export with kind, accepts and load.`,
      );
    }),
  );
}
