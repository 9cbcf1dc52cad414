import { HubError, messageOf } from '../base/errors.ts';
import { isObject, parseJson } from '../base/json.ts';
import type { Reply } from './call.ts';
import { headerOf, type ResponseHeaders } from './http-exchange.ts';
import { readMessage } from './json-rpc.ts';
import { excerpt } from './output.ts';

/** Most of an error answer's body that is read. */
export const MAX_FAILURE_BODY: number = 256 * 1024;

/** An answer with a status that is not 2xx. */
export interface HttpFailure {
  status: number;
  headers: ResponseHeaders;
  body: string;
}

/** The JSON-RPC error in a failed answer's body, when it has one; `id` null fits every request. */
export function replyInFailure(failure: HttpFailure, id: number): Reply | undefined {
  if (!failure.body.trimStart().startsWith('{')) return undefined;
  try {
    const message = readMessage(parseJson(failure.body));
    if (message.kind !== 'response' || message.id !== id) return undefined;
    return message.reply;
  } catch {
    return undefined;
  }
}

/** The error for an answer with a status that is not 2xx. `data.status` tells the status. */
export function toFailure(label: string, failure: HttpFailure): HubError {
  const { status, headers, body } = failure;
  if (status === 401 || status === 403) return unauthorized(label, failure);
  if (status >= 300 && status < 400) {
    const location = excerpt((headerOf(headers, 'location') ?? 'nowhere').split(/[?#]/, 1)[0] ?? '', 200);
    const text = `${label} redirects (HTTP ${status}) to ${location}. If that is right, use it as the server's URL.`;
    return new HubError('upstream.refused', text, { data: { status } });
  }
  const words = `${label} answered HTTP ${status}${detailOf(body)}`;
  if (status === 429 || status === 503) {
    const after = Number(headerOf(headers, 'retry-after'));
    const retryAfterSeconds = Number.isInteger(after) && after > 0 ? Math.min(after, 3600) : 5;
    return new HubError('upstream.overloaded', words, { data: { status }, retryAfterSeconds });
  }
  return new HubError('upstream.refused', words, { data: { status } });
}

function unauthorized(label: string, { status, headers, body }: HttpFailure): HubError {
  const challenge = excerpt(headerOf(headers, 'www-authenticate') ?? '', 500);
  const what =
    status === 401
      ? `wants credentials (HTTP 401). Give it the header it asks for, usually Authorization with a value like "Bearer \${secret:NAME}", in the headers of the deployment`
      : `does not allow this (HTTP 403${detailOf(body)}). Check the credentials in the headers of the deployment, and what they permit`;
  const asks = challenge === '' ? '.' : `. It says: ${challenge}`;
  const data = { status, ...(challenge === '' ? {} : { challenge }) };
  return new HubError('upstream.unauthorized', `${label} ${what}${asks}`, { data });
}

/** The words of an error body: the message of a JSON error, or the beginning of a text. Markup says nothing. */
function detailOf(body: string): string {
  const text = body.trim();
  if (text === '' || text.startsWith('<')) return '';
  try {
    const value = parseJson(text);
    const error = isObject(value) ? (value.error ?? value) : undefined;
    if (isObject(error) && typeof error.message === 'string') return `: ${excerpt(error.message, 200)}`;
    if (typeof error === 'string') return `: ${excerpt(error, 200)}`;
  } catch {
    // Not JSON: shown as it is.
  }
  return `: ${excerpt(text, 200)}`;
}

const CUT = 'connection_cut';

/** Whether a connection was cut under a request, as happens to one that was kept open and has just gone stale. */
export function isCut(error: unknown): boolean {
  return error instanceof HubError && error.data?.reason === CUT;
}

/** The error for an exchange that broke before its answer was complete. */
export function toConnectionError(label: string, error: unknown): HubError {
  if (error instanceof HubError) return error;
  if (error instanceof Error && error.cause instanceof HubError) return error.cause;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const message = `The connection to ${label} failed: ${WORDS[code ?? ''] ?? messageOf(error)}${code === undefined ? '' : ` (${code})`}.`;
  const isCut = code === 'ECONNRESET' || code === 'UND_ERR_SOCKET';
  return new HubError('upstream.closed', message, {
    cause: error,
    retryAfterSeconds: 5,
    ...(isCut ? { data: { reason: CUT } } : {}),
  });
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens at this address',
  ECONNRESET: 'the server has cut it',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'the host does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'the host does not answer',
  UND_ERR_BODY_TIMEOUT: 'the server has fallen silent',
  UND_ERR_SOCKET: 'the server has closed it',
};
