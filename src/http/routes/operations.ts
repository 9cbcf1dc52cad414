import { type Context, Hono } from 'hono';
import type { HubContext } from '../hub-context.ts';

/** How long a readiness probe waits for the database. */
const PING_TIMEOUT_MS = 2_000;

/** Probes for supervisors: open to everybody, and they tell numbers only. */
export function healthRoutes(context: HubContext): Hono {
  const app = new Hono();
  app.get('/live', (c) => c.json({ status: 'ok' }));
  app.get('/ready', async (c) => {
    const database = { type: context.store.type, ok: await answers(context) };
    const isDraining = context.isDraining();
    const isReady = database.ok && !isDraining;
    if (!isReady) c.header('Retry-After', '5');
    const status = isReady ? 'ready' : isDraining ? 'draining' : 'not ready';
    return c.json({ status, database, deployments: countByState(context) }, isReady ? 200 : 503);
  });
  return app;
}

/** `GET /api/v1/status`: the hub at a glance. */
export async function showStatus(context: HubContext, c: Context): Promise<Response> {
  return c.json({
    version: context.version,
    name: context.config.hub.name,
    url: context.baseUrl(),
    uptimeSeconds: Math.round((Date.now() - context.startedAt.getTime()) / 1000),
    database: { type: context.store.type, ok: await answers(context) },
    servers: await context.store.entries.count(),
    deployments: countByState(context),
  });
}

function countByState({ deployments }: HubContext): { total: number; byState: Record<string, number> } {
  const byState: Record<string, number> = {};
  const all = deployments.list();
  for (const { status } of all) byState[status.state] = (byState[status.state] ?? 0) + 1;
  return { total: all.length, byState };
}

async function answers({ store }: HubContext): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, PING_TIMEOUT_MS, false).unref());
  const ping = store.ping().then(
    () => true,
    () => false,
  );
  return Promise.race([ping, late]);
}
