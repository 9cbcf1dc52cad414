import { Hono } from 'hono';
import { stringify } from 'yaml';
import { messageOf } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { DeploymentSettings, LoaderKind } from '../config/settings.ts';
import { RUNTIME_META, runtimeMetaOf } from '../hub/runtime-meta.ts';
import type { DeployBlock } from '../registry/deploy-block.ts';
import type { ServerEntry } from '../store/entry.ts';
import type { Logger } from '../telemetry/log.ts';
import { buildInfo } from '../telemetry/version.ts';
import type { HubContext } from './hub-context.ts';
import { registryOpenApi } from './openapi/registry.ts';
import { registryRoutes } from './routes/registry.ts';
import { settingsSchema } from './routes/schemas.ts';

/** The registry's API with the hub behind it: answers tell what runs here, and a publish may deploy at once. */
export function registryApp(context: HubContext, log: Logger): Hono {
  const app = new Hono();
  const description = () =>
    registryOpenApi({ title: context.config.hub.name, version: context.version, serverUrl: context.baseUrl() });
  app.get('/openapi.json', (c) => c.json(description()));
  app.get('/openapi.yaml', (c) => c.body(stringify(description()), 200, { 'Content-Type': 'application/yaml' }));
  app.route(
    '/',
    registryRoutes({
      catalog: context.catalog,
      async authenticate(request) {
        const caller = await context.auth.identify(request.headers.get('authorization') ?? undefined, true);
        return 'refused' in caller ? caller.refused : caller.principal;
      },
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

function decorate(context: HubContext, name: string): JsonObject | undefined {
  const runtime = runtimeMetaOf(context.deployments, name, {
    baseUrl: context.baseUrl,
    showsMessages: !context.config.auth.required,
  });
  return runtime && { [RUNTIME_META]: runtime };
}

async function deployPublished(context: HubContext, entry: ServerEntry, wish: DeployBlock): Promise<JsonObject> {
  const { slug, kind, ...rest } = wish;
  const settings: DeploymentSettings = settingsSchema.parse({ ...rest, ...(kind && { kind: kind as LoaderKind }) });
  try {
    await context.deployments.create({
      name: entry.name,
      version: entry.version,
      settings,
      source: 'api',
      ...(slug !== undefined && { slug }),
    });
    return decorate(context, entry.name) ?? {};
  } catch (error) {
    return { [RUNTIME_META]: { status: 'failed', lastError: { message: messageOf(error) } } };
  }
}
