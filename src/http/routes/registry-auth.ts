import type { ExchangeMethod, NamespaceProof } from '../../auth/namespaces/proof.ts';
import { HubError, messageOf } from '../../base/errors.ts';
import { isObject, type JsonValue } from '../../base/json.ts';
import { validationFailed } from '../../registry/refusals.ts';
import { checkShape, type Field } from '../../registry/shape.ts';
import type { AuditRecord } from '../../store/store.ts';
import { readJsonBody } from './registry-body.ts';
import type { RegistryRoutesDeps } from './registry-deps.ts';

const MAX_DETAIL_LENGTH = 500;
const MAX_TARGET_LENGTH = 253;

/**
 * `POST {P}/auth/<method>` (registry-api.md, section 9.2): a proof of a namespace for a token to publish with.
 *
 * @throws HubError `request.not_found` for a method that is switched off, `registry.invalid` for a body of another
 * shape, `auth.invalid` (401) when the proof fails.
 */
export async function exchangeToken(
  deps: RegistryRoutesDeps,
  request: Request,
  method: ExchangeMethod,
): Promise<JsonValue> {
  const proof = deps.login?.proofs.find((known) => known.method === method);
  if (deps.login === undefined || proof === undefined) throw switchedOff(deps, method);
  const body = await readBody(request, proof);
  const target = (body.domain ?? method).slice(0, MAX_TARGET_LENGTH);
  const outcome = await deps.login.login(proof, body, request.signal).catch(async (error: unknown) => {
    await record(deps, { method, actor: 'unknown', target, result: 'failed', detail: messageOf(error) });
    throw error;
  });
  if (!outcome.ok) {
    await record(deps, { method, actor: 'unknown', target, result: 'refused', detail: outcome.message });
    const errors = [{ message: outcome.message }];
    throw new HubError('auth.invalid', proof.failure, proof.tellsReason ? { data: { errors } } : {});
  }
  const { token, expiresAt, subject } = outcome.session;
  await record(deps, { method, actor: subject, target, result: 'ok' });
  return { registry_token: token, expires_at: Math.floor(expiresAt.getTime() / 1000) };
}

async function readBody(request: Request, proof: NamespaceProof): Promise<Record<string, string>> {
  if (proof.fields.length === 0) return {};
  const body = await readJsonBody(request);
  const field: Field = { shape: { kind: 'string', minLength: 1 }, required: true };
  const fields = Object.fromEntries(proof.fields.map((name) => [name, field]));
  const errors = checkShape({ kind: 'object', name: 'Exchange', fields }, body, 'body');
  // Values are left out: what stands in the wrong place may be the token.
  if (errors.length > 0) throw validationFailed(errors.map(({ message, location }) => ({ message, location })));
  const texts: Record<string, string> = {};
  for (const name of proof.fields) {
    const value = isObject(body) ? body[name] : undefined;
    if (typeof value === 'string') texts[name] = value;
  }
  return texts;
}

function switchedOff(deps: RegistryRoutesDeps, method: string): HubError {
  const offered = deps.login?.proofs.map((proof) => proof.method) ?? [];
  const others = offered.length === 0 ? 'Use a token of the hub.' : `It offers: ${offered.join(', ')}.`;
  return new HubError('request.not_found', `This registry does not offer the login "${method}". ${others}`);
}

async function record(
  deps: RegistryRoutesDeps,
  login: { method: string; actor: string; target: string; result: AuditRecord['result']; detail?: string },
): Promise<void> {
  const { method, actor, target, result, detail } = login;
  const line: AuditRecord = {
    at: (deps.clock?.() ?? new Date()).toISOString(),
    actor,
    action: `login.${method}`,
    target,
    result,
    ...(detail === undefined ? {} : { detail: detail.slice(0, MAX_DETAIL_LENGTH) }),
  };
  await deps.audit(line).catch((error: unknown) => deps.log.error({ err: error, method }, 'audit line lost'));
}
