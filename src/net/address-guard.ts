import { BlockList, isIP } from 'node:net';

/** Whether an address may be reached; `rule` names the range that forbids it. */
export type AddressVerdict = { ok: true } | { ok: false; rule: string };

const ALLOWED: AddressVerdict = { ok: true };

/**
 * IPv4 ranges that are not the public internet (IANA special-purpose registry, RFC 6890 and its updates), and the one
 * public address that answers as a cloud's own metadata service.
 */
const REFUSED_IPV4: readonly (readonly [network: string, prefix: number, rule: string])[] = [
  ['0.0.0.0', 8, 'unspecified'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'carrier-grade NAT'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.169.254', 32, 'cloud metadata'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'protocol assignments'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.88.99.0', 24, '6to4 relay'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'benchmark'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['168.63.129.16', 32, 'cloud metadata'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
];

/** IPv6: only global unicast (2000::/3) is public, without these parts of it. */
const GLOBAL_UNICAST = ['2000::', 3] as const;
const REFUSED_GLOBAL: readonly (readonly [network: string, prefix: number, rule: string])[] = [
  ['2001::', 23, 'protocol assignments (Teredo, benchmark, ORCHID)'],
  ['2001:db8::', 32, 'documentation'],
  ['2002::', 16, '6to4'],
  ['3fff::', 20, 'documentation'],
];

/** Names for what lies outside global unicast; anything else there is reserved. */
const NAMED_IPV6: readonly (readonly [network: string, prefix: number, rule: string])[] = [
  ['::', 128, 'unspecified'],
  ['::1', 128, 'loopback'],
  ['::ffff:0:0', 96, 'IPv4-mapped'],
  ['::', 96, 'IPv4-compatible'],
  ['64:ff9b::', 96, 'NAT64'],
  ['64:ff9b:1::', 48, 'NAT64'],
  ['100::', 64, 'discard'],
  ['fc00::', 7, 'unique local'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'site-local'],
  ['ff00::', 8, 'multicast'],
];

type Range = { list: BlockList; rule: string };

const range =
  (family: 'ipv4' | 'ipv6') =>
  ([network, prefix, rule]: readonly [string, number, string]): Range => {
    const list = new BlockList();
    list.addSubnet(network, prefix, family);
    return { list, rule: `${rule}, ${network}/${prefix}` };
  };

const IPV4 = REFUSED_IPV4.map(range('ipv4'));
const IPV6_GLOBAL = range('ipv6')([...GLOBAL_UNICAST, 'global unicast']).list;
const IPV6_REFUSED = REFUSED_GLOBAL.map(range('ipv6'));
const IPV6_NAMED = NAMED_IPV6.map(range('ipv6'));

/**
 * Tells whether an address belongs to the public internet. Guards against server-side request forgery: what others
 * name must not reach loopback, the private network or a cloud's metadata service. Fails closed: text that is not an
 * address, and IPv6 outside global unicast, are refused.
 *
 * @param address an IPv4 or IPv6 address without brackets; a zone (`%eth0`) is never public.
 */
export function checkPublicAddress(address: string): AddressVerdict {
  const family = isIP(address);
  if (family === 4) return refusal(IPV4, address, 'ipv4') ?? ALLOWED;
  if (family !== 6 || address.includes('%')) return { ok: false, rule: 'not a plain address' };
  if (IPV6_GLOBAL.check(address, 'ipv6')) return refusal(IPV6_REFUSED, address, 'ipv6') ?? ALLOWED;
  return refusal(IPV6_NAMED, address, 'ipv6') ?? { ok: false, rule: 'outside global unicast, 2000::/3' };
}

function refusal(ranges: readonly Range[], address: string, family: 'ipv4' | 'ipv6'): AddressVerdict | undefined {
  const hit = ranges.find(({ list }) => list.check(address, family));
  return hit && { ok: false, rule: hit.rule };
}
