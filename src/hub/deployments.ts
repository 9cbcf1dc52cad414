import { HubError } from '../base/errors.ts';
import { createLimiter, type Limiter } from '../base/limiter.ts';
import type { HubConfig } from '../config/config.ts';
import { SLUG_HELP, SLUG_PATTERN } from '../config/declared-schema.ts';
import { isLoopbackHost } from '../config/safe-bind.ts';
import { type DeploymentSettings, kindOf } from '../config/settings.ts';
import type { DeploymentLog, ServerLoader } from '../loaders/loader.ts';
import type { Net, Trust } from '../net/net.ts';
import type { Deployment, DeploymentSource } from '../store/deployment.ts';
import type { ServerEntry } from '../store/entry.ts';
import type { RegistryStore } from '../store/store.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { type EnsureEntry, ensurePrivateEntry } from './private-entry.ts';
import { type ReferenceSources, resolveReferences } from './references.ts';
import { Running, type RunningOptions } from './running.ts';
import { type Seal, sealSettings } from './seal-settings.ts';

/** What the running set is built from. */
export interface DeploymentsOptions {
  config: HubConfig;
  store: RegistryStore;
  loaders: readonly ServerLoader[];
  net: Net;
  references: ReferenceSources;
  seal: Seal;
  ensureEntry: EnsureEntry;
  cacheDir: string;
  log: Logger;
}

/** A wish for a deployment. Without `name`, `settings` say all, and a private entry is made. */
export interface NewDeployment {
  name?: string;
  version?: string;
  slug?: string;
  description?: string;
  settings?: DeploymentSettings;
  enabled?: boolean;
  source: Exclude<DeploymentSource, 'config'>;
}

/** A change of a deployment; absent members stay. */
export interface DeploymentChange {
  version?: string;
  settings?: DeploymentSettings;
  enabled?: boolean;
}

const MAX_DEPLOYMENTS = 2_000;

/** The running set: finds, starts and stops deployments. Those of the configuration file live in memory only. */
export class Deployments {
  readonly #options: DeploymentsOptions;
  readonly #limiter: Limiter;
  readonly #running = new Map<string, Running>();
  #closed = false;

  constructor(options: DeploymentsOptions) {
    this.#options = options;
    this.#limiter = createLimiter(options.config.loader.concurrency);
  }

  /** Takes in the kept and the declared deployments and begins to load the enabled ones; does not wait for them. */
  async start(): Promise<void> {
    const { config, store, log } = this.#options;
    for (const declared of config.servers) {
      const entry =
        declared.name === undefined
          ? await ensurePrivateEntry(this.#options.ensureEntry, declared.slug, declared.settings, declared.description)
          : await this.#findEntry(declared.name, declared.version);
      const now = new Date().toISOString();
      this.#add({
        slug: declared.slug,
        name: entry?.name ?? declared.name ?? '',
        version: entry?.version ?? declared.version ?? 'latest',
        enabled: declared.enabled,
        source: 'config',
        settings: declared.settings,
        createdAt: now,
        updatedAt: now,
      });
    }
    for (const kept of await store.deployments.list()) {
      if (this.#running.has(kept.slug)) {
        log.warn(
          { slug: kept.slug },
          'The configuration file declares this slug too; the kept deployment is not used.',
        );
      } else this.#add(kept);
    }
    for (const running of this.#running.values()) running.start();
  }

