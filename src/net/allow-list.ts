import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { HubError } from '../base/errors.ts';

/** The hosts and networks that the operator opened for everybody (`net.allow`). */
export interface AllowList {
  /** Whether a host name is listed; it may then resolve to any address. */
  hasHost(hostname: string): boolean;
  /** Whether an address lies in a listed network. */
  hasAddress(address: string): boolean;
}

const HOST_NAME = /^(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$/;

/**
 * Reads `net.allow`: host names (`api.internal`), names below one (`*.internal`, not `internal` itself), addresses
 * (`10.0.0.5`, `fd00::5`) and networks (`10.0.0.0/8`, `fd00::/8`).
 *
 * @throws HubError `config.bad_value` naming the entry.
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const hosts = new Set<string>();
  const suffixes: string[] = [];
  const networks = new BlockList();
  for (const entry of entries) {
    const text = entry.trim().replace(/^\[(.*)\]$/, '$1');
    const [network = '', prefix, ...rest] = text.split('/');
    const family = isIP(network);
    if (family !== 0 && rest.length === 0 && isPrefix(prefix, family)) {
      const kind = family === 4 ? 'ipv4' : 'ipv6';
      networks.addSubnet(network, prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix), kind);
      continue;
    }
    const wildcard = text.startsWith('*.');
    const host = canonicalHost(wildcard ? text.slice(2) : text);
    // A name whose last part is a number is an address in an odd spelling; it would never match what is connected to.
    if (/[\s/:?#@%\\]/.test(text) || !HOST_NAME.test(host) || /(^|\.)(\d+|0x[0-9a-f]*)$/.test(host)) {
      throw new HubError(
        'config.bad_value',
        `net.allow: ${JSON.stringify(entry)} is none of: a host name, *.suffix, an address, a network such as 10.0.0.0/8.`,
      );
    }
    if (wildcard) suffixes.push(`.${host}`);
    else hosts.add(host);
  }
  return {
    hasHost(hostname) {
      const host = canonicalHost(hostname);
      return hosts.has(host) || suffixes.some((suffix) => host.endsWith(suffix) && host.length > suffix.length);
    },
    hasAddress(address) {
      const family = isIP(address);
      return family !== 0 && !address.includes('%') && networks.check(address, family === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

/** `localhost.` and `LOCALHOST` are the same host; names beyond ASCII compare in their DNS form. */
function canonicalHost(hostname: string): string {
  return (domainToASCII(hostname) || hostname).toLowerCase().replace(/\.$/, '');
}

function isPrefix(prefix: string | undefined, family: number): boolean {
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}
