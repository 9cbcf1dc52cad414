import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { Hono, type MiddlewareHandler } from 'hono';
import { HubError, messageOf } from '../base/errors.ts';
import type { Logger } from '../telemetry/log.ts';
import { withValidators } from './cache.ts';
import { withCompression } from './compression.ts';
import { createGuards } from './guards.ts';
import { type HubContext, type HubEnv, requirePrincipal } from './hub-context.ts';
import { pageRoutes } from './page/routes.ts';
import { problemResponse } from './problem.ts';
import { withRateLimit } from './rate-limit.ts';
import { accessRoutes } from './routes/access.ts';
import { catalogueRoutes } from './routes/catalogue.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { healthRoutes, showStatus } from './routes/operations.ts';
import { endpointNotFound } from './routes/registry.ts';

/** Everything that is not MCP, as one list that can be read from top to bottom. */
export function createApp(context: HubContext, registry: Hono, log: Logger): Hono {
  const app = new Hono();
  const guards = createGuards(context.config);
  const guardHost: MiddlewareHandler = async (c, next) => {
    const refused = guards.checkHost(c.req.header('host'));
    if (refused !== undefined) throw refused;
    await next();
  };

  app.onError((error) => {
    if (error instanceof HubError) return problemResponse(error);
    const requestId = randomUUID();
    log.error({ requestId, stack: error.stack }, messageOf(error));
    return problemResponse(error, requestId);
  });

  // Probes come under any name: a supervisor calls an address, not a host.
  app.route('/health', healthRoutes(context));
  app.use(guardHost, withRateLimit(context.config.api.rateLimit), withCompression());
  app.route('/api/v1', hubApi(context));
  app.use(withValidators());
  app.route('/', pageRoutes(context));
  app.route('/', registry);
  app.notFound((c) => {
    const answer = problemResponse(endpointNotFound(c.req.path));
    answer.headers.set('access-control-allow-origin', '*');
    return answer;
  });
  return app;
}

/** The hub's own API. Pages of other origins may not use it: it can run code. */
function hubApi(context: HubContext): Hono<HubEnv> {
  const api = new OpenAPIHono<HubEnv>();
  const guards = createGuards(context.config);
  api.use(async (c, next) => {
    const refused = guards.checkOrigin(c.req.header('origin'), c.req.header('host'), false);
    if (refused !== undefined) throw refused;
    await next();
  });
  api.get('/openapi.json', (c) =>
    c.json(
      api.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: `${context.config.hub.name}: hub API`,
          version: context.version,
          description: 'Deployments, tokens, secrets and the catalogue as a whole.',
        },
        servers: [{ url: `${context.baseUrl()}/api/v1` }],
        security: [{ bearer: [] }, {}],
      }),
    ),
  );
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  api.use(requirePrincipal(context));
  api.get('/status', (c) => showStatus(context, c));
  api.route('/deployments', deploymentRoutes(context));
  api.route('/', accessRoutes(context));
  api.route('/', catalogueRoutes(context));
  api.all('*', (c) => {
    throw new HubError('request.not_found', `There is no ${c.req.method} ${c.req.path}. See /api/v1/openapi.json.`);
  });
  return api;
}
