import { messageOf } from '../../base/errors.ts';
import type { Net } from '../../net/net.ts';
import { CHALLENGE_FIELDS, checkChallenge, parseChallenge } from './challenge.ts';
import { toNamespace } from './domain.ts';
import { findKeyRecords, RECORD_EXAMPLE } from './key-record.ts';
import { mayPublish, type NamespaceProof, notProved } from './proof.ts';

/** Where a domain publishes its key. */
export const WELL_KNOWN_PATH = '/.well-known/mcp-registry-auth';
/** How long the file may take. */
export const HTTP_PROOF_TIMEOUT_MS = 10_000;
/** Largest accepted file, in bytes. */
export const MAX_FILE_BYTES = 4_096;

/** What an HTTP proof needs to know. */
export interface HttpProofOptions {
  net: Net;
  /** `auth.http.origins`: domain to the origin that its file is fetched from instead of `https://<domain>`. */
  origins: Readonly<Record<string, string>>;
}

/**
 * Proves a domain by a key in a file that it serves (registry-api.md, section 9.2). Who controls a web server controls
 * nothing below its domain, so only `com.example/*` is granted. The domain is the caller's word: only public addresses
 * are reached, unless `net.allow` lists it, and no redirect is followed (it would let a page that forwards stand for its domain).
 */
export function createHttpProof({ net, origins }: HttpProofOptions): NamespaceProof {
  const known = new Map(Object.entries(origins).map(([domain, origin]) => [domain.toLowerCase(), origin]));
  return {
    method: 'http',
    fields: CHALLENGE_FIELDS,
    failure: 'HTTP authentication failed',
    tellsReason: true,
    async prove(body, { now, signal }) {
      const parsed = parseChallenge(body, now);
      if (!parsed.ok) return parsed;
      const { domain } = parsed.challenge;
      const origin = known.get(domain);
      const url = `${(origin ?? `https://${domain}`).replace(/\/+$/, '')}${WELL_KNOWN_PATH}`;
      const file = await fetchFile(net, url, origin === undefined ? 'public' : 'operator', signal);
      if (!file.ok) return notProved(`failed to fetch the public key from ${url}: ${file.message}`);
      const records = findKeyRecords(file.text.split('\n'));
      if (records.length === 0) {
        return notProved(`no MCP public key found in ${url}. The file holds a line like "${RECORD_EXAMPLE}"`);
      }
      const checked = checkChallenge(parsed.challenge, records);
      if (!checked.ok) return checked;
      return { ok: true, subject: domain, permissions: [mayPublish(`${toNamespace(domain)}/*`)] };
    },
  };
}

async function fetchFile(
  net: Net,
  url: string,
  trust: 'public' | 'operator',
  signal: AbortSignal | undefined,
): Promise<{ ok: true; text: string } | { ok: false; message: string }> {
  try {
    const answer = await net.fetch({
      url,
      trust,
      timeoutMs: HTTP_PROOF_TIMEOUT_MS,
      maxBytes: MAX_FILE_BYTES,
      maxRedirects: 0,
      headers: { accept: 'text/plain' },
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.status !== 200) {
      const hint = answer.status >= 300 && answer.status < 400 ? ' (redirects are not followed)' : '';
      return { ok: false, message: `HTTP ${answer.status}${hint}` };
    }
    return { ok: true, text: new TextDecoder().decode(answer.body) };
  } catch (error) {
    if (signal?.aborted) throw error;
    return { ok: false, message: messageOf(error) };
  }
}
