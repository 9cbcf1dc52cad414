import { HubError } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import type { ClientContext } from '../upstream/call.ts';
import { META, MODERN_VERSIONS } from '../upstream/era.ts';
import { decodeHeaderValue, mirroredName } from '../upstream/param-headers.ts';

/** What the envelope of a modern request says (specification 2026-07-28, per-request `_meta`). */
export interface Envelope {
  client: ClientContext;
  logLevel?: string;
  progressToken?: string | number;
}

/** Reads a request header by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

/** Whether the body claims to be a modern request. The body decides; headers only cross-check. */
export function claimsModern(params: JsonObject): boolean {
  return isObject(params._meta) && typeof params._meta[META.protocolVersion] === 'string';
}

/**
 * Checks a modern request's headers against its body and reads its envelope.
 *
 * @throws HubError `protocol.unsupported_version`, `protocol.header_mismatch`, `protocol.invalid_params`
 */
export function readEnvelope(method: string, params: JsonObject, header: HeaderReader): Envelope {
  const meta = isObject(params._meta) ? params._meta : {};
  const version = meta[META.protocolVersion];
  if (typeof version !== 'string') {
    throw new HubError(
      'protocol.invalid_params',
      `The MCP-Protocol-Version header names ${header('mcp-protocol-version')}, but params._meta lacks "${META.protocolVersion}".`,
      { data: { envelope: { missing: [META.protocolVersion] } } },
    );
  }
  assertMirrored('MCP-Protocol-Version', header('mcp-protocol-version'), version);
  if (!MODERN_VERSIONS.includes(version)) {
    throw new HubError(
      'protocol.unsupported_version',
      `Protocol version ${version.slice(0, 40)} is not supported. Supported: ${MODERN_VERSIONS.join(', ')}.`,
      { data: { supported: MODERN_VERSIONS, requested: version } },
    );
  }
  assertMirrored('Mcp-Method', header('mcp-method'), method);
  const name = mirroredName(method, params);
  const nameHeader = header('mcp-name');
  if (name !== undefined) assertMirrored('Mcp-Name', nameHeader && decodeHeaderValue(nameHeader), name);
  const capabilities = meta[META.clientCapabilities];
  if (!isObject(capabilities)) {
    throw new HubError('protocol.invalid_params', `params._meta must hold the object "${META.clientCapabilities}".`, {
      data: { envelope: { key: META.clientCapabilities, problem: capabilities === undefined ? 'missing' : 'invalid' } },
    });
  }
  const { progressToken } = meta;
  const info = meta[META.clientInfo];
  const logLevel = meta[META.logLevel];
  return {
    client: { protocolVersion: version, capabilities, ...(isObject(info) && { info }) },
    ...(typeof logLevel === 'string' && { logLevel }),
    ...((typeof progressToken === 'string' || typeof progressToken === 'number') && { progressToken }),
  };
}

function assertMirrored(name: string, header: string | undefined, body: string): void {
  if (header === body) return;
  const shown = header === undefined ? 'is missing' : `says "${header.slice(0, 200)}"`;
  throw new HubError(
    'protocol.header_mismatch',
    `The ${name} header ${shown}; the body says "${body.slice(0, 200)}".`,
    {
      data: { mismatch: { header: header ?? null, body } },
    },
  );
}

/** Keys of `_meta` that speak about one hop only. */
const HOP_KEYS: readonly string[] = [
  META.protocolVersion,
  META.clientInfo,
  META.clientCapabilities,
  META.logLevel,
  META.subscriptionId,
  'progressToken',
];

/** A request's parameters without what belongs to the client's own hop. */
export function withoutHopMeta(params: JsonObject): JsonObject {
  if (!isObject(params._meta)) return params;
  const meta: JsonObject = {};
  for (const [key, value] of Object.entries(params._meta)) if (!HOP_KEYS.includes(key)) meta[key] = value;
  const { _meta, ...rest } = params;
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta };
}
