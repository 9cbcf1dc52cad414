import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { allows } from '../../auth/permissions.ts';
import { HubError } from '../../base/errors.ts';
import { isLoopbackHost } from '../../config/safe-bind.ts';
import type { DeploymentSettings } from '../../config/settings.ts';
import type { Running } from '../../hub/running.ts';
import { viewOf } from '../deployment-view.ts';
import { type HubContext, type HubEnv, requirePermission } from '../hub-context.ts';
import { addRoute } from './route.ts';
import { deploymentChange, deploymentInput, deploymentView } from './schemas.ts';

const tag = 'deployments';
const DEFAULT_TAIL = 200;
const ACTION_SUMMARIES = {
  enable: 'Switch a deployment on',
  disable: 'Switch a deployment off',
  restart: 'Stop a deployment and start it anew',
} as const;

/** Routes below `/api/v1/deployments`: what this hub runs. */
export function deploymentRoutes(context: HubContext): OpenAPIHono<HubEnv> {
  const { deployments } = context;
  const app = new OpenAPIHono<HubEnv>();
  const view = (running: Running) => viewOf(running, context.baseUrl());

  /** The deployment named in the path, if the caller may change it. */
  const changeable = (c: Context<HubEnv>): Running => {
    const running = deployments.require(c.req.param('slug') ?? '');
    requirePermission(c, 'deploy', running.deployment.slug, running.deployment.name);
    return running;
  };
  const audit = (c: Context<HubEnv>, action: string, target: string): Promise<void> =>
    context.store.audit({
      at: new Date().toISOString(),
      actor: c.get('principal').name,
      action: `deployment.${action}`,
      target,
      result: 'ok',
    });

  addRoute(
    app,
    {
      method: 'get',
      path: '/',
      tag,
      operationId: 'list_deployments',
      summary: 'List what this hub runs, with state and reasons',
      answer: {
        status: 200,
        description: 'All deployments that the caller may use or change.',
        schema: z.object({ deployments: z.array(deploymentView) }),
      },
    },
    (c) =>
      c.json({
        deployments: deployments
          .list()
          .filter((running) => maySee(c, running))
          .map(view),
      }),
  );

  addRoute(
    app,
    {
      method: 'post',
      path: '/',
      tag,
      operationId: 'create_deployment',
      summary: 'Deploy a server entry, or a server that settings describe',
      body: deploymentInput,
      answer: { status: 201, description: 'The new deployment; it loads in the background.', schema: deploymentView },
    },
    async (c, { body }) => {
      const { env, args, headers, variables, settings, ...wish } = body;
      requirePermission(c, 'deploy', ...[wish.name, wish.slug].filter((resource) => resource !== undefined));
      const merged: DeploymentSettings = {
        ...settings,
        ...(env && { env }),
        ...(args && { args }),
        ...(headers && { headers }),
        ...(variables && { variables }),
      };
      const mayRunCommands = wish.source === 'import' && isLoopbackHost(context.config.api.host);
      if (merged.command !== undefined && !mayRunCommands) throw commandRefused();
      const running = await deployments.create({ ...wish, settings: merged, source: wish.source ?? 'api' });
      await audit(c, 'create', running.deployment.slug);
      return c.json(view(running), 201);
    },
  );

  addRoute(
    app,
    {
      method: 'get',
      path: '/{slug}',
      tag,
      operationId: 'get_deployment',
      summary: 'One deployment with state, reason and what it offers',
      answer: { status: 200, description: 'The deployment.', schema: deploymentView },
    },
    (c) => {
      const running = deployments.require(c.req.param('slug') ?? '');
      if (!maySee(c, running)) requirePermission(c, 'deploy', running.deployment.slug);
      return c.json(view(running));
    },
  );

  addRoute(
    app,
    {
      method: 'patch',
      path: '/{slug}',
      tag,
      operationId: 'change_deployment',
      summary: 'Change version, settings or enablement, and start anew',
      body: deploymentChange,
      answer: { status: 200, description: 'The changed deployment.', schema: deploymentView },
    },
    async (c, { body }) => {
      const { slug } = changeable(c).deployment;
      if (body.settings?.command !== undefined) throw commandRefused();
      const running = await deployments.change(slug, body);
      await audit(c, 'change', slug);
      return c.json(view(running));
    },
  );

  addRoute(
    app,
    {
      method: 'delete',
      path: '/{slug}',
      tag,
      operationId: 'remove_deployment',
      summary: 'Stop a deployment and forget it',
      answer: { status: 204, description: 'It is gone.' },
    },
    async (c) => {
      const { slug } = changeable(c).deployment;
      await deployments.remove(slug);
      await audit(c, 'remove', slug);
      return c.body(null, 204);
    },
  );

  for (const action of ['enable', 'disable', 'restart'] as const) {
    addRoute(
      app,
      {
        method: 'post',
        path: `/{slug}/${action}`,
        tag,
        operationId: `${action}_deployment`,
        summary: ACTION_SUMMARIES[action],
        answer: { status: 200, description: 'The deployment after the change.', schema: deploymentView },
      },
      async (c) => {
        const running = changeable(c);
        const { slug } = running.deployment;
        if (action === 'restart') await running.restart();
        else await deployments.setEnabled(slug, action === 'enable');
        await audit(c, action, slug);
        return c.json(view(running));
      },
    );
  }

  addRoute(
    app,
    {
      method: 'get',
      path: '/{slug}/logs',
      tag,
      operationId: 'get_deployment_logs',
      summary: 'The last lines a server wrote; with "Accept: text/event-stream" the coming ones too',
      query: z.object({
        tail: z.coerce.number().int().min(0).max(1000).default(DEFAULT_TAIL).describe('How many lines; default 200.'),
      }),
      answer: {
        status: 200,
        description: 'Lines, oldest first.',
        schema: z.object({ lines: z.array(z.object({ at: z.string(), stream: z.string(), text: z.string() })) }),
      },
    },
    (c, { query }) => {
      const { logs } = changeable(c);
      const lines = logs.tail(query.tail);
      if (!c.req.header('accept')?.includes('text/event-stream')) return c.json({ lines });
      return streamSSE(c, async (stream) => {
        const gone = new Promise<void>((resolve) => stream.onAbort(resolve));
        const stop = logs.follow((line) => void stream.writeSSE({ data: JSON.stringify(line) }));
        for (const line of lines) await stream.writeSSE({ data: JSON.stringify(line) });
        await gone;
        stop();
      });
    },
  );

  return app;
}

function maySee(c: Context<HubEnv>, { deployment: { slug, name } }: Running): boolean {
  const principal = c.get('principal');
  return (['call', 'deploy'] as const).some(
    (action) => allows(principal, action, slug) || allows(principal, action, name),
  );
}

function commandRefused(): HubError {
  return new HubError(
    'deployment.invalid',
    'settings.command: a command can only be declared in the configuration file (servers or mcpServers), or imported from a client configuration into a hub on loopback.',
  );
}
