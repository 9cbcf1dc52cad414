import { HubError } from '../../base/errors.ts';
import { objectsOf, textOf } from '../issues.ts';
import { askSource, jsonBody, statusReason, textBody } from './lookup.ts';
import { proveByToken } from './name-token.ts';
import { namedPackage, segment } from './package-fields.ts';
import { type OwnershipProof, type ProofContext, type ProofResult, unproven } from './proof.ts';
import { findSource, type PackageSource } from './source.ts';

const SETTING = 'registry.packageRegistries.nuget';
const INDEX_TTL_MS = 3600 * 1000;
const README = 'ReadmeUriTemplate/6.13.0';
const CONTENT = 'PackageBaseAddress/3.0.0';

/** A package as the feed spells it. */
interface Release {
  id: string;
  version: string;
  what: string;
}

/**
 * NuGet: the README of the release holds the token. A feed without READMEs is asked for the `.nuspec`, whose
 * description may hold it.
 */
export const nugetProof: OwnershipProof = {
  registryType: 'nuget',
  async verify(pkg, serverName, ctx) {
    const fields = namedPackage(pkg, 'nuget');
    if (!fields.ok) return fields;
    const found = findSource('nuget', ctx.registries.nuget, textOf(pkg.registryBaseUrl));
    if (!found.ok) return found;
    const { source } = found;
    const release: Release = {
      id: fields.identifier.toLowerCase(),
      version: fields.version.toLowerCase().replace(/\+.*$/, ''),
      what: `the NuGet package '${fields.identifier}'`,
    };
    const resources = await ctx.remember(`nuget ${source.baseUrl}`, INDEX_TTL_MS, () => readServiceIndex(ctx, source));
    const template = resources.get(README);
    const content = resources.get(CONTENT);
    if (template !== undefined) {
      const url = template
        .replaceAll('{lower_id}', segment(release.id))
        .replaceAll('{lower_version}', segment(release.version));
      const answer = await askSource(ctx, source, url, { accept: '*/*' });
      const where = `the README of ${release.what} ${release.version}`;
      if (answer.status === 200) return proveByToken(textBody(answer), serverName, where);
      if (answer.status !== 404) return unproven(statusReason(answer, release.what, SETTING));
      return whyMissing(ctx, source, content, release);
    }
    if (content === undefined) {
      return unproven(`the NuGet feed offers neither ${README} nor ${CONTENT}, so the package cannot be looked up`);
    }
    const url = `${trimmed(content)}/${segment(release.id)}/${segment(release.version)}/${segment(release.id)}.nuspec`;
    const answer = await askSource(ctx, source, url, { accept: '*/*' });
    const where = `the feed serves no READMEs, and the .nuspec of ${release.what} ${release.version}`;
    if (answer.status === 200) return proveByToken(textBody(answer), serverName, where);
    if (answer.status !== 404) return unproven(statusReason(answer, release.what, SETTING));
    return whyMissing(ctx, source, content, release);
  },
};

/** The addresses that the service index gives, by type. */
async function readServiceIndex(ctx: ProofContext, source: PackageSource): Promise<Map<string, string>> {
  const answer = await askSource(ctx, source, source.baseUrl);
  if (answer.status !== 200) {
    throw new HubError('net.unreachable', statusReason(answer, 'the service index of the NuGet feed', SETTING));
  }
  const resources = new Map<string, string>();
  for (const resource of objectsOf(jsonBody(answer).resources)) {
    const url = textOf(resource['@id']);
    if (/^https?:\/\//.test(url)) resources.set(textOf(resource['@type']), url);
  }
  return resources;
}

/** Tells apart what a 404 may mean. */
async function whyMissing(
  ctx: ProofContext,
  source: PackageSource,
  content: string | undefined,
  { id, version, what }: Release,
): Promise<ProofResult> {
  if (content === undefined) return unproven(`${what} ${version} is not in the feed, or has no README`);
  const answer = await askSource(ctx, source, `${trimmed(content)}/${segment(id)}/index.json`);
  if (answer.status === 404) return unproven(`${what} does not exist in the feed. Release it before the server entry`);
  if (answer.status !== 200) return unproven(statusReason(answer, what, SETTING));
  const { versions } = jsonBody(answer);
  if (Array.isArray(versions) && versions.some((known) => textOf(known).toLowerCase() === version)) {
    return unproven(`${what} ${version} has no README. Add one that holds the 'mcp-name:' line and release it again`);
  }
  return unproven(`${what} has no version '${version}' in the feed. Release it before the server entry`);
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}
