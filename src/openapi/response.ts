import { isObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { conform } from './conform.ts';
import { failureText } from './failure.ts';
import { charsetOf, essence, mediaKind } from './media.ts';
import type { Redactor } from './redact.ts';
import type { SchemaCheck } from './validate.ts';

/** An HTTP answer, decompressed. Header names are lower case. */
export interface ToolResponse {
  status: number;
  statusText: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** What is needed to put an answer into a tool result. */
export interface ResponseContext {
  /** Method and URL without credentials: names the request in messages and binary content. */
  method: string;
  url: string;
  redact: Redactor;
  /** Checks the answer when the tool shows an output schema. */
  output?: SchemaCheck | undefined;
}

/** Key of a result's `_meta` that holds status and telling headers of the answer. */
export const HTTP_META = 'io.github.mcp-hub-registry/http';
/** Key of a result's `_meta` that lists where an answer differs from the output schema. */
export const DRIFT_META = 'io.github.mcp-hub-registry/outputDrift';

/** A JSON object larger than this is given as text only, unless an output schema promises it. */
const MAX_STRUCTURED_BYTES = 1024 * 1024;
const MAX_JSON_DEPTH = 128;
/** Headers of an answer that help to go on. */
const TELLING = /^(link|etag|location|retry-after|content-location|x-request-id|request-id|(x-)?ratelimit(-.*)?)$/;

/**
 * Puts an HTTP answer into a `CallToolResult`: JSON as text and, when it is an object, as structured content; text as
 * text; images and audio as such; other bytes as an embedded resource. A status outside 2xx becomes an error result
 * that says what to do.
 */
export function toToolResult(response: ToolResponse, context: ResponseContext): JsonObject {
  const { redact } = context;
  const http = describeHttp(response, redact);
  if (response.status < 200 || response.status > 299) {
    const text = failureText(response, textOf(response), context);
    return { content: [{ type: 'text', text: redact(text) }], isError: true, _meta: { [HTTP_META]: http } };
  }
  const result: JsonObject = { ...toContent(response, context), _meta: { [HTTP_META]: http } };
  if (context.output === undefined) return result;
  // A client that saw an output schema takes a result without structured content for broken.
  const { value, drift } = conform(isObject(result.structuredContent) ? result.structuredContent : {}, context.output);
  result.structuredContent = value;
  if (drift.length > 0) result._meta = { [HTTP_META]: http, [DRIFT_META]: drift };
  return result;
}

/** A result that says why there is no answer. */
export function toErrorResult(text: string): JsonObject {
  return { content: [{ type: 'text', text }], isError: true };
}

function toContent(response: ToolResponse, { method, url, redact, output }: ResponseContext): JsonObject {
  const { body, headers, status, statusText } = response;
  const type = headers['content-type'] ?? '';
  const name = essence(type);
  if (body.length === 0) {
    return { content: [{ type: 'text', text: `Done: HTTP ${status}${statusText && ` ${statusText}`}, no content.` }] };
  }
  const kind = name === '' ? guessKind(body) : mediaKind(type);
  if (kind === 'json') {
    const text = redact(textOf(response));
    const structured = body.length <= MAX_STRUCTURED_BYTES || output !== undefined ? parseObject(text) : undefined;
    const isExact = output !== undefined || structured === undefined || !hasHugeInteger(text);
    return {
      content: [{ type: 'text', text }],
      ...(structured !== undefined && isExact ? { structuredContent: structured } : {}),
    };
  }
  if (kind !== 'bytes' && kind !== 'multipart') return { content: [{ type: 'text', text: redact(textOf(response)) }] };
  const data = body.toString('base64');
  if (/^image\/(?!\*)/.test(name)) return { content: [{ type: 'image', data, mimeType: name }] };
  if (/^audio\/(?!\*)/.test(name)) return { content: [{ type: 'audio', data, mimeType: name }] };
  const mimeType = name === '' ? 'application/octet-stream' : name;
  const uri = method === 'GET' ? redact(url) : `${redact(url)}#${method}`;
  return { content: [{ type: 'resource', resource: { uri, mimeType, blob: data } }] };
}

function describeHttp({ status, headers }: ToolResponse, redact: Redactor): JsonObject {
  const telling: JsonObject = {};
  for (const [name, value] of Object.entries(headers)) {
    if (TELLING.test(name)) telling[name] = redact(value.slice(0, 2000));
  }
  return { status, ...(Object.keys(telling).length > 0 ? { headers: telling } : {}) };
}

function textOf({ body, headers }: ToolResponse): string {
  const charset = charsetOf(headers['content-type'] ?? '');
  if (charset === 'utf-8' || charset === 'utf8') return body.toString('utf8').replace(/^\ufeff/, '');
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return body.toString('utf8');
  }
}

/** An answer that does not say what it is: JSON when it looks so, text when it is legal UTF-8. */
function guessKind(body: Buffer): ReturnType<typeof mediaKind> {
  if (/^\s*[{[]/.test(body.toString('latin1', 0, 64))) return 'json';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body);
    return 'text';
  } catch {
    return 'bytes';
  }
}

function parseObject(text: string): JsonObject | undefined {
  let value: JsonValue;
  try {
    value = parseJson(text, { maxBytes: Number.POSITIVE_INFINITY, maxDepth: MAX_JSON_DEPTH });
  } catch {
    return undefined;
  }
  return isObject(value) ? value : undefined;
}

/** Integers beyond 2^53 would be rounded in structured content; the text has them exactly. */
function hasHugeInteger(text: string): boolean {
  for (const [, digits] of text.matchAll(/[:[,]\s*(-?\d{16,})(?=\s*[,\]}])/g)) {
    if (!Number.isSafeInteger(Number(digits))) return true;
  }
  return false;
}
