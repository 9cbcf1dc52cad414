import { withDeadline } from '../base/abort.ts';
import { HubError, messageOf, toHubError } from '../base/errors.ts';
import { type Backoff, backoffDelay, type Limiter } from '../base/limiter.ts';
import type { LoadPhase } from '../loaders/loader.ts';
import type { Deployment } from '../store/deployment.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Upstream, UpstreamEvent } from '../upstream/upstream.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import {
  type DeploymentState,
  type DeploymentStatus,
  isComing,
  isRetryable,
  type MissingInput,
  refusalOf,
} from './lifecycle.ts';
import { createLogRing, type LogRing } from './log-ring.ts';

/** What a running deployment needs of its surroundings. */
export interface RunningOptions {
  /** Finds the loader and lets it build the upstream. */
  build(deployment: Deployment, signal: AbortSignal, running: Running): Promise<Upstream>;
  /** Bounds how many deployments load at once. */
  limiter: Limiter;
  retry: Backoff & { attempts: number };
  loadTimeoutMs: number;
  healthIntervalMs: number;
  log: Logger;
}

/** How long a request waits for a server that is on its way. */
const COMING_WAIT_MS = 20_000;
/** How long a stop waits for a load that it has cut off. */
const LOAD_END_MS = 3_000;
/** How long a health probe may take, and how many may fail before the server is started anew. */
const PROBE_TIMEOUT_MS = 10_000;
const PROBES_BEFORE_RESTART = 3;

/** One deployment's life: it starts, fails, waits, recovers and stops, and says at any moment where it stands. */
export class Running {
  readonly logs: LogRing = createLogRing();
  /** Kind of the loader that built it last. */
  kind: string | undefined;
  readonly #options: RunningOptions;
  readonly #waiting = new Set<() => void>();
  readonly #listeners = new Set<(event: UpstreamEvent) => void>();
  #servedBefore = false;
  #deployment: Deployment;
  #status: DeploymentStatus;
  #upstream: Upstream | undefined;
  #inventory: Inventory | undefined;
  #life: AbortController | undefined;
  #failedProbes = 0;
  /** Settles when the load under way has ended, its clean-up included. */
  #building: Promise<unknown> = Promise.resolve();
  #timers: NodeJS.Timeout[] = [];

  constructor(deployment: Deployment, options: RunningOptions) {
    this.#deployment = deployment;
    this.#options = options;
    this.#status = { state: deployment.enabled ? 'pending' : 'disabled', since: new Date().toISOString(), attempts: 0 };
  }

  get deployment(): Deployment {
    return this.#deployment;
  }

  get status(): DeploymentStatus {
    return this.#status;
  }

  /** Names of what the server offers; those of the last healthy time while it is away. */
  get inventory(): Inventory | undefined {
    return this.#inventory;
  }

  /** The live upstream, if there is one right now. */
  get upstream(): Upstream | undefined {
    return this.#upstream;
  }

  /** Takes a changed record; a restart makes it effective. */
  replace(deployment: Deployment): void {
    this.#deployment = deployment;
  }

