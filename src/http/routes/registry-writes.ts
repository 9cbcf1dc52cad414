import { allows } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { HubError, messageOf } from '../../base/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { type DeployBlock, parsePublishBody } from '../../registry/deploy-block.ts';
import { DEPLOY_META, WARNINGS_META } from '../../registry/document-shape.ts';
import { requirePublish, validationFailed } from '../../registry/refusals.ts';
import { type ConstraintError, checkShape, type ObjectShape } from '../../registry/shape.ts';
import type { StatusChange } from '../../registry/status.ts';
import type { EntryStatus, ServerDocument, ServerEntry } from '../../store/entry.ts';
import { lastPart } from '../../store/search-text.ts';
import { readJsonBody } from './registry-body.ts';
import { identify } from './registry-caller.ts';
import type { RegistryRoutesDeps } from './registry-deps.ts';
import { present, resolveName } from './registry-reads.ts';

/** Longest detail of an audit line. */
const MAX_DETAIL_LENGTH = 500;
const STATUSES: readonly EntryStatus[] = ['active', 'deprecated', 'deleted'];

/** The shape of the body of both status routes. */
export const statusChangeShape: ObjectShape = {
  kind: 'object',
  name: 'StatusUpdateRequest',
  description: 'The status that a version is to have.',
  fields: {
    status: { shape: { kind: 'string', values: STATUSES }, required: true, description: 'The new status.' },
    statusMessage: {
      shape: { kind: 'string', maxLength: 500 },
      description: 'Why; not for `active`. Left out, a stored message is cleared.',
    },
  },
};

/** `POST {P}/publish` (registry-api.md, section 5.1). */
export async function publishServer(deps: RegistryRoutesDeps, request: Request): Promise<JsonValue> {
  const body = parsePublishBody(await readJsonBody(request));
  const parsed = deps.catalog.parse(body.document, body.location);
  const errors: ConstraintError[] = [...body.errors, ...(parsed.ok ? [] : parsed.errors)];
  if (errors.length > 0 || !parsed.ok) throw validationFailed(errors);
  const { document } = parsed;
  const { deploy } = body;
  const principal = await identify(deps, request);
  const target = `${document.name}@${document.version}`;
  const warnings: string[] = [];
  const publish = () => {
    if (deploy) requireDeploy(principal, document, deploy);
    return deps.catalog.publish(document, principal, (message) => warnings.push(message));
  };
  const { entry } = await audited(deps, principal, 'publish', target, publish, warnings);
  const deployed = deploy && (await deployNow(deps, entry, deploy, principal));
  return present(deps, entry, { ...warningsMeta(warnings), ...deployed });
}

/** `PUT {P}/servers/{name}/versions/{version}` (section 5.2). */
export async function editServer(
  deps: RegistryRoutesDeps,
  request: Request,
  nameOrId: string,
  version: string,
): Promise<JsonValue> {
  const parsed = deps.catalog.parse(await readJsonBody(request));
  if (!parsed.ok) throw validationFailed(parsed.errors);
  const principal = await identify(deps, request);
  const name = await resolveName(deps, nameOrId);
  const warnings: string[] = [];
  const edit = () => deps.catalog.edit(name, version, parsed.document, principal, (message) => warnings.push(message));
  const entry = await audited(deps, principal, 'edit', `${name}@${version}`, edit, warnings);
  return present(deps, entry, warningsMeta(warnings));
}

/** `PATCH {P}/servers/{name}/versions/{version}/status` (section 5.3). */
export async function setVersionStatus(
  deps: RegistryRoutesDeps,
  request: Request,
  nameOrId: string,
  version: string,
): Promise<JsonValue> {
  const change = await readStatusChange(request);
  const principal = await identify(deps, request);
  const name = await resolveName(deps, nameOrId);
  const entry = await audited(deps, principal, `status.${change.status}`, `${name}@${version}`, () =>
    deps.catalog.setStatus(name, version, change, principal),
  );
  return present(deps, entry);
}

/** `PATCH {P}/servers/{name}/status` (section 5.4). `updatedCount` counts the versions in the answer, as elsewhere. */
export async function setServerStatus(
  deps: RegistryRoutesDeps,
  request: Request,
  nameOrId: string,
): Promise<JsonValue> {
  const change = await readStatusChange(request);
  const principal = await identify(deps, request);
  const name = await resolveName(deps, nameOrId);
  const entries = await audited(deps, principal, `status.${change.status}`, name, () =>
    deps.catalog.setStatusAll(name, change, principal),
  );
  return { updatedCount: entries.length, servers: entries.map((entry) => present(deps, entry)) };
}

