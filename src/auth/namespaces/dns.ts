import { Resolver } from 'node:dns/promises';
import { withDeadline } from '../../base/abort.ts';
import { HubError, messageOf } from '../../base/errors.ts';
import { CHALLENGE_FIELDS, checkChallenge, parseChallenge } from './challenge.ts';
import { toNamespace } from './domain.ts';
import { findKeyRecords, RECORD_EXAMPLE } from './key-record.ts';
import { mayPublish, type NamespaceProof, notProved } from './proof.ts';

/** How long all look-ups of one proof may take together. */
export const DNS_TIMEOUT_MS = 5_000;

const TRY_TIMEOUT_MS = 2_000;
const TRIES = 2;
/** Most TXT strings of one name that are looked at. */
const MAX_TXT_RECORDS = 200;
/** Where publishers put the record by mistake. */
const WRONG_PLACES = ['_mcp-auth', '_mcp-registry'];

/** What a DNS proof needs to know. */
export interface DnsProofOptions {
  /** `auth.dns.servers`: addresses of name servers, with or without a port; empty: those of the system. */
  servers: readonly string[];
}

/**
 * Proves a domain by a key in a TXT record at the domain itself (registry-api.md, section 9.2). Who controls the DNS of
 * a domain controls what is below it too, so both `com.example/*` and `com.example.*` are granted.
 *
 * @throws HubError `config.bad_value` for a name server that is no address.
 */
export function createDnsProof(options: DnsProofOptions): NamespaceProof {
  assertServers(options.servers);
  return {
    method: 'dns',
    fields: CHALLENGE_FIELDS,
    failure: 'DNS authentication failed',
    tellsReason: true,
    async prove(body, { now, signal }) {
      const parsed = parseChallenge(body, now);
      if (!parsed.ok) return parsed;
      const { challenge } = parsed;
      const { domain } = challenge;
      const resolver = createResolver(options.servers);
      const keysAt = async (name: string) => findKeyRecords(await lookUp(resolver, name));
      try {
        return await withDeadline(DNS_TIMEOUT_MS, 'net.timeout', `Looking up ${domain}`, signal, async () => {
          const records = await keysAt(domain);
          if (records.length === 0) {
            const places = WRONG_PLACES.map((place) => `${place}.${domain}`);
            const found = await Promise.all(places.map((name) => keysAt(name).catch(() => [])));
            const misplaced = places.find((_, index) => (found[index]?.length ?? 0) > 0);
            return notProved(missing(domain, misplaced));
          }
          const checked = checkChallenge(challenge, records);
          if (!checked.ok) return checked;
          const namespace = toNamespace(domain);
          return {
            ok: true,
            subject: domain,
            permissions: [mayPublish(`${namespace}/*`), mayPublish(`${namespace}.*`)],
          };
        });
      } catch (error) {
        if (signal?.aborted) throw error;
        return notProved(`failed to lookup DNS TXT records of ${domain}: ${messageOf(error)}`);
      } finally {
        resolver.cancel();
      }
    },
  };
}

function assertServers(servers: readonly string[]): void {
  try {
    createResolver(servers);
  } catch (cause) {
    throw new HubError(
      'config.bad_value',
      `auth.dns.servers: ${servers.join(', ')}: each must be an IP address, with a port if need be.`,
      { cause },
    );
  }
}

function createResolver(servers: readonly string[]): Resolver {
  const resolver = new Resolver({ timeout: TRY_TIMEOUT_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers([...servers]);
  return resolver;
}

async function lookUp(resolver: Resolver, name: string): Promise<string[]> {
  try {
    const records = await resolver.resolveTxt(name);
    return records.slice(0, MAX_TXT_RECORDS).map((chunks) => chunks.join(''));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
    throw error;
  }
}

function missing(domain: string, misplaced: string | undefined): string {
  const wanted = `no MCP public key found in the TXT records of ${domain}. Add one like "${RECORD_EXAMPLE}"`;
  if (misplaced === undefined) return `${wanted} at ${domain} itself`;
  return `${wanted}: it was found under ${misplaced}, and must stand at ${domain} itself`;
}
