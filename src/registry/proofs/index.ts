import { withDeadline } from '../../base/abort.ts';
import { HubError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import type { HubConfig } from '../../config/config.ts';
import type { OwnershipMode, OwnershipModes } from '../../config/package-registries.ts';
import type { Net } from '../../net/net.ts';
import type { OwnershipHook } from '../context.ts';
import { objectsOf, textOf } from '../issues.ts';
import { cargoProof } from './cargo.ts';
import { createClientConfig } from './client-config.ts';
import { mcpbProof } from './mcpb.ts';
import { npmProof } from './npm.ts';
import { nugetProof } from './nuget.ts';
import { ociProof } from './oci.ts';
import type { OwnershipProof, ProofContext, ProofResult } from './proof.ts';
import { createProofMemory } from './proof-memory.ts';
import { pypiProof } from './pypi.ts';

/** The built-in proofs. */
export const builtInProofs: readonly OwnershipProof[] = [
  npmProof,
  pypiProof,
  nugetProof,
  cargoProof,
  ociProof,
  mcpbProof,
];

/** Longest time for one package, unless its proof knows better. */
const PACKAGE_TIMEOUT_MS = 10_000;
/** A warning is not worth more of a publisher's time than this, for all packages together. */
const WARN_TIMEOUT_MS = 5_000;
/** Longest time for all packages of a document where proofs are enforced. */
const ENFORCE_TIMEOUT_MS = 120_000;
/** Most of a text of the publisher that is repeated in a message. */
const MAX_TOLD_LENGTH = 300;
/** More packages than this are not looked up: each costs requests to others. */
export const MAX_CHECKED_PACKAGES = 50;

/** What the ownership check is made of. */
export interface OwnershipOptions {
  config: Pick<HubConfig, 'registry' | 'hub'>;
  net: Net;
  /** Sent with every look-up. */
  userAgent: string;
  /** Default: {@link builtInProofs}. */
  proofs?: readonly OwnershipProof[];
  /** Default: the npm and pip clients of this machine. */
  client?: ProofContext['client'];
}

/**
 * Makes the hook that asks for the proof of each package of a document, one after the other (registry-api.md,
 * section 8). `enforce` refuses at the first package without proof, `warn` tells the publisher, `off` asks nobody.
 */
export function createOwnership(options: OwnershipOptions): OwnershipHook {
  const { net, userAgent } = options;
  const { ownership: modes, packageRegistries: registries } = options.config.registry;
  const contactUrl = options.config.hub.publicUrl;
  const proofs = new Map((options.proofs ?? builtInProofs).map((proof) => [proof.registryType, proof]));
  const client = options.client ?? createClientConfig(process.cwd());
  const memory = createProofMemory();
  const common = { net, registries, userAgent, client, ...(contactUrl === undefined ? {} : { contactUrl }) };

  const check = async (
    pkg: JsonObject,
    serverName: string,
    mode: OwnershipMode,
    remainingMs: number,
  ): Promise<ProofResult> => {
    const type = textOf(pkg.registryType);
    const proof = proofs.get(type);
    if (!proof) return { ok: false, reason: `unsupported registry type: ${type.slice(0, MAX_TOLD_LENGTH)}` };
    const ownMs = proof.timeoutMs ?? PACKAGE_TIMEOUT_MS;
    const limitMs = Math.min(ownMs, remainingMs);
    try {
      return await withDeadline(limitMs, 'net.timeout', 'The look-up', undefined, (signal) =>
        proof.verify(pkg, serverName, { ...common, ...memory(mode === 'warn'), signal }),
      );
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      return { ok: false, reason: `the package could not be checked: ${error.message}` };
    }
  };

  return async (document, warn) => {
    const start = performance.now();
    for (const [index, pkg] of objectsOf(document.packages).entries()) {
      const type = textOf(pkg.registryType);
      const mode = modeOf(modes, type);
      if (mode === 'off') continue;
      const budgetMs = mode === 'warn' ? WARN_TIMEOUT_MS : ENFORCE_TIMEOUT_MS;
      const remainingMs = Math.ceil(budgetMs - (performance.now() - start));
      const result = await limited(index, remainingMs, () => check(pkg, document.name, mode, remainingMs));
      if (result.ok) continue;
      const identifier = textOf(pkg.identifier).slice(0, MAX_TOLD_LENGTH);
      const text = `registry validation failed for package ${index} (${identifier}): ${result.reason}`;
      if (mode === 'enforce') return text;
      warn(text);
    }
    return undefined;
  };
}

async function limited(index: number, remainingMs: number, work: () => Promise<ProofResult>): Promise<ProofResult> {
  if (index >= MAX_CHECKED_PACKAGES) {
    return { ok: false, reason: `only the first ${MAX_CHECKED_PACKAGES} packages of a document are checked` };
  }
  if (remainingMs <= 0) return { ok: false, reason: 'the time for the packages of this document was over' };
  return work();
}

function modeOf(modes: OwnershipModes, type: string): OwnershipMode {
  switch (type) {
    case 'npm':
    case 'pypi':
    case 'nuget':
    case 'cargo':
    case 'oci':
    case 'mcpb':
      return modes[type];
    default:
      return modes.other;
  }
}
