import type { JsonObject } from '../base/json.ts';
import type { DeploymentSettings, LoaderKind } from '../config/settings.ts';
import type { Deployment } from '../store/deployment.ts';
import type { ServerDocument } from '../store/entry.ts';
import { objectsIn } from './inputs.ts';

const KINDS = ['openapi', 'remote', 'command', 'npm', 'pypi', 'oci', 'module'] as const satisfies readonly LoaderKind[];

/**
 * Whether a loader of this kind is meant: by the settings' `kind`; else by the one block of settings that is there;
 * else by what the entry offers, which `byEntry` tells.
 */
export function isSelected(
  kind: LoaderKind,
  document: ServerDocument,
  deployment: Deployment,
  byEntry: (document: ServerDocument) => boolean,
): boolean {
  const { settings } = deployment;
  if (settings.kind !== undefined) return settings.kind === kind;
  const block = blockOf(settings);
  return block === undefined ? byEntry(document) : block === kind;
}

function blockOf(settings: DeploymentSettings): LoaderKind | undefined {
  return KINDS.find((kind) => settings[kind] !== undefined);
}

/** The first package of a registry type that speaks MCP over stdio. */
export function stdioPackage(document: ServerDocument, registryType: string): JsonObject | undefined {
  return objectsIn(document.packages).find((pkg) => pkg.registryType === registryType && transportOf(pkg) === 'stdio');
}

/** The transport of a package; entries without one mean stdio. */
export function transportOf(pkg: JsonObject): string {
  const { transport } = pkg;
  const type =
    typeof transport === 'object' && transport !== null && !Array.isArray(transport) ? transport.type : undefined;
  return typeof type === 'string' ? type : 'stdio';
}
