import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HubError } from '../../base/errors.ts';
import { type HubContext, type HubEnv, requirePermission } from '../hub-context.ts';
import { addRoute } from './route.ts';

const tokenView = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    permissions: z.array(z.string()),
    source: z.enum(['config', 'api']),
  })
  .openapi('Token');
const MAX_SECRET_LENGTH = 64 * 1024;

/** Routes below `/api/v1` for tokens, secrets and the audit trail; for administrators. */
export function accessRoutes({ tokens, vault, store }: HubContext): OpenAPIHono<HubEnv> {
  const app = new OpenAPIHono<HubEnv>();
  const audit = (c: Context<HubEnv>, action: string, target: string): Promise<void> =>
    store.audit({ at: new Date().toISOString(), actor: c.get('principal').name, action, target, result: 'ok' });

  addRoute(
    app,
    {
      method: 'get',
      path: '/tokens',
      tag: 'access',
      operationId: 'list_tokens',
      summary: 'List bearer tokens, without their values',
      answer: { status: 200, description: 'All tokens.', schema: z.object({ tokens: z.array(tokenView) }) },
    },
    async (c) => {
      requirePermission(c, 'admin', '*');
      return c.json({ tokens: await tokens.list() });
    },
  );

  addRoute(
    app,
    {
      method: 'post',
      path: '/tokens',
      tag: 'access',
      operationId: 'create_token',
      summary: 'Make a bearer token; its value is shown in this answer and never again',
      body: z.strictObject({
        name: z.string().min(1).max(64),
        permissions: z.array(z.string().max(300)).min(1).max(200).describe('For example publish:com.example/*'),
        expiresInSeconds: z.number().int().positive().optional(),
      }),
      answer: { status: 201, description: 'The token.', schema: z.object({ token: z.string(), record: tokenView }) },
    },
    async (c, { body }) => {
      requirePermission(c, 'admin', '*');
      const { name, permissions, expiresInSeconds } = body;
      const made = await tokens.create({
        name,
        permissions,
        ...(expiresInSeconds !== undefined && { expiresInSeconds }),
      });
      await audit(c, 'token.create', name);
      return c.json(made, 201);
    },
  );

  addRoute(
    app,
    {
      method: 'delete',
      path: '/tokens/{token}',
      tag: 'access',
      operationId: 'revoke_token',
      summary: 'Revoke a token by name or id, at once',
      answer: { status: 204, description: 'It is no longer taken.' },
    },
    async (c) => {
      requirePermission(c, 'admin', '*');
      const token = c.req.param('token') ?? '';
      if (!(await tokens.revoke(token))) throw new HubError('request.not_found', `There is no token "${token}".`);
      await audit(c, 'token.revoke', token);
      return c.body(null, 204);
    },
  );

  addRoute(
    app,
    {
      method: 'get',
      path: '/secrets',
      tag: 'access',
      operationId: 'list_secrets',
      summary: 'List the names of sealed secrets',
      answer: {
        status: 200,
        description: 'Names and dates; values are never shown.',
        schema: z.object({ secrets: z.array(z.object({ name: z.string(), updatedAt: z.string() })) }),
      },
    },
    async (c) => {
      requirePermission(c, 'admin', '*');
      return c.json({ secrets: await vault.list() });
    },
  );

  addRoute(
    app,
    {
      method: 'put',
      path: '/secrets/{name}',
      tag: 'access',
      operationId: 'set_secret',
      summary: 'Seal a secret under a name, for use by reference in deployment settings',
      body: z.strictObject({ value: z.string().min(1).max(MAX_SECRET_LENGTH) }),
      answer: { status: 204, description: 'It is kept.' },
    },
    async (c, { body }) => {
      requirePermission(c, 'admin', '*');
      const name = c.req.param('name') ?? '';
      await vault.put(name, body.value);
      await audit(c, 'secret.set', name);
      return c.body(null, 204);
    },
  );

  addRoute(
    app,
    {
      method: 'delete',
      path: '/secrets/{name}',
      tag: 'access',
      operationId: 'remove_secret',
      summary: 'Forget a secret',
      answer: { status: 204, description: 'It is gone.' },
    },
    async (c) => {
      requirePermission(c, 'admin', '*');
      const name = c.req.param('name') ?? '';
      if (!(await vault.remove(name))) throw new HubError('request.not_found', `There is no secret "${name}".`);
      await audit(c, 'secret.remove', name);
      return c.body(null, 204);
    },
  );

  addRoute(
    app,
    {
      method: 'get',
      path: '/audit',
      tag: 'access',
      operationId: 'read_audit_trail',
      summary: 'Who did what, newest first',
      query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
      answer: {
        status: 200,
        description: 'Lines of the audit trail.',
        schema: z.object({
          records: z.array(z.looseObject({ at: z.string(), actor: z.string(), action: z.string() })),
        }),
      },
    },
    async (c, { query }) => {
      requirePermission(c, 'admin', '*');
      return c.json({ records: await store.auditTrail(query.limit) });
    },
  );

  return app;
}
