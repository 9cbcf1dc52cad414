import { STATUS_CODES } from 'node:http';
import { HubError } from '../base/errors.ts';

const UNKNOWN_DETAIL = 'The hub failed to answer this request.';
const CLIENT_CLOSED_REQUEST = 499;

/** Body of a problem (RFC 9457), with the top-level `error` that the registry's API description promises. */
interface Problem {
  title: string;
  status: number;
  detail: string;
  error: string;
  /** Stable code, see `docs/reference/errors.md`. */
  code: string;
  errors?: unknown;
  /** Machine-readable detail of the error. */
  data?: Record<string, unknown>;
  /** Finds the log line that tells more. */
  requestId?: string;
}

/**
 * Turns anything thrown into a problem+json answer. A HubError shows its message and data; anything else shows only
 * that the hub failed, and the id under which the log tells more.
 *
 * @param contentType - `application/problem+json` unless the contract of a route says otherwise.
 */
export function problemResponse(
  error: unknown,
  requestId?: string,
  contentType = 'application/problem+json',
): Response {
  const problem = problemOf(error, requestId);
  const headers = new Headers({ 'content-type': contentType, 'x-content-type-options': 'nosniff' });
  if (error instanceof HubError && error.retryAfterSeconds !== undefined) {
    headers.set('retry-after', String(Math.max(0, Math.ceil(error.retryAfterSeconds))));
  }
  if (problem.status === 401) headers.set('www-authenticate', challengeFor(problem.code));
  return new Response(`${JSON.stringify(problem)}\n`, { status: problem.status, headers });
}

function problemOf(error: unknown, requestId: string | undefined): Problem {
  const known = error instanceof HubError;
  const status = known ? error.status : 500;
  const detail = known ? error.message : UNKNOWN_DETAIL;
  const { errors, ...data } = (known ? error.data : undefined) ?? {};
  return {
    title: status === CLIENT_CLOSED_REQUEST ? 'Client Closed Request' : (STATUS_CODES[status] ?? 'Error'),
    status,
    detail,
    error: detail,
    code: known ? error.code : 'internal',
    ...(errors === undefined ? {} : { errors }),
    ...(Object.keys(data).length === 0 ? {} : { data }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** RFC 6750, section 3: `error` is told only when a token was sent. */
function challengeFor(code: string): string {
  return code === 'auth.invalid' ? 'Bearer realm="mcp-hub", error="invalid_token"' : 'Bearer realm="mcp-hub"';
}