/** `DELETE {P}/servers/{name}/versions/{version}` (section 5.6): gives back what was removed. */
export async function deleteVersion(
  deps: RegistryRoutesDeps,
  request: Request,
  nameOrId: string,
  version: string,
): Promise<JsonValue> {
  const principal = await identify(deps, request);
  const name = await resolveName(deps, nameOrId);
  const [entry] = await audited(deps, principal, 'remove', `${name}@${version}`, () =>
    deps.catalog.remove(name, version, principal),
  );
  if (!entry) throw new HubError('internal', 'The removed version is not known.');
  return present(deps, entry);
}

/** `DELETE {P}/servers/{id or name}`: removes all versions of a server. */
export async function deleteServer(deps: RegistryRoutesDeps, request: Request, nameOrId: string): Promise<JsonValue> {
  const principal = await identify(deps, request);
  const name = await resolveName(deps, nameOrId);
  const entries = await audited(deps, principal, 'remove', name, () => deps.catalog.remove(name, undefined, principal));
  return { deletedCount: entries.length, servers: entries.map((entry) => present(deps, entry)) };
}

/** `POST {P}/validate` (section 5.5). */
export async function validateServer(deps: RegistryRoutesDeps, request: Request): Promise<JsonValue> {
  const parsed = deps.catalog.parse(await readJsonBody(request));
  if (!parsed.ok) throw validationFailed(parsed.errors);
  const { valid, issues } = deps.catalog.validate(parsed.document);
  return { valid, issues: issues.map((issue) => ({ ...issue })) };
}

async function readStatusChange(request: Request): Promise<StatusChange> {
  const body = await readJsonBody(request);
  const errors = checkShape(statusChangeShape, body, 'body');
  const status = isObject(body) ? STATUSES.find((known) => known === body.status) : undefined;
  if (errors.length > 0 || !isObject(body) || status === undefined) throw validationFailed(errors);
  const message = body.statusMessage;
  return { status, ...(typeof message === 'string' ? { statusMessage: message } : {}) };
}

function requireDeploy(principal: Principal, document: ServerDocument, deploy: DeployBlock): void {
  requirePublish(principal, document.name);
  const slug = deploy.slug ?? lastPart(document.name).toLowerCase();
  if (allows(principal, 'deploy', slug)) return;
  throw new HubError(
    'auth.forbidden',
    `Loading a server at once needs the permission deploy:${slug}. Publish it without load_immediately, or ask an administrator.`,
  );
}

async function deployNow(
  deps: RegistryRoutesDeps,
  entry: ServerEntry,
  deploy: DeployBlock,
  principal: Principal,
): Promise<JsonObject | undefined> {
  try {
    return await deps.onPublished?.(entry, deploy, principal);
  } catch (error) {
    if (!(error instanceof HubError))
      deps.log.error({ err: error, server: entry.name }, 'deploying after publish failed');
    const told = error instanceof HubError ? { code: error.code, message: error.message } : { code: 'internal' };
    return { [DEPLOY_META]: { deployed: false, error: told } };
  }
}

function warningsMeta(warnings: readonly string[]): JsonObject {
  return warnings.length === 0 ? {} : { [WARNINGS_META]: [...warnings] };
}

/** Runs a write and leaves a line in the audit trail, whatever its result; `warnings` that it makes are part of it. */
async function audited<T>(
  deps: RegistryRoutesDeps,
  principal: Principal,
  action: string,
  target: string,
  work: () => Promise<T>,
  warnings: readonly string[] = [],
): Promise<T> {
  const record = async (result: 'ok' | 'refused' | 'failed', detail?: string): Promise<void> => {
    const at = (deps.clock?.() ?? new Date()).toISOString();
    const line = { at, actor: principal.name, action, target, result, ...(detail === undefined ? {} : { detail }) };
    // The write itself has been decided; a trail that cannot be written is told to the operator.
    await deps.audit(line).catch((error: unknown) => deps.log.error({ err: error, action, target }, 'audit line lost'));
  };
  let done: T;
  try {
    done = await work();
  } catch (error) {
    const isRefusal = error instanceof HubError && error.status < 500;
    await record(isRefusal ? 'refused' : 'failed', messageOf(error).slice(0, MAX_DETAIL_LENGTH));
    throw error;
  }
  await record(
    'ok',
    warnings.length === 0 ? undefined : `warnings: ${warnings.join('; ')}`.slice(0, MAX_DETAIL_LENGTH),
  );
  return done;
}
