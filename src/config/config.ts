import type { OwnershipModes, PackageRegistries } from './package-registries.ts';
import type { PublishingConfig } from './publishing.ts';
import type { DeploymentSettings, StoreType } from './settings.ts';

/** A static bearer token from the configuration. */
export interface ConfiguredToken {
  name: string;
  token: string;
  /** `action:pattern` strings. */
  permissions: string[];
}

/** A deployment declared in the configuration file. */
export interface DeclaredServer {
  slug: string;
  /** Name of a registry entry; absent: a private entry under `local/` is made. */
  name?: string;
  version?: string;
  description?: string;
  enabled: boolean;
  settings: DeploymentSettings;
}

/** The whole configuration after defaults, substitution and overrides. Frozen. */
export interface HubConfig {
  /** Absolute path of the folder for what the hub keeps besides its database: keys, the local token, packages. */
  dataDir: string;
  hub: { name: string; description: string; publicUrl?: string };
  api: {
    host: string;
    port: number;
    /** Host names accepted in the `Host` header besides loopback names and the public URL's. */
    allowedHosts: readonly string[];
    allowedOrigins: readonly string[];
    allowUnauthenticated: boolean;
    /** Requests per address to everything but MCP endpoints; `perMinute` 0 is no limit. */
    rateLimit: { perMinute: number; burst: number };
    /** How long a stop waits for requests in flight, in milliseconds. */
    drainTimeoutMs: number;
  };
  /** `url`: `:memory:`, `file:/absolute/path`, `postgres://…` or `mongodb://…`; a database name is part of it. */
  database: { type: StoreType; url: string };
  auth: { required: boolean; tokens: readonly ConfiguredToken[] } & PublishingConfig;
  loader: {
    concurrency: number;
    timeoutMs: number;
    retry: { attempts: number; delayMs: number; factor: number; maxDelayMs: number };
    callTimeoutMs: number;
    healthIntervalMs: number;
    /** Where packages are installed; default `<data dir>/cache`. */
    cacheDir?: string;
    /** Paths of modules whose default export is a ServerLoader. */
    plugins: readonly string[];
  };
  registry: {
    maxDescriptionLength: number;
    allowInsecureRemotes: boolean;
    ownership: OwnershipModes;
    packageRegistries: PackageRegistries;
  };
  /** `ca`: absolute paths of PEM files. */
  net: { allow: readonly string[]; ca: readonly string[] };
  seed: { importOnStartup: boolean; builtIn: boolean; files: readonly string[] };
  log: { level: string };
  servers: readonly DeclaredServer[];
  /** The file it came from; relative paths in it are relative to this file's folder. */
  file?: string;
}
