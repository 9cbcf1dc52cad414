import { isObject, type JsonObject } from '../../base/json.ts';
import { textOf } from '../issues.ts';
import { askSource, jsonBody, statusReason } from './lookup.ts';
import { namedPackage, segment } from './package-fields.ts';
import { type OwnershipProof, PROVEN, type ProofResult, unproven } from './proof.ts';
import { findSource } from './source.ts';

const SETTING = 'registry.packageRegistries.npm';
/** The document about all versions of a package is large for old packages. */
const MAX_PACKUMENT_BYTES = 64 * 1024 * 1024;

/** npm: the field `mcpName` of the released `package.json` is the name of the server. */
export const npmProof: OwnershipProof = {
  registryType: 'npm',
  async verify(pkg, serverName, ctx) {
    const fields = namedPackage(pkg, 'npm');
    if (!fields.ok) return fields;
    const { identifier, version } = fields;
    const settings = ctx.registries.npm;
    const found = findSource('npm', settings, textOf(pkg.registryBaseUrl), await ctx.client.npm(identifier));
    if (!found.ok) return found;
    const { source } = found;
    const what = `the npm package '${identifier}'`;
    const packageUrl = `${source.baseUrl}/${segment(identifier)}`;
    const one = await askSource(ctx, source, `${packageUrl}/${segment(version)}`);
    if (one.status === 200) return compare(jsonBody(one), serverName, `${what} ${version}`);
    if (one.status !== 404 && one.status !== 405) return unproven(statusReason(one, what, SETTING));
    // Some private registries serve only the document about all versions.
    const all = await askSource(ctx, source, packageUrl, { maxBytes: MAX_PACKUMENT_BYTES });
    if (all.status === 404)
      return unproven(`${what} does not exist in the registry. Release it before the server entry`);
    if (all.status !== 200) return unproven(statusReason(all, what, SETTING));
    const { versions } = jsonBody(all);
    const manifest = isObject(versions) && Object.hasOwn(versions, version) ? versions[version] : undefined;
    if (!isObject(manifest)) return unproven(`${what} has no version '${version}'. Release it before the server entry`);
    return compare(manifest, serverName, `${what} ${version}`);
  },
};

function compare(manifest: JsonObject, serverName: string, what: string): ProofResult {
  const { mcpName } = manifest;
  if (mcpName === serverName) return PROVEN;
  const fix = `Put "mcpName": "${serverName}" into its package.json and release it again`;
  if (typeof mcpName !== 'string' || mcpName === '') return unproven(`${what} has no mcpName. ${fix}`);
  return unproven(
    `${what} has the mcpName '${mcpName.slice(0, 200)}', which is not '${serverName}' (case counts). ${fix}`,
  );
}