  /** Shows what the loader is doing. */
  progress(text: string, phase: LoadPhase = 'resolving'): void {
    this.logs.line('hub', text);
    if (isComing(this.#status.state)) this.#set(phase);
    if (isComing(this.#status.state)) this.#status = { ...this.#status, progress: text };
  }

  /** Relays what the server announces, over its restarts too. Returns the end of it. */
  onEvent(listener: (event: UpstreamEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The upstream for a request. Waits while the server is on its way.
   *
   * @throws HubError `deployment.disabled`, `deployment.failed`, `deployment.needs_input`, `deployment.not_ready`.
   */
  async ready(signal?: AbortSignal): Promise<Upstream> {
    if (this.#upstream !== undefined) return this.#upstream;
    if (isComing(this.#status.state)) await this.settled(COMING_WAIT_MS, signal);
    if (this.#upstream !== undefined) return this.#upstream;
    throw refusalOf(this.#deployment.slug, this.#status, Date.now());
  }

  /** Resolves when the state is no longer one of the coming ones, or after `waitMs`. */
  async settled(waitMs: number, signal?: AbortSignal): Promise<void> {
    if (!isComing(this.#status.state)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      this.#waiting.add(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  /** Begins to load; returns at once. Does nothing when disabled or already under way. */
  start(): void {
    if (!this.#deployment.enabled) {
      this.#set('disabled');
      return;
    }
    if (this.#life !== undefined) return;
    const life = new AbortController();
    this.#life = life;
    this.#set('pending');
    void this.#load(life);
  }

  /** Stops and waits until everything it started is gone. The next state is `stopped`, or `disabled`. */
  async stop(): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    life?.abort(new HubError('hub.closing', `Server "${this.#deployment.slug}" is being stopped.`));
    this.#clearTimers();
    const upstream = this.#upstream;
    if (upstream !== undefined) this.#set('draining');
    this.#upstream = undefined;
    await upstream?.close().catch((error) => this.logs.line('hub', `stop: ${messageOf(error)}`));
    // A loader that does not listen to its signal must not hold up the stop for ever.
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOAD_END_MS);
      void this.#building.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#set(this.#deployment.enabled ? 'stopped' : 'disabled');
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#status = { ...this.#status, attempts: 0 };
    this.start();
  }

  async #load(life: AbortController): Promise<void> {
    const { slug } = this.#deployment;
    try {
      const upstream = await this.#options.limiter.run(async () => {
        life.signal.throwIfAborted();
        this.#set('resolving');
        return withDeadline(
          this.#options.loadTimeoutMs,
          'loader.timeout',
          `Loading "${slug}"`,
          life.signal,
          (signal) => {
            const building = this.#build(signal, life);
            this.#building = building.catch(() => undefined);
            return building;
          },
        );
      });
      if (life !== this.#life) return;
      this.#serve(upstream, life);
    } catch (error) {
      if (life === this.#life) this.#fail(toHubError(error, 'loader.start_failed', `Starting "${slug}" failed`), life);
    }
  }

  /** An upstream that arrives after its deadline is closed, not leaked. */
  async #build(signal: AbortSignal, life: AbortController): Promise<Upstream> {
    const upstream = await this.#options.build(this.#deployment, signal, this);
    if (signal.aborted || life !== this.#life) {
      await upstream.close();
      signal.throwIfAborted();
      throw new HubError('hub.closing', 'Stopped while starting.');
    }
    try {
      this.#set('starting');
      this.#inventory = await takeInventory(upstream, signal, this.#options.loadTimeoutMs);
    } catch (error) {
      await upstream.close();
      throw error;
    }
    return upstream;
  }

  #serve(upstream: Upstream, life: AbortController): void {
    upstream.events.subscribe((event) => {
      if (life !== this.#life) return;
      if (event.type === 'closed') this.#lost(upstream, event.reason, life);
      else {
        if (event.type.endsWith('Changed')) void this.#refresh(upstream, life);
        this.#emit(event);
      }
    });
    this.#failedProbes = 0;
    this.#upstream = upstream;
    if (this.#servedBefore) this.#announceReturn();
    this.#servedBefore = true;
    this.#status = { ...this.#status, attempts: 0 };
    this.#set('healthy');
    const probe = setInterval(() => void this.#probe(upstream, life), this.#options.healthIntervalMs);
    probe.unref();
    this.#timers.push(probe);
  }

  async #refresh(upstream: Upstream, life: AbortController): Promise<void> {
    const inventory = await takeInventory(upstream, life.signal, this.#options.loadTimeoutMs).catch(() => undefined);
    if (inventory !== undefined && upstream === this.#upstream) this.#inventory = inventory;
  }

  async #probe(upstream: Upstream, life: AbortController): Promise<void> {
    try {
      await upstream.ping(PROBE_TIMEOUT_MS);
      if (life !== this.#life || upstream !== this.#upstream) return;
      this.#failedProbes = 0;
      if (this.#status.state === 'degraded') this.#set('healthy');
    } catch (error) {
      if (life !== this.#life || upstream !== this.#upstream) return;
      this.#failedProbes++;
      const reason = toHubError(error, 'upstream.protocol', 'The health probe failed');
      if (this.#failedProbes < PROBES_BEFORE_RESTART) this.#set('degraded', { reason });
      else this.#lost(upstream, `${PROBES_BEFORE_RESTART} health probes in a row failed: ${reason.message}`, life);
    }
  }

  #lost(upstream: Upstream, why: string, life: AbortController): void {
    if (upstream !== this.#upstream) return;
    this.#upstream = undefined;
    this.#clearTimers();
    void upstream.close().catch(() => undefined);
    this.#fail(new HubError('upstream.closed', why), life);
  }

  #fail(error: HubError, life: AbortController): void {
    const attempts = this.#status.attempts + 1;
    this.#status = { ...this.#status, attempts };
    this.logs.line('hub', `${error.code}: ${error.message}`);
    this.#options.log.warn({ slug: this.#deployment.slug, code: error.code, attempts }, error.message);
    const missing = error.data?.missing as MissingInput[] | undefined;
    if (error.code === 'deployment.needs_input')
      this.#set('needs_input', { reason: error, ...(missing && { missing }) });
    else if (!isRetryable(error.code)) this.#set('failed', { reason: error });
    else this.#retryLater(error, attempts, life);
  }

  /** After the configured attempts the hub keeps trying at the slowest pace, so that a server that comes back is found. */
  #retryLater(error: HubError, attempts: number, life: AbortController): void {
    const { retry } = this.#options;
    const delayMs = attempts > retry.attempts ? retry.maxDelayMs : backoffDelay(retry, attempts);
    this.#set('failed', { reason: error, nextRetryAt: new Date(Date.now() + delayMs).toISOString() });
    const timer = setTimeout(() => {
      if (life !== this.#life) return;
      this.#set('pending', { reason: error });
      void this.#load(life);
    }, delayMs);
    timer.unref();
    this.#timers.push(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  /** After a restart nobody knows whether the lists are still the same. */
  #announceReturn(): void {
    for (const type of ['toolsChanged', 'resourcesChanged', 'promptsChanged'] as const) this.#emit({ type });
  }

  #emit(event: UpstreamEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #set(state: DeploymentState, why: { reason?: HubError; nextRetryAt?: string; missing?: MissingInput[] } = {}): void {
    const since = state === this.#status.state ? this.#status.since : new Date().toISOString();
    const reason = why.reason && { code: why.reason.code, message: why.reason.message };
    this.#status = {
      state,
      since,
      attempts: this.#status.attempts,
      ...(reason && { reason }),
      ...(why.nextRetryAt && { nextRetryAt: why.nextRetryAt }),
      ...(why.missing && { missing: why.missing }),
    };
    if (!isComing(state)) for (const done of [...this.#waiting]) done();
  }
}