  /** All, ordered by slug. */
  list(): Running[] {
    return [...this.#running.values()].sort((a, b) => (a.deployment.slug < b.deployment.slug ? -1 : 1));
  }

  get(slug: string): Running | undefined {
    return this.#running.get(slug);
  }

  /** @throws HubError `deployment.not_found` */
  require(slug: string): Running {
    const running = this.#running.get(slug) ?? this.forServer(slug);
    if (running === undefined) {
      throw new HubError('deployment.not_found', `No deployment "${slug}". See: mcp-hub status`);
    }
    return running;
  }

  /** The deployment that stands for a server name: an enabled one before a disabled one, then the oldest. */
  forServer(name: string): Running | undefined {
    const candidates = this.list().filter((running) => running.deployment.name === name);
    const rank = (running: Running): string =>
      `${running.upstream !== undefined ? 0 : running.deployment.enabled ? 1 : 2} ${running.deployment.createdAt}`;
    return candidates.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
  }

  /**
   * Makes and starts a deployment; it is kept before this resolves, and loads afterwards.
   *
   * @throws HubError `registry.not_found`, `deployment.exists`, `deployment.invalid`
   */
  async create(wish: NewDeployment): Promise<Running> {
    if (this.#closed) throw new HubError('hub.closing', 'The hub is stopping.');
    if (this.#running.size >= MAX_DEPLOYMENTS) {
      throw new HubError('deployment.invalid', `This hub has ${MAX_DEPLOYMENTS} deployments, which is its limit.`);
    }
    const kind = kindOf(wish.settings ?? {});
    const settings: DeploymentSettings = { ...wish.settings, ...(kind && { kind }) };
    const slug = wish.slug ?? this.#freeSlug(wish.name ?? kind ?? 'server');
    if (!SLUG_PATTERN.test(slug)) {
      throw new HubError('deployment.invalid', `Slug "${slug.slice(0, 80)}" is not usable; it takes ${SLUG_HELP}.`);
    }
    if (this.#running.has(slug)) {
      throw new HubError(
        'deployment.exists',
        `Slug "${slug}" is taken. Choose another with --slug, or undeploy it first.`,
      );
    }
    if (kind === undefined && wish.name === undefined) {
      throw new HubError('deployment.invalid', 'Give the name of a server entry, or settings that say what to run.');
    }
    const entry =
      wish.name === undefined
        ? await ensurePrivateEntry(this.#options.ensureEntry, slug, settings, wish.description)
        : await this.#requireEntry(wish.name, wish.version);
    const now = new Date().toISOString();
    const deployment: Deployment = {
      slug,
      name: entry.name,
      version: entry.version,
      enabled: wish.enabled ?? true,
      source: wish.source,
      settings: await sealSettings(slug, settings, entry.document, this.#options.seal),
      createdAt: now,
      updatedAt: now,
    };
    await this.#options.store.deployments.insert(deployment);
    const running = this.#add(deployment);
    running.start();
    return running;
  }

  /** Changes a deployment and starts it anew when that is needed. @throws HubError `deployment.read_only` */
  async change(slug: string, change: DeploymentChange): Promise<Running> {
    const running = this.#writable(slug);
    const old = running.deployment;
    const entry = await this.#requireEntry(old.name, change.version ?? old.version);
    const settings =
      change.settings === undefined
        ? old.settings
        : await sealSettings(old.slug, change.settings, entry.document, this.#options.seal);
    const next: Deployment = {
      ...old,
      version: entry.version,
      settings,
      enabled: change.enabled ?? old.enabled,
      updatedAt: new Date().toISOString(),
    };
    await this.#options.store.deployments.update(next);
    running.replace(next);
    await running.restart();
    return running;
  }

  /** Switches a deployment on or off; for a declared one this lasts until the hub's next start. */
  async setEnabled(slug: string, enabled: boolean): Promise<Running> {
    const running = this.require(slug);
    const old = running.deployment;
    if (old.enabled === enabled) {
      if (enabled && running.status.state === 'failed') await running.restart();
      return running;
    }
    const next: Deployment = { ...old, enabled, updatedAt: new Date().toISOString() };
    if (old.source !== 'config') await this.#options.store.deployments.update(next);
    running.replace(next);
    if (enabled) running.start();
    else await running.stop();
    return running;
  }

  /** Stops a deployment, forgets it and the secrets that were sealed for it. */
  async remove(slug: string): Promise<void> {
    const running = this.#writable(slug);
    await this.#options.store.deployments.remove(running.deployment.slug);
    this.#running.delete(running.deployment.slug);
    await running.stop();
    const { secrets } = this.#options.store;
    for (const { name } of await secrets.list()) {
      if (name.startsWith(`${running.deployment.slug}.`)) await secrets.remove(name);
    }
  }

  /** Stops all; resolves when every child is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.values()].map((running) => running.stop()));
  }

  #writable(slug: string): Running {
    const running = this.require(slug);
    if (running.deployment.source === 'config') {
      const { file } = this.#options.config;
      throw new HubError(
        'deployment.read_only',
        `Deployment "${running.deployment.slug}" is declared in ${file ?? 'the configuration'}; change it there and restart the hub.`,
      );
    }
    return running;
  }

  #add(deployment: Deployment): Running {
    const { config, log } = this.#options;
    const options: RunningOptions = {
      build: (wanted, signal, running) => this.#build(wanted, signal, running),
      limiter: this.#limiter,
      retry: config.loader.retry,
      loadTimeoutMs: config.loader.timeoutMs,
      healthIntervalMs: config.loader.healthIntervalMs,
      log,
    };
    const running = new Running(deployment, options);
    this.#running.set(deployment.slug, running);
    return running;
  }

  async #build(deployment: Deployment, signal: AbortSignal, running: Running): Promise<Upstream> {
    const entry = await this.#requireEntry(deployment.name, deployment.version);
    const loader = this.#options.loaders.find((candidate) => candidate.accepts(entry.document, deployment));
    if (loader === undefined) {
      throw new HubError(
        'loader.unsupported',
        `Nothing here can run "${entry.name}" ${entry.version}: it has no package or remote of a kind that this hub loads.`,
      );
    }
    running.kind = loader.kind;
    return loader.load({
      deployment,
      document: entry.document,
      signal,
      net: this.#options.net,
      trust: this.#trust(deployment),
      output: running.logs satisfies DeploymentLog,
      log: this.#options.log,
      cacheDir: this.#options.cacheDir,
      resolve: (text) => resolveReferences(text, this.#options.references),
      progress: (text, phase) => running.progress(text, phase),
    });
  }

  /** On a loopback hub whoever deploys is the operator; elsewhere only files speak for the operator. */
  #trust({ source }: Deployment): Trust {
    return source !== 'api' || isLoopbackHost(this.#options.config.api.host) ? 'operator' : 'public';
  }

  async #findEntry(name: string, version = 'latest'): Promise<ServerEntry | undefined> {
    const entry = await this.#options.store.entries.get(name, version);
    return entry?.status === 'deleted' ? undefined : entry;
  }

  async #requireEntry(name: string, version?: string): Promise<ServerEntry> {
    const entry = await this.#findEntry(name, version);
    if (entry !== undefined) return entry;
    const which = version === undefined || version === 'latest' ? `"${name}"` : `"${name}" in version ${version}`;
    throw new HubError(
      'registry.not_found',
      `The registry has no server ${which}. See: mcp-hub servers search ${name.split('/').pop()}`,
    );
  }

  #freeSlug(name: string): string {
    const last = name.split('/').pop() ?? name;
    const base =
      last
        .toLowerCase()
        .replace(/[^a-z0-9._-]+/g, '-')
        .replace(/^[^a-z0-9]+/, '')
        .slice(0, 56) || 'server';
    let slug = base;
    for (let n = 2; this.#running.has(slug); n++) slug = `${base}-${n}`;
    return slug;
  }
}
