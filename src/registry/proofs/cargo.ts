import { HubError } from '../../base/errors.ts';
import type { NetResponse } from '../../net/net.ts';
import { textOf } from '../issues.ts';
import { askSource, jsonBody, statusReason, textBody } from './lookup.ts';
import { proveByToken } from './name-token.ts';
import { namedPackage, segment } from './package-fields.ts';
import { type OwnershipProof, type ProofContext, unproven } from './proof.ts';
import { findSource, originOf, type PackageSource } from './source.ts';

const SETTING = 'registry.packageRegistries.cargo';
const MAX_README_BYTES = 5 * 1024 * 1024;
const MAX_REDIRECTS = 5;

/** cargo: the rendered README of the release holds the token. It is taken from known hosts only. */
export const cargoProof: OwnershipProof = {
  registryType: 'cargo',
  async verify(pkg, serverName, ctx) {
    const fields = namedPackage(pkg, 'cargo');
    if (!fields.ok) return fields;
    const found = findSource('cargo', ctx.registries.cargo, textOf(pkg.registryBaseUrl));
    if (!found.ok) return found;
    const { source } = found;
    const what = `the crate '${fields.identifier}'`;
    const releaseUrl = `${source.baseUrl}/api/v1/crates/${segment(fields.identifier)}/${segment(fields.version)}`;
    const pointer = await askSource(ctx, source, `${releaseUrl}/readme`, { headers: crawler(ctx), maxRedirects: 0 });
    if (pointer.status === 404) {
      return unproven(
        `${what} has no version '${fields.version}', or does not exist. Release it before the server entry`,
      );
    }
    const location = pointer.headers.location;
    if (pointer.status !== 200 && location === undefined) return unproven(statusReason(pointer, what, SETTING));
    const readmeUrl = location ?? textOf(jsonBody(pointer).url);
    const readme = await fetchReadme(ctx, source, resolve(readmeUrl, pointer.url));
    if (readme.status === 200) {
      return proveByToken(textBody(readme), serverName, `the README of ${what} ${fields.version}`);
    }
    if (readme.status !== 403 && readme.status !== 404) return unproven(statusReason(readme, what, SETTING));
    // A content network answers 403 for what it does not have, so the API says which of the two is missing.
    const release = await askSource(ctx, source, releaseUrl, { headers: crawler(ctx) });
    if (release.status === 200) {
      return unproven(
        `${what} ${fields.version} has no README. Add one that holds the 'mcp-name:' line and release it again`,
      );
    }
    if (release.status !== 404) return unproven(statusReason(release, what, SETTING));
    return unproven(`${what} has no version '${fields.version}'. Release it before the server entry`);
  },
};

/** Follows redirects by itself, because every step must stay on the hosts that belong to the registry. */
async function fetchReadme(ctx: ProofContext, source: PackageSource, first: URL): Promise<NetResponse> {
  let url = first;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    if (!isPinned(url, source, ctx.registries.cargo.fileHosts)) {
      throw new HubError(
        'net.address_refused',
        `the README is on ${url.host}, which is neither the host of the registry nor in ${SETTING}.fileHosts.`,
      );
    }
    const answer = await askSource(ctx, source, url.href, {
      accept: 'text/html, */*',
      headers: crawler(ctx),
      maxBytes: MAX_README_BYTES,
      maxRedirects: 0,
    });
    const location = answer.headers.location;
    if (answer.status < 300 || answer.status > 399 || location === undefined) return answer;
    url = resolve(location, url.href);
  }
  throw new HubError('net.too_many_redirects', `The README was redirected more than ${MAX_REDIRECTS} times.`);
}

function resolve(address: string, base: string): URL {
  if (address !== '' && URL.canParse(address, base)) return new URL(address, base);
  throw new HubError('net.bad_url', 'The crate registry names an address for the README that is none.');
}

function isPinned(url: URL, source: PackageSource, fileHosts: readonly string[]): boolean {
  if (url.origin === originOf(source.baseUrl)) return true;
  return url.protocol === 'https:' && fileHosts.includes(url.host);
}

/** Crate registries want to know whom to ask about a crawler. */
function crawler(ctx: ProofContext): Record<string, string> {
  return ctx.contactUrl === undefined ? {} : { 'user-agent': `${ctx.userAgent} (+${ctx.contactUrl})` };
}
