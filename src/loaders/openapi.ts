import { HubError } from '../base/errors.ts';
import type { OpenApiSettings } from '../config/settings.ts';
import type { Trust } from '../net/net.ts';
import { type CompiledApi, type CompiledTool, compile } from '../openapi/compile.ts';
import { planCredentials } from '../openapi/security.ts';
import { resolveServer } from '../openapi/servers.ts';
import type { Warning } from '../openapi/warnings.ts';
import { createOpenApiUpstream } from '../upstream/openapi.ts';
import type { LoadContext, ServerLoader } from './loader.ts';
import { type Access, resolveAccess } from './openapi-access.ts';
import { type FetchedDocument, fetchDocument } from './openapi-document.ts';

/** Warnings that are written to the deployment's log; the rest is counted. */
const MAX_LOGGED_WARNINGS = 50;
/** Origins that one document may send requests to. */
const MAX_ORIGINS = 32;

/** Builds a server from an OpenAPI document; settings in `deployment.settings.openapi`. */
export const openapiLoader: ServerLoader = {
  kind: 'openapi',
  accepts(_, deployment) {
    return deployment.settings.openapi !== undefined;
  },
  async load(context) {
    const settings = context.deployment.settings.openapi;
    if (settings === undefined) {
      throw new HubError('deployment.invalid', 'The openapi loader needs the setting openapi.document.');
    }
    const access = await resolveAccess(settings, context);
    context.progress('reading the OpenAPI document');
    const fetched = await fetchDocument(settings.document, context);
    const api = compileDocument(settings, fetched, context, Object.keys(access.headers));
    const { serverOf, usable } = await chooseServers(settings, api, fetched, context);
    reportMissingCredentials(usable, access, context);
    context.signal.throwIfAborted();
    return createOpenApiUpstream({ api: usable, serverOf, net: context.net, ...access });
  },
};

function compileDocument(
  settings: OpenApiSettings,
  fetched: FetchedDocument,
  context: LoadContext,
  headers: readonly string[],
): CompiledApi {
  const write = ({ place, reason }: Warning): void => context.output.line('hub', `${place}: ${reason}`);
  const api = compile(fetched.document, {
    name: fetched.name,
    auth: settings.auth ?? [],
    headers,
    onWarning: write,
    ...(settings.include === undefined ? {} : { include: settings.include }),
    ...(settings.exclude === undefined ? {} : { exclude: settings.exclude }),
  });
  for (const warning of api.warnings.slice(0, MAX_LOGGED_WARNINGS)) write(warning);
  const left = api.warnings.length - MAX_LOGGED_WARNINGS;
  if (left > 0) context.output.line('hub', `${left} more warnings about the document.`);
  const { operations, specification } = api.info;
  context.output.line(
    'hub',
    `OpenAPI ${specification}, ${operations} operations, ${api.tools.length} tools, ${api.warnings.length} warnings.`,
  );
  if (api.tools.length === 0) {
    const why = operations === 0 ? 'it has no operations' : 'none of its operations can be used or is selected';
    throw new HubError(
      'loader.bad_document',
      `The OpenAPI document ${fetched.name} gives no tools: ${why}. Check openapi.include, openapi.exclude and the log.`,
      { data: { warnings: api.warnings.slice(0, 10).map(({ place, reason }) => `${place}: ${reason}`) } },
    );
  }
  return api;
}

type Server = { baseUrl: string; trust: Trust };

/**
 * Decides where the requests go. What the operator sets (`openapi.baseUrl`) holds for every tool. Otherwise it is the
 * document's word: trusted like the document when the operator wrote it, or on the document's own origin; a document
 * from somewhere else may name public addresses only.
 */
async function chooseServers(
  settings: OpenApiSettings,
  api: CompiledApi,
  { url, origin, name }: FetchedDocument,
  context: LoadContext,
): Promise<{ serverOf(tool: CompiledTool): Server; usable: CompiledApi }> {
  if (settings.baseUrl !== undefined) {
    const server = { baseUrl: parseBaseUrl(await context.resolve(settings.baseUrl)), trust: context.trust };
    return { serverOf: () => server, usable: api };
  }
  const toServer = (text: string, base: string | undefined): Server | undefined => {
    const baseUrl = resolveServer(text, base);
    if (baseUrl === undefined || /[{}]|%7B|%7D/i.test(baseUrl)) return undefined;
    const isOwn = origin === undefined || new URL(baseUrl).origin === origin;
    return { baseUrl, trust: isOwn ? context.trust : 'public' };
  };
  // Without `servers` the API is where its document is (OpenAPI 3.2, section 4.1.1).
  const [text = '/'] = api.servers;
  const main = toServer(text, url);
  const servers = new Map<CompiledTool, Server>();
  const origins = new Set<string>();
  for (const tool of api.tools) {
    const [own] = tool.servers;
    const server = own === undefined ? main : toServer(own, url ?? main?.baseUrl);
    if (server === undefined) continue;
    origins.add(new URL(server.baseUrl).origin);
    if (origins.size <= MAX_ORIGINS) servers.set(tool, server);
  }
  if (servers.size === 0) {
    const names = api.servers.length === 0 ? 'names no server' : `names no absolute server URL (${text.slice(0, 200)})`;
    throw new HubError(
      'loader.bad_document',
      `The OpenAPI document ${name} ${names}. Set openapi.baseUrl to the address of the API, e.g. https://api.example.com/v1.`,
    );
  }
  const left = api.tools.length - servers.size;
  if (left > 0) context.output.line('hub', `${left} tools are left out: the URL of their server is not usable.`);
  return {
    serverOf: (tool) => servers.get(tool) ?? { baseUrl: '', trust: 'public' },
    usable: left === 0 ? api : { ...api, tools: api.tools.filter((tool) => servers.has(tool)) },
  };
}

/** Calls without the credentials that the document asks for are answered with 401: better said now. */
function reportMissingCredentials(api: CompiledApi, access: Access, context: LoadContext): void {
  if (access.headers.authorization !== undefined) return;
  const schemes = new Set<string>();
  let count = 0;
  for (const { security } of api.tools) {
    const { missing } = planCredentials(security, api.securitySchemes, access.credentials);
    if (missing.length > 0) count++;
    for (const scheme of missing) schemes.add(scheme);
  }
  if (count === 0) return;
  const names = [...schemes].slice(0, 10).join(', ');
  context.output.line('hub', `${count} tools ask for credentials that openapi.auth does not give (schemes: ${names}).`);
}

function parseBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === undefined || !isHttp || url.username !== '' || url.password !== '') {
    throw new HubError(
      'deployment.invalid',
      'openapi.baseUrl must be an absolute http or https URL without user name and password, e.g. https://api.example.com/v1.',
    );
  }
  return url.href;
}
