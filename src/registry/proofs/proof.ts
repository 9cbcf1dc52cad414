import type { JsonObject } from '../../base/json.ts';
import type { PackageRegistries } from '../../config/package-registries.ts';
import type { Net } from '../../net/net.ts';
import type { ClientSource } from './source.ts';

/** What a proof found. A reason says what is wrong and what would be right; it is shown to the publisher. */
export type ProofResult = { ok: true } | { ok: false; reason: string };

/** What proofs work with. */
export interface ProofContext {
  net: Net;
  registries: PackageRegistries;
  /** Fires when the time for this package is over. */
  signal: AbortSignal;
  /** Sent as `user-agent`. */
  userAgent: string;
  /** Where somebody can be reached about the hub's requests; some registries ask for it. */
  contactUrl?: string;
  /** What the ordinary client of a registry is configured to use; undefined when there is no client. */
  client: {
    npm(packageName: string): Promise<ClientSource | undefined>;
    pip(): Promise<ClientSource | undefined>;
  };
  /** Gives a value made at most `ttlMs` ago, or makes it. A failure is not kept. */
  remember<T>(key: string, ttlMs: number, make: () => Promise<T>): Promise<T>;
  /** Whether this origin did not answer a moment ago; always false where waiting is right. */
  isSilent(origin: string): boolean;
  /** Notes that an origin does not answer. */
  noteSilence(origin: string): void;
}

/**
 * Looks whether the owner of a package says that it belongs to a server (registry-api.md, section 8). To add a type,
 * write one file with this interface and name it in `index.ts`.
 */
export interface OwnershipProof {
  /** The `registryType` that it is for. */
  registryType: string;
  /** Longest time for one package; default 10 000. */
  timeoutMs?: number;
  /**
   * @param pkg - the member of `packages`, of the right shape.
   * @param serverName - the name that the package must carry.
   * @throws HubError `net.*` or `json.*` when the registry cannot be asked.
   */
  verify(pkg: JsonObject, serverName: string, ctx: ProofContext): Promise<ProofResult>;
}

/** The package proves it. */
export const PROVEN: ProofResult = { ok: true };

/** The package does not prove it. */
export function unproven(reason: string): ProofResult {
  return { ok: false, reason };
}
