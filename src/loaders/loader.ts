import type { LoaderKind } from '../config/settings.ts';
import type { Net, Trust } from '../net/net.ts';
import type { Deployment } from '../store/deployment.ts';
import type { ServerDocument } from '../store/entry.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** Takes the lines a server writes: stderr of a child, messages of a worker, notes of its loader. */
export interface DeploymentLog {
  line(stream: 'stderr' | 'stdout' | 'hub', text: string): void;
}

/** `resolving`: finding out and fetching what is to run; `starting`: it runs, or is connected to, and has yet to answer. */
export type LoadPhase = 'resolving' | 'starting';

/** What a loader works with. */
export interface LoadContext {
  readonly deployment: Deployment;
  /** The server entry's document. */
  readonly document: ServerDocument;
  /** Fires when the load is to be given up (deadline, deployment removed, hub closing). */
  readonly signal: AbortSignal;
  readonly net: Net;
  /** Whose word the deployment's addresses and commands are. */
  readonly trust: Trust;
  readonly output: DeploymentLog;
  readonly log: Logger;
  /** Folder for installed packages, shared by all deployments; the loader makes what it needs below it. */
  readonly cacheDir: string;
  /**
   * Replaces `${secret:NAME}`, `${hub:url}` and `${hub:seed}` in a text.
   * @throws HubError `secret.not_found`
   */
  resolve(text: string): Promise<string>;
  /** Sets the deployment's visible progress, e.g. "installing @scope/server 1.2.3", and its phase; default `resolving`. */
  progress(text: string, phase?: LoadPhase): void;
}

/**
 * Turns a deployment into an upstream. A third party adds one by writing one file against this interface and naming
 * it in the configuration (`loader.plugins`); the built-in ones are listed in `loaders/index.ts`.
 */
export interface ServerLoader {
  readonly kind: LoaderKind | (string & {});
  /** Whether this loader can build the deployment; asked in the order of the list, first yes wins. */
  accepts(document: ServerDocument, deployment: Deployment): boolean;
  /**
   * Builds the upstream and waits until it answers. Everything it started is gone when it throws.
   *
   * @throws HubError `deployment.needs_input` (data.missing lists the names) when the operator must give more,
   * `loader.*`, `net.*` or `upstream.*` otherwise.
   */
  load(context: LoadContext): Promise<Upstream>;
}
