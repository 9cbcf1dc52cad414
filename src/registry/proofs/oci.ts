import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../../base/json.ts';
import type { NetResponse } from '../../net/net.ts';
import { objectsOf, textOf } from '../issues.ts';
import { jsonBody } from './lookup.ts';
import { type ImageReference, parseImageReference } from './oci-reference.ts';
import { createImageSession, type ImageSession } from './oci-session.ts';
import { forbiddenFields } from './package-fields.ts';
import { findHost, isLoopback } from './package-host.ts';
import { type OwnershipProof, PROVEN, type ProofResult, unproven } from './proof.ts';

const SETTING = 'registry.packageRegistries.oci';
const TIMEOUT_MS = 30_000;
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_CONFIG_BYTES = 8 * 1024 * 1024;
/** The label of an image that names its server. */
export const SERVER_NAME_LABEL = 'io.modelcontextprotocol.server.name';

const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const DIGEST = /^sha256:[a-f0-9]{64}$/;

/**
 * OCI: the label `io.modelcontextprotocol.server.name` of the image is the name of the server. Of an image for
 * several platforms the one for linux/amd64 is read.
 */
export const ociProof: OwnershipProof = {
  registryType: 'oci',
  timeoutMs: TIMEOUT_MS,
  async verify(pkg, serverName, ctx) {
    const forbidden = forbiddenFields(pkg, 'oci', ['registryBaseUrl', 'version', 'fileSha256']);
    if (forbidden !== undefined) return unproven(`${forbidden}; the identifier is the whole reference, host/name:tag`);
    const identifier = textOf(pkg.identifier);
    const reference = parseImageReference(identifier);
    if (!reference)
      return unproven(`'${identifier.slice(0, 200)}' is no image reference such as host/namespace/image:tag`);
    const settings = ctx.registries.oci;
    const host = reference.host ?? settings.defaultHost;
    if (host === undefined) {
      return unproven(
        `'${identifier}' names no host, and the operator has not set ${SETTING}.defaultHost. Write host/namespace/image:tag`,
      );
    }
    const allowed = findHost(settings.hosts, host);
    if (!allowed)
      return unproven(
        notAllowed(
          host,
          settings.hosts.map((entry) => entry.host),
        ),
      );
    const { hostname } = new URL(`https://${host}`);
    const baseUrl = allowed.entry.baseUrl ?? `${isLoopback(hostname) ? 'http' : 'https'}://${host}`;
    const session = createImageSession(ctx, {
      baseUrl: baseUrl.replace(/\/+$/, ''),
      repository: repositoryOf(reference),
      credentials: allowed.entry,
      trust: allowed.trust,
    });
    return readLabel(session, reference, serverName, `the OCI image '${identifier}'`);
  },
};

async function readLabel(
  session: ImageSession,
  reference: ImageReference,
  serverName: string,
  what: string,
): Promise<ProofResult> {
  const wanted = reference.digest ?? reference.tag ?? 'latest';
  const first = await manifest(session, wanted, what);
  if (!first.ok) return first;
  let image = first.document;
  if (isIndex(image)) {
    const entry = objectsOf(image.manifests).find(({ platform }) => {
      return isObject(platform) && platform.os === 'linux' && platform.architecture === 'amd64';
    });
    const digest = textOf(entry?.digest);
    if (!DIGEST.test(digest)) return unproven(`${what} has no variant for linux/amd64, which is the one that is read`);
    const chosen = await manifest(session, digest, what);
    if (!chosen.ok) return chosen;
    image = chosen.document;
  }
  const configDigest = isObject(image.config) ? textOf(image.config.digest) : '';
  if (!DIGEST.test(configDigest)) return unproven(`${what} has no image configuration, so it carries no labels`);
  const blob = await session.get(`blobs/${configDigest}`, '*/*', MAX_CONFIG_BYTES);
  if (blob.status !== 200) return unproven(refusalOf(blob, what));
  if (!hasDigest(blob, configDigest))
    return unproven(`the configuration of ${what} does not have the digest that its manifest names`);
  const { config } = jsonBody(blob);
  const labels = isObject(config) && isObject(config.Labels) ? config.Labels : {};
  const label = Object.hasOwn(labels, SERVER_NAME_LABEL) ? textOf(labels[SERVER_NAME_LABEL]) : '';
  if (label === serverName) return PROVEN;
  const fix = `Build it with LABEL ${SERVER_NAME_LABEL}="${serverName}" and push it again`;
  return unproven(
    label === ''
      ? `${what} has no label ${SERVER_NAME_LABEL}. ${fix}`
      : `${what} has the label ${SERVER_NAME_LABEL} '${label.slice(0, 200)}', which is not '${serverName}' (case counts). ${fix}`,
  );
}

async function manifest(
  session: ImageSession,
  reference: string,
  what: string,
): Promise<{ ok: true; document: JsonObject } | { ok: false; reason: string }> {
  const accept = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ');
  const answer = await session.get(`manifests/${reference}`, accept, MAX_MANIFEST_BYTES);
  if (answer.status !== 200) return { ok: false, reason: refusalOf(answer, what) };
  if (DIGEST.test(reference) && !hasDigest(answer, reference)) {
    return { ok: false, reason: `the manifest of ${what} does not have the digest ${reference}` };
  }
  return { ok: true, document: jsonBody(answer) };
}

function isIndex(document: JsonObject): boolean {
  return INDEX_TYPES.includes(textOf(document.mediaType)) || Array.isArray(document.manifests);
}

function hasDigest(answer: NetResponse, digest: string): boolean {
  return `sha256:${createHash('sha256').update(answer.body).digest('hex')}` === digest;
}

/** The official images of the default host lie below `library/`. */
function repositoryOf({ host, repository }: ImageReference): string {
  return host === undefined && !repository.includes('/') ? `library/${repository}` : repository;
}

function refusalOf(answer: NetResponse, what: string): string {
  const { host } = new URL(answer.url);
  switch (answer.status) {
    case 401:
    case 403:
      return `${what} is private, or it does not exist (${host} answered ${answer.status}). Make it public, or ask the operator for credentials in ${SETTING}.hosts`;
    case 404:
      return `${what} does not exist on ${host}. Push it before you publish the server entry`;
    case 429:
      return `${host} limits how often images are read, so ${what} could not be checked. Try again later`;
    default:
      return `${host} answered ${answer.status} to the request for ${what}. Try again later`;
  }
}

function notAllowed(host: string, hosts: readonly string[]): string {
  const known = hosts.length === 0 ? 'none is listed' : `allowed: ${hosts.join(', ')}`;
  return `images from ${host} are not allowed. The operator lists hosts in ${SETTING}.hosts (${known})`;
}
