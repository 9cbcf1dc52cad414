import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../../base/json.ts';
import { objectsOf, textOf } from '../issues.ts';
import { askSource, jsonBody, statusReason, textBody } from './lookup.ts';
import { segment } from './package-fields.ts';
import type { ProofContext } from './proof.ts';
import { originOf, type PackageSource } from './source.ts';

const SETTING = 'registry.packageRegistries.pypi';
const MAX_INDEX_BYTES = 32 * 1024 * 1024;
const ACCEPT = 'application/vnd.pypi.simple.v1+json';

/** The core metadata of a release, with its description; or why they cannot be read. */
export type SimpleFinding = { ok: true; metadata: string } | { ok: false; reason: string };

/**
 * Reads the core metadata of a release through the simple index in JSON (PEP 691) and the metadata file beside one of
 * its files (PEP 658).
 */
export async function readSimpleIndex(
  ctx: ProofContext,
  source: PackageSource,
  { identifier, version }: { identifier: string; version: string },
): Promise<SimpleFinding> {
  const what = `the PyPI package '${identifier}'`;
  const project = identifier.toLowerCase().replace(/[-_.]+/g, '-');
  const indexUrl = `${source.baseUrl}/simple/${segment(project)}/`;
  const index = await askSource(ctx, source, indexUrl, { accept: ACCEPT, maxBytes: MAX_INDEX_BYTES });
  if (index.status === 404) {
    return refuse(
      `${what} has no version '${version}' in the index, or does not exist. Release it before the server entry`,
    );
  }
  if (index.status !== 200) return refuse(statusReason(index, what, SETTING));
  if (!/json/.test(index.headers['content-type'] ?? '')) {
    return refuse(
      `the index of ${what} offers neither the JSON API nor the simple API in JSON (PEP 691), so the description cannot be read`,
    );
  }
  const files = objectsOf(jsonBody(index).files).filter((file) => isOfVersion(textOf(file.filename), version));
  if (files.length === 0) {
    return refuse(`${what} has no version '${version}' in the index. Release it before the server entry`);
  }
  const file = files.find((candidate) => metadataOf(candidate) !== undefined);
  const address = textOf(file?.url);
  if (!file || address === '' || !URL.canParse(address, index.url)) {
    return refuse(`the index serves no metadata (PEP 658) for ${what} ${version}, so its description cannot be read`);
  }
  const url = new URL(address, index.url);
  url.hash = '';
  url.pathname += '.metadata';
  return readMetadata(ctx, source, url.href, metadataOf(file) ?? {}, what);
}

async function readMetadata(
  ctx: ProofContext,
  source: PackageSource,
  url: string,
  hashes: JsonObject,
  what: string,
): Promise<SimpleFinding> {
  // The index is the operator's word about where its files are, as it is for pip; but nobody may change them on the way.
  if (originOf(url) !== originOf(source.baseUrl) && !url.startsWith('https:')) {
    return refuse(`the index names an address for the metadata of ${what} that is not https`);
  }
  const answer = await askSource(ctx, source, url, { accept: '*/*' });
  if (answer.status !== 200) return refuse(statusReason(answer, `the metadata of ${what}`, SETTING));
  const wanted = textOf(hashes.sha256).toLowerCase();
  if (wanted !== '' && createHash('sha256').update(answer.body).digest('hex') !== wanted) {
    return refuse(`the metadata of ${what} does not have the hash that the index names`);
  }
  return { ok: true, metadata: textBody(answer) };
}

/** The hashes of the metadata file, empty when the index names none; undefined when there is no such file. */
function metadataOf(file: JsonObject): JsonObject | undefined {
  const found = file['core-metadata'] ?? file['data-dist-info-metadata'] ?? file['dist-info-metadata'];
  if (isObject(found)) return found;
  return found === true ? {} : undefined;
}

/** Wheels are `name-version-…`, source archives `name-version.tar.gz`. */
function isOfVersion(filename: string, version: string): boolean {
  const archive = /^.+?-([^-]+)\.(tar\.gz|zip)$/.exec(filename)?.[1];
  const found = filename.endsWith('.whl') ? filename.split('-')[1] : archive;
  return found !== undefined && normalVersion(found) === normalVersion(version);
}

function normalVersion(version: string): string {
  return version.toLowerCase().replace(/^v/, '').replaceAll('_', '+');
}

function refuse(reason: string): SimpleFinding {
  return { ok: false, reason };
}
