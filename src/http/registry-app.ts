import { Hono } from 'hono';
import { stringify } from 'yaml';
import { HubError, toHubError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { DeploymentSettings } from '../config/settings.ts';
import { RUNTIME_META, runtimeMetaOf } from '../hub/runtime-meta.ts';
import type { DeployBlock } from '../registry/deploy-block.ts';
import type { ServerEntry } from '../store/entry.ts';
import type { Logger } from '../telemetry/log.ts';
import { buildInfo } from '../telemetry/version.ts';
import type { HubContext } from './hub-context.ts';
import { registryOpenApi } from './openapi/registry.ts';
import { renderDocs } from './page/docs.ts';
import { PAGE_HEADERS } from './page/document.ts';
import { registryRoutes } from './routes/registry.ts';
import { registryExtensions } from './routes/registry-extensions.ts';
import { registrySearchRoutes } from './routes/registry-search.ts';
import { settingsSchema } from './routes/schemas.ts';

/** The registry's API with the hub behind it: answers tell what runs here, and a publish may deploy at once. */
export function registryApp(context: HubContext, log: Logger): Hono {
  const app = new Hono();
  const description = () =>
    registryOpenApi({
      title: context.config.hub.name,
      version: context.version,
      serverUrl: context.baseUrl(),
      maxDescriptionLength: context.config.registry.maxDescriptionLength,
    });
  app.get('/docs', async (c) => c.html(await renderDocs(context.config.hub.name, description()), 200, PAGE_HEADERS));
  app.get('/openapi.json', (c) => c.json(description()));
  app.get('/openapi.yaml', (c) => c.body(stringify(description()), 200, { 'Content-Type': 'application/yaml' }));
  app.route('/', registryExtensions({ store: context.store, isDraining: context.isDraining }));
  app.route(
    '/',
    registrySearchRoutes({ catalog: context.catalog, decorate: ({ name }) => decorate(context, name), log }),
  );
  app.route(
    '/',
    registryRoutes({
      catalog: context.catalog,
      async authenticate(request) {
        const caller = await context.publishers.registryAuth.identify(
          request.headers.get('authorization') ?? undefined,
          true,
        );
        return 'refused' in caller ? officially(caller.refused) : caller.principal;
      },
      login: context.publishers.login,
      health: () => healthOf(context),
      decorate: ({ name }) => decorate(context, name),
      onPublished: (entry, deploy) => deployPublished(context, entry, deploy),
      audit: (record) => context.store.audit(record),
      build: buildInfo(),
      log,
      allowedOrigins: context.config.api.allowedOrigins,
    }),
  );
  return app;
}

/** The official command line needs the client id for its login with GitHub (registry-api.md, section 2.6). */
function healthOf({ config }: HubContext): JsonObject {
  const { clientId } = config.auth.github;
  return clientId === undefined ? {} : { github_client_id: clientId };
}

/** The registry's clients know this text (registry-api.md, section 2.2); the format of the header has its own. */
function officially(refused: HubError): HubError {
  if (refused.code !== 'auth.invalid' || refused.message.startsWith('Invalid Authorization header')) return refused;
  return new HubError('auth.invalid', 'Invalid or expired Registry JWT token', {
    data: { errors: [{ message: refused.message }] },
  });
}

function decorate(context: HubContext, name: string): JsonObject | undefined {
  const runtime = runtimeMetaOf(context.deployments, name, {
    baseUrl: context.baseUrl,
    showsMessages: !context.config.auth.required,
  });
  return runtime && { [RUNTIME_META]: runtime };
}

async function deployPublished(context: HubContext, entry: ServerEntry, wish: DeployBlock): Promise<JsonObject> {
  const { slug, kind, ...rest } = wish;
  try {
    const settings = readSettings({ ...rest, ...(kind !== undefined && { kind }) });
    await context.deployments.create({
      name: entry.name,
      version: entry.version,
      settings,
      source: 'api',
      ...(slug !== undefined && { slug }),
    });
    return decorate(context, entry.name) ?? {};
  } catch (error) {
    const { code, message } = toHubError(error, 'internal', 'The deployment was not made');
    return { [RUNTIME_META]: { status: 'failed', lastError: { code, message } } };
  }
}

/** @throws HubError `deployment.invalid` that names the first thing that is wrong. */
function readSettings(value: object): DeploymentSettings {
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HubError('deployment.invalid', `${issue?.path.join('.')}: ${issue?.message}`);
}
