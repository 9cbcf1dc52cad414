import { allows, describePermissions } from '../auth/permissions.ts';
import type { Principal } from '../auth/principal.ts';
import { HubError } from '../base/errors.ts';
import type { JsonValue } from '../base/json.ts';
import type { Issue } from './issues.ts';
import type { ConstraintError } from './shape.ts';

/** One entry of `errors` in a problem body (registry-api.md, section 2.2). */
export interface ErrorDetail {
  message: string;
  location?: string;
  value?: JsonValue;
}

/** 422: a query, path, header or body breaks the declared constraints. */
export function validationFailed(errors: readonly ConstraintError[]): HubError {
  return new HubError('registry.invalid', 'validation failed', { data: { errors } });
}

/** 422: the schema or the semantic rules find errors. The findings are listed, so that nobody has to ask again. */
export function invalidDocument(action: 'publish' | 'edit', issues: readonly Issue[]): HubError {
  const errors = issues
    .filter((issue) => issue.severity === 'error')
    .map((issue) => ({ message: issue.message, location: issue.path === '' ? 'body' : `body.${issue.path}` }));
  return new HubError('registry.invalid', `Failed to ${action} server, invalid schema: call /validate for details`, {
    data: { errors },
  });
}

/** 400 with the reason in `errors`. */
export function refused(detail: string, ...reasons: string[]): HubError {
  const errors: ErrorDetail[] = reasons.map((message) => ({ message }));
  return new HubError('registry.refused', detail, errors.length > 0 ? { data: { errors } } : {});
}

/** 404 with the text of section 2.3: `Server not found` or `Server version not found`. */
export function notFound(what: 'Server' | 'Server version'): HubError {
  return new HubError('registry.not_found', `${what} not found`);
}

/** @throws HubError `auth.forbidden` with the text of section 5.1.3 that says what the caller may publish. */
export function requirePublish(principal: Principal, name: string): void {
  if (allows(principal, 'publish', name)) return;
  const patterns = describePermissions(principal, 'publish');
  const may =
    patterns.length === 0
      ? 'You do not have any publish permissions'
      : `You have permission to publish: ${patterns.join(', ')}`;
  throw new HubError(
    'auth.forbidden',
    `You do not have permission to publish this server. ${may}. Attempting to publish: ${name}`,
  );
}

/** @throws HubError `auth.forbidden` when the principal may not change documents of this server. */
export function requireEdit(principal: Principal, name: string): void {
  if (allows(principal, 'edit', name)) return;
  throw new HubError('auth.forbidden', 'You do not have edit permissions for this server');
}

/** @throws HubError `auth.forbidden` when the principal may not change the status of this server. */
export function requireStatusChange(principal: Principal, name: string): void {
  if (allows(principal, 'publish', name) || allows(principal, 'edit', name)) return;
  throw new HubError('auth.forbidden', 'You do not have publish or edit permissions for this server');
}

/** @throws HubError `auth.forbidden` when the principal is no administrator. */
export function requireAdmin(principal: Principal, name: string): void {
  if (allows(principal, 'admin', name)) return;
  throw new HubError(
    'auth.forbidden',
    'Only an administrator may remove a server for good. To hide it, set its status to deleted.',
  );
}
