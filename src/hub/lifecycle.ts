import { type ErrorCode, HubError } from '../base/errors.ts';

/** Where a deployment stands. `disabled` is a decision, not a failure. */
export type DeploymentState =
  | 'pending'
  | 'resolving'
  | 'starting'
  | 'healthy'
  | 'degraded'
  | 'draining'
  | 'stopped'
  | 'failed'
  | 'needs_input'
  | 'disabled';

/** A value that the operator has yet to give before a deployment can start. */
export interface MissingInput {
  name: string;
  kind: string;
  description?: string;
  isSecret?: boolean;
}

/** State of a deployment with everything that explains it. */
export interface DeploymentStatus {
  state: DeploymentState;
  /** When this state began, RFC 3339. */
  since: string;
  /** Why it is not healthy: a stable code and a sentence. */
  reason?: { code: ErrorCode; message: string };
  /** What is happening right now, e.g. "installing x 1.2.3". */
  progress?: string;
  /** Failed starts since it was last healthy. */
  attempts: number;
  /** When the next start is tried, RFC 3339. */
  nextRetryAt?: string;
  missing?: MissingInput[];
}

/** Failures that another try cannot cure: somebody has to change something first. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'deployment.invalid',
  'deployment.needs_input',
  'loader.unsupported',
  'loader.missing_runtime',
  'loader.bad_document',
  'secret.not_found',
  'secret.unreadable',
  'net.address_refused',
  'net.bad_url',
]);

/** Whether starting again later may help. */
export function isRetryable(code: ErrorCode): boolean {
  return !FINAL.has(code);
}

/** States in which a request may wait for the server instead of being refused. */
export function isComing(state: DeploymentState): boolean {
  return state === 'pending' || state === 'resolving' || state === 'starting';
}

const STATE_TEXT: Partial<Record<DeploymentState, string>> = { needs_input: 'needs more input', failed: 'has failed' };

/** The error that an endpoint answers with while its server is not there. */
export function refusalOf(slug: string, status: DeploymentStatus, now: number): HubError {
  const code: ErrorCode =
    status.state === 'disabled'
      ? 'deployment.disabled'
      : status.state === 'needs_input'
        ? 'deployment.needs_input'
        : status.state === 'failed'
          ? 'deployment.failed'
          : 'deployment.not_ready';
  const retryAfterSeconds =
    status.nextRetryAt === undefined ? 30 : Math.max(1, Math.ceil((Date.parse(status.nextRetryAt) - now) / 1000));
  const why = status.reason === undefined ? '' : ` ${status.reason.message}`;
  const hint = status.state === 'disabled' ? ` Enable it with: mcp-hub enable ${slug}` : '';
  return new HubError(code, `Server "${slug}" ${STATE_TEXT[status.state] ?? `is ${status.state}`}.${why}${hint}`, {
    retryAfterSeconds,
    data: {
      state: status.state,
      ...(status.reason === undefined ? {} : { reason: status.reason }),
      ...(status.nextRetryAt === undefined ? {} : { nextRetryAt: status.nextRetryAt }),
      ...(status.missing === undefined ? {} : { missing: status.missing }),
    },
  });
}
