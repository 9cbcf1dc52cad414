import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import type { HubContext } from '../hub-context.ts';
import { PAGE_HEADERS } from './document.ts';
import { renderHome } from './home.ts';

const STYLE = new URL('../../../console/style.css', import.meta.url);
const MAX_SEARCH = 200;

/** The page for people: rendered on the server, without scripts, loading nothing from another host. */
export function pageRoutes(context: HubContext): Hono {
  const app = new Hono();
  const style = readFileSync(STYLE, 'utf8');
  app.get('/', async (c) => {
    const { search, cursor } = c.req.query();
    for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
    return c.html(
      await renderHome(context, {
        ...(search ? { search: search.slice(0, MAX_SEARCH) } : {}),
        ...(cursor ? { cursor } : {}),
      }),
    );
  });
  app.get('/assets/style.css', (c) => {
    c.header('Cache-Control', 'public, max-age=3600');
    c.header('X-Content-Type-Options', 'nosniff');
    return c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' });
  });
  return app;
}
