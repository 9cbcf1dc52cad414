import { textOf } from '../issues.ts';
import { hashFile } from './hash-file.ts';
import { forbiddenFields } from './package-fields.ts';
import { findHost, isLoopback } from './package-host.ts';
import { type OwnershipProof, PROVEN, unproven } from './proof.ts';

const SETTING = 'registry.packageRegistries.mcpb.hosts';
const TIMEOUT_MS = 60_000;
const MAX_ADDRESS_LENGTH = 2000;

const GITHUB = /^\/[a-zA-Z0-9]([a-zA-Z0-9-]{0,37}[a-zA-Z0-9])?\/[a-zA-Z0-9._-]+\/releases\/download\/[^/]+\/[^/]+$/;
const GITLAB = /^(\/[a-zA-Z0-9._-]+)+\/-\/(releases\/[^/]+\/downloads\/[^/]+|package_files\/[0-9]+\/download)$/;
/** Paths that belong to a release; on hosts that are not listed here the operator's word is enough. */
const PATHS: Readonly<Record<string, RegExp>> = {
  'github.com': GITHUB,
  'www.github.com': GITHUB,
  'gitlab.com': GITLAB,
  'www.gitlab.com': GITLAB,
};

/**
 * MCPB: the file is on an allowed host, belongs to a release, and has the hash that the document names. The file is
 * fetched and hashed; whose it is, is not proven.
 */
export const mcpbProof: OwnershipProof = {
  registryType: 'mcpb',
  timeoutMs: TIMEOUT_MS,
  async verify(pkg, _serverName, ctx) {
    const forbidden = forbiddenFields(pkg, 'mcpb', ['registryBaseUrl']);
    if (forbidden !== undefined) return unproven(`${forbidden}; the identifier is the whole address of the file`);
    const sha256 = textOf(pkg.fileSha256);
    if (sha256 === '')
      return unproven(`a package of type 'mcpb' needs fileSha256, the SHA-256 of the file in lower-case hexadecimal`);
    const identifier = textOf(pkg.identifier);
    const isShort = identifier.length <= MAX_ADDRESS_LENGTH;
    const url = isShort && URL.canParse(identifier) ? new URL(identifier) : undefined;
    if (url?.username !== '' || url.password !== '') {
      return unproven(`'${identifier.slice(0, 200)}' is not the address of a file`);
    }
    const isOwnMachine = url.protocol === 'http:' && isLoopback(url.hostname);
    if (url.protocol !== 'https:' && !isOwnMachine)
      return unproven(`the address '${identifier}' must begin with https://`);
    const { hosts } = ctx.registries.mcpb;
    const allowed = findHost(hosts, url.host);
    if (!allowed) {
      return unproven(
        `files from ${url.host} are not allowed. The operator lists hosts in ${SETTING} (allowed: ${hosts.map((entry) => entry.host).join(', ') || 'none'})`,
      );
    }
    const pattern = Object.hasOwn(PATHS, url.host) ? PATHS[url.host] : undefined;
    if (pattern && !pattern.test(url.pathname)) {
      return unproven(`the address '${identifier}' is not that of a file in a release on ${url.host}`);
    }
    if (!/mcp/i.test(identifier)) return unproven(`the address '${identifier}' must have 'mcp' in it`);
    const file = await hashFile(ctx, url, allowed);
    if (!file.ok) return unproven(file.reason);
    if (file.sha256 === sha256) return PROVEN;
    return unproven(
      `the file '${identifier}' has the SHA-256 ${file.sha256}, and the document says ${sha256}. Write the hash of the released file into fileSha256`,
    );
  },
};
