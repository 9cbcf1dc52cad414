import { STATUS_CODES } from 'node:http';
import { mediaKind } from './media.ts';
import { cleanText } from './text.ts';

/** How much of an error's body is shown. */
export const MAX_EXCERPT = 4000;

/** What an error's text needs of the answer. Header names are lower case. */
export interface FailedResponse {
  status: number;
  statusText: string;
  headers: Readonly<Record<string, string>>;
}

/** The text of an error result: what was asked, what came back, what to do about it, and what the API itself says. */
export function failureText(response: FailedResponse, body: string, request: { method: string; url: string }): string {
  const { status, headers } = response;
  const reason = response.statusText || STATUS_CODES[status] || '';
  const head = `${request.method} ${withoutQuery(request.url)} was answered with HTTP ${status}${reason && ` ${reason}`}.`;
  const excerpt = excerptOf(body, headers['content-type'] ?? '');
  return [head, adviceFor(status, headers), excerpt === '' ? '' : `The API says:\n${excerpt}`]
    .filter((part) => part !== '')
    .join(' ')
    .replace(' The API says:', '\nThe API says:');
}

function adviceFor(status: number, headers: Readonly<Record<string, string>>): string {
  const wait = /^\d{1,6}$/.test(headers['retry-after'] ?? '') ? ` after ${headers['retry-after']} seconds` : ' later';
  if (status >= 300 && status < 400) {
    const target = headers.location === undefined ? '' : ` to ${withoutQuery(headers.location).slice(0, 300)}`;
    return `The API redirects${target}; such a redirect is not followed.`;
  }
  switch (status) {
    case 400:
    case 422:
      return 'The API did not accept the arguments: correct them and call again.';
    case 401:
      return 'The API did not accept the credentials of this deployment, or there are none; its operator must set them (openapi.auth). Other arguments will not help.';
    case 403:
      return 'The credentials of this deployment do not allow this.';
    case 404:
      return 'There is nothing at this address: check the arguments that name it.';
    case 405:
    case 501:
      return 'The API does not offer this operation here.';
    case 409:
    case 412:
      return 'The state of the resource does not allow this now: read it again first.';
    case 413:
      return 'What was sent is too large.';
    case 415:
      return 'The API does not take this kind of body.';
    case 429:
      return `Too many requests: call again${wait}.`;
    default:
      return status >= 500 ? `The API itself failed; the same call may work${wait}.` : '';
  }
}

/** A query may be long and hold private values. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

function excerptOf(body: string, contentType: string): string {
  const kind = contentType === '' ? 'text' : mediaKind(contentType);
  if (kind === 'bytes' || kind === 'multipart') return '';
  const start = body.slice(0, MAX_EXCERPT * 4);
  if (!/html/i.test(contentType)) return cleanText(start, MAX_EXCERPT);
  const text = start.replace(/<(script|style)\b[\s\S]*?(<\/\1>|$)/gi, ' ').replace(/<[^<>]*>/g, ' ');
  return cleanText(text.replace(/\s+/g, ' '), MAX_EXCERPT / 4);
}
