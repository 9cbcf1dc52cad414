import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import { HubError } from '../base/errors.ts';
import { checkPublicAddress } from './address-guard.ts';
import type { AllowList } from './allow-list.ts';
import type { Trust } from './net.ts';

/** How long a connection (name lookup, TCP and TLS) may take. */
export const CONNECT_TIMEOUT_MS = 10_000;

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;
type Lookup = (hostname: string, options: LookupOptions, callback: LookupCallback) => void;

/**
 * Makes the function that opens sockets. With trust `public` a name is resolved once and the socket goes to one of the
 * very addresses that passed the check, so a name that resolves differently the second time (DNS rebinding) gains
 * nothing. Addresses that do not pass are left out; when none is left, the connection is refused.
 *
 * @param resolve stands in for the system's resolver in tests.
 * @param secureContext what TLS trusts; absent: what Node.js trusts.
 */
export function createConnector(
  trust: Trust,
  allow: AllowList,
  resolve: Lookup = lookup,
  secureContext?: SecureContext,
): buildConnector.connector {
  const base = { timeout: CONNECT_TIMEOUT_MS, ...(secureContext === undefined ? {} : { secureContext }) };
  if (trust === 'operator') return buildConnector(base);
  const connect = buildConnector({ ...base, lookup: guardLookup(allow, resolve) });
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[(.*)\]$/, '$1');
    // The resolver is not asked about an address that is written out.
    const verdict = isIP(literal) === 0 || allow.hasAddress(literal) ? undefined : checkPublicAddress(literal);
    if (verdict?.ok === false) callback(refused(literal, verdict.rule), null);
    else connect(options, callback);
  };
}

function guardLookup(allow: AllowList, resolve: Lookup): Lookup {
  return (hostname, options, callback) => {
    const wantsAll = options.all === true;
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, wantsAll ? [] : '');
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found;
      const open = allow.hasHost(hostname);
      let rule = 'no address';
      const passed = addresses.filter(({ address }) => {
        if (open || allow.hasAddress(address)) return true;
        const verdict = checkPublicAddress(address);
        if (!verdict.ok) rule = verdict.rule;
        return verdict.ok;
      });
      const [first] = passed;
      if (first === undefined) return callback(refused(hostname, rule), wantsAll ? [] : '');
      if (wantsAll) callback(null, passed);
      else callback(null, first.address, first.family);
    });
  };
}

/** The addresses behind a name stay unsaid: they would tell an outsider how the private network is laid out. */
function refused(host: string, rule: string): HubError {
  return new HubError(
    'net.address_refused',
    `${host} is not a public address (${rule}). Addresses that do not come from the operator may be public ones only; ` +
      `the operator can open this host or its network with the setting net.allow.`,
    { data: { host } },
  );
}
