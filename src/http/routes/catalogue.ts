import { OpenAPIHono, z } from '@hono/zod-openapi';
import { stream } from 'hono/streaming';
import { isObject, type JsonObject } from '../../base/json.ts';
import { exportRows } from '../../registry/import/export.ts';
import { importRows } from '../../registry/import/import.ts';
import { readCatalogue } from '../../registry/import/read.ts';
import { type HubContext, type HubEnv, requirePermission } from '../hub-context.ts';
import { addRoute } from './route.ts';

const MAX_ROWS = 1_000;
const anyObject = z.custom<JsonObject>(isObject, 'expected an object').openapi({ type: 'object' });

/** Routes below `/api/v1` that move the whole catalogue in and out. */
export function catalogueRoutes({ catalog, store }: HubContext): OpenAPIHono<HubEnv> {
  const app = new OpenAPIHono<HubEnv>();

  addRoute(
    app,
    {
      method: 'post',
      path: '/import',
      tag: 'catalogue',
      operationId: 'import_entries',
      summary: 'Take in server entries of any known format; a broken row never stops the rest',
      body: z.strictObject({ rows: z.array(anyObject).max(MAX_ROWS) }),
      answer: {
        status: 200,
        description: 'What became of the rows.',
        schema: z.object({
          imported: z.number(),
          updated: z.number(),
          unchanged: z.number(),
          skipped: z.array(z.object({ index: z.number(), name: z.string().optional(), reason: z.string() })),
        }),
      },
    },
    async (c, { body }) => {
      requirePermission(c, 'admin', '*');
      const summary = await importRows(catalog, readCatalogue(body.rows));
      await store.audit({
        at: new Date().toISOString(),
        actor: c.get('principal').name,
        action: 'import',
        target: `${body.rows.length} rows`,
        result: 'ok',
        detail: `${summary.imported} imported, ${summary.updated} updated, ${summary.skipped.length} skipped`,
      });
      return c.json(summary);
    },
  );

  addRoute(
    app,
    {
      method: 'get',
      path: '/export',
      tag: 'catalogue',
      operationId: 'export_entries',
      summary: 'The whole registry, one {server, _meta} a line, with dates and status',
      answer: { status: 200, description: 'Lines of JSON.', schema: z.string(), mediaType: 'application/x-ndjson' },
    },
    (c) => {
      requirePermission(c, 'read', '*');
      c.header('Content-Type', 'application/x-ndjson');
      return stream(c, async (out) => {
        for await (const row of exportRows(store)) await out.writeln(JSON.stringify(row));
      });
    },
  );

  return app;
}
