import type { DeploymentSettings } from '../config/settings.ts';

/** Who decided that the deployment exists. `config` and `seed` ones are declared in files; `config` is read-only. */
export type DeploymentSource = 'api' | 'config' | 'seed' | 'import';

/** This hub's decision to run a server entry. */
export interface Deployment {
  /** Unique in the hub; letters, digits, `-`, `_`, `.`; also the URL segment of its endpoint. */
  slug: string;
  /** Server name in the catalogue; deployments without an entry get one under `local/`. */
  name: string;
  /** Exact version of the entry. */
  version: string;
  enabled: boolean;
  source: DeploymentSource;
  settings: DeploymentSettings;
  createdAt: string;
  updatedAt: string;
}

/** The kept deployments. */
export interface DeploymentStore {
  /** All, ordered by slug. */
  list(): Promise<Deployment[]>;
  get(slug: string): Promise<Deployment | undefined>;
  /** @throws HubError `deployment.exists` when the slug is taken. */
  insert(deployment: Deployment): Promise<void>;
  /** Replaces the row with this slug; false when there is none. */
  update(deployment: Deployment): Promise<boolean>;
  /** False when there was none. */
  remove(slug: string): Promise<boolean>;
}
