/** How an error code leaves the hub: its HTTP status and its JSON-RPC error code. */
export interface WireForm {
  status: number;
  rpc: number;
}

const INVALID_PARAMS = -32602;
const INTERNAL = -32603;
const SERVER = -32000;

/**
 * Every code the hub gives out, with its form on the wire. The list is closed: a code that is not here does not
 * compile. Codes are stable; `docs/reference/errors.md` explains each.
 */
export const ERROR_CODES = {
  'json.invalid': { status: 400, rpc: -32700 },
  'json.too_large': { status: 413, rpc: -32600 },
  'json.too_deep': { status: 400, rpc: -32600 },

  'request.invalid': { status: 422, rpc: INVALID_PARAMS },
  'request.malformed': { status: 400, rpc: -32600 },
  'request.too_large': { status: 413, rpc: -32600 },
  'request.timeout': { status: 408, rpc: SERVER },
  'request.media_type': { status: 415, rpc: -32600 },
  'request.not_acceptable': { status: 406, rpc: -32600 },
  'request.method': { status: 405, rpc: -32600 },
  'request.host': { status: 403, rpc: -32600 },
  'request.origin': { status: 403, rpc: -32600 },
  'request.not_found': { status: 404, rpc: -32600 },
  'request.rate_limited': { status: 429, rpc: SERVER },
  'request.cancelled': { status: 499, rpc: SERVER },

  'auth.missing': { status: 401, rpc: SERVER },
  'auth.invalid': { status: 401, rpc: SERVER },
  'auth.forbidden': { status: 403, rpc: SERVER },

  'config.not_found': { status: 500, rpc: INTERNAL },
  'config.syntax': { status: 500, rpc: INTERNAL },
  'config.unknown_key': { status: 500, rpc: INTERNAL },
  'config.bad_value': { status: 500, rpc: INTERNAL },
  'config.missing_variable': { status: 500, rpc: INTERNAL },
  'config.unsafe_bind': { status: 500, rpc: INTERNAL },

  'net.address_refused': { status: 502, rpc: INTERNAL },
  'net.unreachable': { status: 502, rpc: INTERNAL },
  'net.timeout': { status: 504, rpc: INTERNAL },
  'net.too_large': { status: 502, rpc: INTERNAL },
  'net.too_many_redirects': { status: 502, rpc: INTERNAL },
  'net.bad_url': { status: 400, rpc: INVALID_PARAMS },

  'store.unavailable': { status: 503, rpc: INTERNAL },
  'store.locked': { status: 503, rpc: INTERNAL },
  'store.unsupported': { status: 500, rpc: INTERNAL },
  'store.conflict': { status: 409, rpc: INTERNAL },

  'registry.not_found': { status: 404, rpc: INVALID_PARAMS },
  'registry.invalid': { status: 422, rpc: INVALID_PARAMS },
  'registry.refused': { status: 400, rpc: INVALID_PARAMS },

  'secret.not_found': { status: 422, rpc: INTERNAL },
  'secret.unreadable': { status: 500, rpc: INTERNAL },

  'deployment.not_found': { status: 404, rpc: INVALID_PARAMS },
  'deployment.exists': { status: 409, rpc: INVALID_PARAMS },
  'deployment.read_only': { status: 409, rpc: INVALID_PARAMS },
  'deployment.invalid': { status: 422, rpc: INVALID_PARAMS },
  'deployment.needs_input': { status: 503, rpc: SERVER },
  'deployment.not_ready': { status: 503, rpc: SERVER },
  'deployment.disabled': { status: 503, rpc: SERVER },
  'deployment.failed': { status: 503, rpc: SERVER },

  'loader.unsupported': { status: 422, rpc: INTERNAL },
  'loader.missing_runtime': { status: 422, rpc: INTERNAL },
  'loader.install_failed': { status: 502, rpc: INTERNAL },
  'loader.start_failed': { status: 502, rpc: INTERNAL },
  'loader.timeout': { status: 504, rpc: INTERNAL },
  'loader.bad_document': { status: 422, rpc: INTERNAL },

  'upstream.closed': { status: 503, rpc: INTERNAL },
  'upstream.timeout': { status: 504, rpc: INTERNAL },
  'upstream.protocol': { status: 502, rpc: INTERNAL },
  'upstream.refused': { status: 502, rpc: INTERNAL },
  'upstream.overloaded': { status: 503, rpc: SERVER },
  'upstream.unauthorized': { status: 502, rpc: INTERNAL },

  'import.bad_format': { status: 422, rpc: INVALID_PARAMS },

  'session.invalid': { status: 404, rpc: -32600 },
  'protocol.header_mismatch': { status: 400, rpc: -32020 },
  'protocol.capability_missing': { status: 400, rpc: -32021 },
  'protocol.unsupported_version': { status: 400, rpc: -32022 },
  'protocol.method_not_found': { status: 404, rpc: -32601 },
  'protocol.invalid_params': { status: 400, rpc: INVALID_PARAMS },

  'hub.closing': { status: 503, rpc: SERVER },
  'hub.unreachable': { status: 503, rpc: INTERNAL },
  internal: { status: 500, rpc: INTERNAL },
} as const satisfies Record<string, WireForm>;

/** A code of the closed list. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error carries besides its code and message. */
export interface HubErrorOptions {
  cause?: unknown;
  /** Machine-readable detail; it is sent to the caller, so it holds no secret. */
  data?: Record<string, unknown>;
  /** Seconds after which a repetition makes sense; sent as `Retry-After`. */
  retryAfterSeconds?: number;
}

/**
 * The one error class of the hub. `message` says what was wrong, where, and what would be right; it may be shown to
 * the caller. Anything that is not a HubError leaves the hub as `internal` with a request id and nothing more.
 */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly code: ErrorCode;
  readonly data: Record<string, unknown> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: HubErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options.data;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** HTTP status of this error. */
  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  /** JSON-RPC error code of this error. */
  get rpcCode(): number {
    return ERROR_CODES[this.code].rpc;
  }
}

/** The message of anything thrown, on one line, for logs and status fields. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, ' ').trim();
}

/** Keeps a HubError; wraps anything else under the given code with its message appended. */
export function toHubError(error: unknown, code: ErrorCode, what: string): HubError {
  return error instanceof HubError ? error : new HubError(code, `${what}: ${messageOf(error)}`, { cause: error });
}
