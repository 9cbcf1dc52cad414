import { html } from 'hono/html';
import type { DeploymentState } from '../../hub/lifecycle.ts';
import type { Running } from '../../hub/running.ts';
import { mcpEndpointOf } from '../../hub/runtime-meta.ts';
import type { ServerEntry } from '../../store/entry.ts';
import type { HubContext } from '../hub-context.ts';
import { htmlDocument } from './document.ts';

/** Piece of escaped HTML. */
type Html = ReturnType<typeof html>;

/** What the visitor asked the page for. */
export interface HomeQuery {
  search?: string;
  cursor?: string;
}

const PAGE_SIZE = 30;
const TOOLS_SHOWN = 12;

const TONE: Readonly<Record<DeploymentState, 'good' | 'warn' | 'bad' | 'soft'>> = {
  healthy: 'good',
  degraded: 'warn',
  pending: 'warn',
  resolving: 'warn',
  starting: 'warn',
  draining: 'warn',
  needs_input: 'warn',
  failed: 'bad',
  stopped: 'soft',
  disabled: 'soft',
};

/** The hub's page: what runs, what is in the catalogue, how to connect. Everything from others is escaped. */
export async function renderHome(context: HubContext, query: HomeQuery): Promise<string> {
  const { config, deployments, catalog } = context;
  const running = deployments.list();
  const { servers } = await countServers(context);
  const page = await catalog.list({
    limit: PAGE_SIZE,
    version: 'latest',
    ...(query.search ? { search: query.search } : {}),
    ...(query.cursor ? { cursor: query.cursor } : {}),
  });
  const body = html`<header>
      <h1>${config.hub.name}</h1>
      <p class="soft">${config.hub.description}</p>
      <p>${plural(servers, 'server')} in the registry, ${plural(running.length, 'deployment')} on this hub.</p>
    </header>
    ${connectSection(context, running)}
    <h2>Deployed here</h2>
    ${running.length === 0 ? html`<p>Nothing yet. Deploy a server of the catalogue: <code>mcp-hub deploy NAME</code></p>` : ''}
    <ul class="cards">${running.map((one) => deploymentCard(context, one))}</ul>
    <h2 id="catalogue">Catalogue</h2>
    <form method="get" action="/#catalogue" role="search">
      <input type="search" name="search" value="${query.search ?? ''}" placeholder="Search name, title, description" aria-label="Search the catalogue" />
      <button>Search</button>
    </form>
    ${page.entries.length === 0 ? html`<p>No server matches "${query.search ?? ''}". <a href="/#catalogue">Show all</a></p>` : ''}
    <ul class="cards">${page.entries.map(entryCard)}</ul>
    ${page.nextCursor === undefined ? '' : html`<p><a href="${nextPage(query, page.nextCursor)}">Next page</a></p>`}
    <footer>
      <a href="/v0.1/servers">Registry API</a>
      <a href="/docs">its description</a>
      <a href="/api/v1/openapi.json">Hub API</a>
      <a href="/health/ready">Health</a>
      <span class="soft">mcp-hub-registry ${context.version}</span>
    </footer>`;
  return String(await htmlDocument(config.hub.name, body));
}

function connectSection(context: HubContext, running: Running[]): Html {
  const first = running.find((one) => one.status.state === 'healthy')?.deployment.slug ?? 'NAME';
  const url = mcpEndpointOf(context.baseUrl(), first);
  const snippet = JSON.stringify({ mcpServers: { [first]: { type: 'http', url } } }, null, 2);
  return html`<h2>Connect a client</h2>
    <p>Put this into your MCP client's configuration, or let <code>mcp-hub client-config CLIENT</code> write it:</p>
    <pre>${snippet}</pre>
    <p class="soft">Registry URL for VS Code, Copilot and mcp-publisher: <code>${context.baseUrl()}</code></p>`;
}

function deploymentCard(context: HubContext, { deployment, status, inventory }: Running): Html {
  const { slug, name, version } = deployment;
  const tools = inventory?.tools ?? [];
  const names = tools.slice(0, TOOLS_SHOWN).join(', ');
  const more = tools.length > TOOLS_SHOWN ? ` and ${tools.length - TOOLS_SHOWN} more` : '';
  const reason = context.config.auth.required ? status.reason?.code : status.reason?.message;
  return html`<li class="card">
      <header>
        <h3>${slug}</h3>
        <span class="state ${TONE[status.state]}">${status.state.replace('_', ' ')}</span>
        <span class="soft">${name} ${version}</span>
      </header>
      <p><code>${mcpEndpointOf(context.baseUrl(), slug)}</code></p>
      ${tools.length === 0 ? '' : html`<p class="soft">${plural(tools.length, 'tool')}: ${names}${more}</p>`}
      ${reason === undefined ? '' : html`<p class="${TONE[status.state]}">${reason}</p>`}
      ${status.progress === undefined ? '' : html`<p class="soft">${status.progress}</p>`}
    </li>`;
}

function entryCard({ name, version, status, document }: ServerEntry): Html {
  const kinds = [
    ...(document.packages ?? []).map((item) => String(item.registryType ?? '')),
    ...(document.remotes ?? []).map((item) => String(item.type ?? '')),
  ];
  return html`<li class="card">
      <header>
        <h3><a href="/v0.1/servers/${encodeURIComponent(name)}/versions/latest">${name}</a></h3>
        <span class="soft">${version} ${[...new Set(kinds)].join(', ')}</span>
        ${status === 'active' ? '' : html`<span class="state warn">${status}</span>`}
      </header>
      <p>${document.description}</p>
    </li>`;
}

async function countServers({ store }: HubContext): Promise<{ servers: number }> {
  return { servers: (await store.entries.count()).names };
}

function nextPage(query: HomeQuery, cursor: string): string {
  const params = new URLSearchParams({ ...(query.search ? { search: query.search } : {}), cursor });
  return `/?${params}#catalogue`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
