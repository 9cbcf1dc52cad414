import type { TokenRequest, TokenView } from '../auth/tokens.ts';
import { HubError } from '../base/errors.ts';
import { createEventStreamParser } from '../base/event-stream.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { DeploymentSettings } from '../config/settings.ts';
import type { DeploymentView } from '../http/deployment-view.ts';
import type { LogLine } from '../hub/log-ring.ts';
import type { ImportSummary } from '../registry/import/import.ts';
import { type HubHttp, problemOf, wholeText } from './hub-http.ts';

/** `GET /api/v1/status`. */
export interface HubStatus {
  version: string;
  name: string;
  url: string;
  uptimeSeconds: number;
  database: { type: string; ok: boolean };
  servers: { names: number; versions: number };
  deployments: { total: number; byState: Record<string, number> };
}

/** Body of `POST /api/v1/deployments`. */
export interface DeploymentWish {
  name?: string;
  version?: string;
  slug?: string;
  description?: string;
  settings?: DeploymentSettings;
  env?: Record<string, string>;
  args?: string[];
  headers?: Record<string, string>;
  variables?: Record<string, string>;
  enabled?: boolean;
  source?: 'api' | 'import';
}

/** One row of the registry API. */
export interface ServerRow {
  server: JsonObject;
  _meta: JsonObject;
}

/** Typed calls to a running hub; what every command uses. Every call rejects with a HubError. */
export interface HubClient {
  readonly http: HubHttp;
  status(): Promise<HubStatus>;
  deployments(): Promise<DeploymentView[]>;
  deployment(slug: string): Promise<DeploymentView>;
  deploy(wish: DeploymentWish): Promise<DeploymentView>;
  undeploy(slug: string): Promise<void>;
  act(slug: string, action: 'enable' | 'disable' | 'restart'): Promise<DeploymentView>;
  logs(slug: string, tail: number): Promise<LogLine[]>;
  /** Calls back for the last lines and for each new one until the signal fires or the hub ends. */
  followLogs(slug: string, tail: number, signal: AbortSignal, onLine: (line: LogLine) => void): Promise<void>;
  tokens(): Promise<TokenView[]>;
  createToken(wish: TokenRequest): Promise<{ token: string; record: TokenView }>;
  revokeToken(idOrName: string): Promise<void>;
  secrets(): Promise<{ name: string; updatedAt: string }[]>;
  setSecret(name: string, value: string): Promise<void>;
  removeSecret(name: string): Promise<void>;
  importRows(rows: JsonObject[], signal?: AbortSignal): Promise<ImportSummary>;
  /** One page of the registry: latest versions only. */
  servers(query: { search?: string; cursor?: string; limit: number }): Promise<{
    servers: ServerRow[];
    nextCursor?: string;
  }>;
  server(name: string, version: string): Promise<ServerRow>;
  publish(document: JsonValue): Promise<ServerRow>;
}

const HUB_API = '/api/v1';
const REGISTRY_API = '/v0.1';
/** An import of one batch may wait for a slow disk. */
const IMPORT_TIMEOUT_MS = 120_000;

/** Makes a {@link HubClient}. */
export function createHubClient(http: HubHttp): HubClient {
  // The hub's answers are described by its API document and tested against it; they are not checked again here.
  const get = async <T>(path: string): Promise<T> => (await http.json({ path })) as T;
  const send = async <T>(method: string, path: string, body?: JsonValue): Promise<T> =>
    (await http.json({ method, path, ...(body === undefined ? {} : { body }) })) as T;
  const deploymentPath = (slug: string, rest = ''): string =>
    `${HUB_API}/deployments/${encodeURIComponent(slug)}${rest}`;

  return {
    http,
    status: () => get(`${HUB_API}/status`),
    deployments: async () => (await get<{ deployments: DeploymentView[] }>(`${HUB_API}/deployments`)).deployments,
    deployment: (slug) => get(deploymentPath(slug)),
    deploy: (wish) => send('POST', `${HUB_API}/deployments`, toJson(wish)),
    undeploy: (slug) => send('DELETE', deploymentPath(slug)),
    act: (slug, action) => send('POST', deploymentPath(slug, `/${action}`)),
    logs: async (slug, tail) => (await get<{ lines: LogLine[] }>(deploymentPath(slug, `/logs?tail=${tail}`))).lines,
    async followLogs(slug, tail, signal, onLine) {
      const path = deploymentPath(slug, `/logs?tail=${tail}`);
      const parser = createEventStreamParser((event) => {
        const line: unknown = JSON.parse(event.data);
        if (isLogLine(line)) onLine(line);
      });
      try {
        const { status, chunks } = await http.stream({ path, headers: { accept: 'text/event-stream' }, signal });
        if (status >= 300) throw problemOf(status, await wholeText(chunks), http.url);
        for await (const chunk of chunks) parser.push(chunk);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    tokens: async () => (await get<{ tokens: TokenView[] }>(`${HUB_API}/tokens`)).tokens,
    createToken: (wish) => send('POST', `${HUB_API}/tokens`, toJson(wish)),
    revokeToken: (idOrName) => send('DELETE', `${HUB_API}/tokens/${encodeURIComponent(idOrName)}`),
    secrets: async () => (await get<{ secrets: { name: string; updatedAt: string }[] }>(`${HUB_API}/secrets`)).secrets,
    setSecret: (name, value) => send('PUT', `${HUB_API}/secrets/${encodeURIComponent(name)}`, { value }),
    removeSecret: (name) => send('DELETE', `${HUB_API}/secrets/${encodeURIComponent(name)}`),
    async importRows(rows, signal) {
      const answer = await http.json({
        method: 'POST',
        path: `${HUB_API}/import`,
        body: { rows },
        signal,
        timeoutMs: IMPORT_TIMEOUT_MS,
      });
      if (isObject(answer) && Array.isArray(answer.skipped)) return answer as JsonObject & ImportSummary;
      throw new HubError('hub.unreachable', `What answers at ${http.url} does not know imports.`);
    },
    async servers({ search, cursor, limit }) {
      const query = new URLSearchParams({ version: 'latest', limit: String(limit) });
      if (search !== undefined) query.set('search', search);
      if (cursor !== undefined) query.set('cursor', cursor);
      const page = await get<{ servers: ServerRow[]; metadata?: { nextCursor?: string } }>(
        `${REGISTRY_API}/servers?${query}`,
      );
      const next = page.metadata?.nextCursor;
      return { servers: page.servers, ...(next === undefined ? {} : { nextCursor: next }) };
    },
    server: (name, version) =>
      get(`${REGISTRY_API}/servers/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`),
    publish: (document) => send('POST', `${REGISTRY_API}/publish`, document),
  };
}

function isLogLine(value: unknown): value is LogLine {
  return (
    typeof value === 'object' &&
    value !== null &&
    'text' in value &&
    typeof value.text === 'string' &&
    'at' in value &&
    typeof value.at === 'string'
  );
}

/** What goes over the wire: without members that are undefined. */
function toJson(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
