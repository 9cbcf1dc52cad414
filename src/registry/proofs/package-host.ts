import type { PackageHost } from '../../config/package-registries.ts';
import type { Trust } from '../../net/net.ts';

/** A host that the operator allows, and whose word its address is. */
export interface AllowedHost {
  entry: PackageHost;
  /** A host that is written out is the operator's; one that only fits `*.suffix` must be public. */
  trust: Trust;
}

/** Finds the entry for `host` or `host:port`; one that is written out goes before `*.suffix`. */
export function findHost(hosts: readonly PackageHost[], host: string): AllowedHost | undefined {
  const wanted = host.toLowerCase();
  const exact = hosts.find((entry) => entry.host === wanted);
  if (exact) return { entry: exact, trust: 'operator' };
  const wide = hosts.find((entry) => entry.host.startsWith('*.') && wanted.endsWith(entry.host.slice(1)));
  return wide && { entry: wide, trust: 'public' };
}

/** Whether plain http is acceptable: nobody stands between the hub and its own machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
