import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HubError, messageOf } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { badDocument, MAX_DOCUMENT_BYTES, readDocument } from '../openapi/read.ts';
import type { LoadContext } from './loader.ts';

/** A document as a tree, and where it came from. */
export interface FetchedDocument {
  document: JsonObject;
  /** For messages: a path, a URL without its query, `given in the settings`. */
  name: string;
  /** Where relative server URLs start, after redirects; only for a document from a URL. */
  url?: string;
  /** The origin that was asked for it. */
  origin?: string;
}

const FETCH_TIMEOUT_MS = 20_000;
const ACCEPT = 'application/openapi+json, application/json, application/openapi+yaml, application/yaml, */*;q=0.5';
const INLINE_NAME = 'given in the settings';

/**
 * Gets the document: from a URL, from a file (only on the operator's word), or out of the settings themselves, as an
 * object or as a text of several lines.
 *
 * @throws HubError `loader.bad_document`, `deployment.invalid`, `net.*`, `secret.not_found`.
 */
export async function fetchDocument(
  source: string | JsonObject,
  context: Pick<LoadContext, 'net' | 'trust' | 'signal' | 'resolve'>,
): Promise<FetchedDocument> {
  // A copy in plain JSON: what the document says must not change under the compiled tools.
  if (typeof source !== 'string') {
    return { document: await readDocument(JSON.stringify(source), INLINE_NAME, context.signal), name: INLINE_NAME };
  }
  const text = await context.resolve(source);
  if (/\n|^\s*\{/.test(text))
    return { document: await readDocument(text, INLINE_NAME, context.signal), name: INLINE_NAME };
  return /^https?:\/\//i.test(text) ? fromUrl(text, context) : fromFile(text, context);
}

async function fromUrl(
  url: string,
  { net, trust, signal }: Pick<LoadContext, 'net' | 'trust' | 'signal'>,
): Promise<FetchedDocument> {
  // A query may hold a key.
  const name = url.split(/[?#]/, 1)[0] ?? '';
  const answer = await net.fetch({
    url,
    headers: { accept: ACCEPT },
    trust,
    signal,
    timeoutMs: FETCH_TIMEOUT_MS,
    maxBytes: MAX_DOCUMENT_BYTES,
  });
  if (answer.status < 200 || answer.status > 299) {
    throw badDocument(name, `could not be fetched: HTTP ${answer.status}`);
  }
  const document = await readDocument(Buffer.from(answer.body).toString('utf8'), name, signal);
  return { document, name, url: answer.url, origin: new URL(url).origin };
}

async function fromFile(
  text: string,
  { trust, signal }: Pick<LoadContext, 'trust' | 'signal'>,
): Promise<FetchedDocument> {
  if (trust !== 'operator') {
    throw new HubError(
      'deployment.invalid',
      'openapi.document must be an http or https URL or the document itself: a path names a file of the hub, which only the operator may do (in the configuration file).',
    );
  }
  let path: string;
  try {
    path = text.startsWith('file:') ? fileURLToPath(text) : resolve(text);
  } catch (cause) {
    throw badDocument(text, `is not a file: ${messageOf(cause)}`, cause);
  }
  const content = await readText(path).catch((cause) => {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw badDocument(path, isMissing ? 'does not exist' : `cannot be read: ${messageOf(cause)}`, cause);
  });
  return { document: await readDocument(content, path, signal), name: path };
}

async function readText(path: string): Promise<string> {
  const file = await open(path);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new Error('it is not a regular file');
    if (stat.size > MAX_DOCUMENT_BYTES) throw new Error(`it is larger than ${MAX_DOCUMENT_BYTES} bytes`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
