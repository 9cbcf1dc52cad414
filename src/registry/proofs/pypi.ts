import { isObject } from '../../base/json.ts';
import { textOf } from '../issues.ts';
import { askSource, jsonBody, statusReason } from './lookup.ts';
import { proveByToken } from './name-token.ts';
import { namedPackage, segment } from './package-fields.ts';
import { type OwnershipProof, unproven } from './proof.ts';
import { readSimpleIndex } from './pypi-simple.ts';
import { findSource } from './source.ts';

const SETTING = 'registry.packageRegistries.pypi';
const MAX_PROJECT_BYTES = 16 * 1024 * 1024;

/**
 * PyPI: the description of the release (its README) holds the token. An index without the JSON API is read through
 * its simple index.
 */
export const pypiProof: OwnershipProof = {
  registryType: 'pypi',
  async verify(pkg, serverName, ctx) {
    const fields = namedPackage(pkg, 'pypi');
    if (!fields.ok) return fields;
    const { identifier, version } = fields;
    const settings = ctx.registries.pypi;
    const client = settings.baseUrl === undefined ? await ctx.client.pip() : undefined;
    // A document names the index without the path of its simple API, a client's configuration with it.
    const root = client && { ...client, aliases: [client.baseUrl], baseUrl: rootOf(client.baseUrl) };
    const found = findSource('pypi', settings, textOf(pkg.registryBaseUrl), root);
    if (!found.ok) return found;
    const source = { ...found.source, baseUrl: rootOf(found.source.baseUrl) };
    const what = `the PyPI package '${identifier}'`;
    const url = `${source.baseUrl}/pypi/${segment(identifier)}/${segment(version)}/json`;
    const answer = await askSource(ctx, source, url, { maxBytes: MAX_PROJECT_BYTES });
    const isJson = /json/.test(answer.headers['content-type'] ?? '');
    if (answer.status === 200 && isJson) {
      const { info } = jsonBody(answer);
      const description = isObject(info) ? textOf(info.description) : '';
      return proveByToken(description, serverName, `the description of ${what} ${version}`);
    }
    if (answer.status === 401 || answer.status === 403 || answer.status === 429 || answer.status >= 500) {
      return unproven(statusReason(answer, what, SETTING));
    }
    const simple = await readSimpleIndex(ctx, source, fields);
    if (!simple.ok) return unproven(simple.reason);
    return proveByToken(simple.metadata, serverName, `the description of ${what} ${version}`);
  },
};

function rootOf(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/(\+)?simple$/, '');
}
