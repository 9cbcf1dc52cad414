import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createTokenAuthority } from '../../src/auth/tokens.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { createRequestAuth } from '../../src/http/request-auth.ts';
import { registryRoutes } from '../../src/http/routes/registry.ts';
import type { RegistryRoutesDeps } from '../../src/http/routes/registry-deps.ts';
import { type Catalog, type CatalogOptions, createCatalog } from '../../src/registry/catalog.ts';
import { schemaUrl } from '../../src/registry/schema-version.ts';
import { openStore } from '../../src/store/index.ts';
import type { AuditRecord, RegistryStore } from '../../src/store/store.ts';
import { createLogger } from '../../src/telemetry/log.ts';

/** Who may call the hub of the tests, by the name of the token; the token's text is `secret-<name>`. */
const TOKENS: Record<string, string[]> = {
  publisher: ['publish:com.example/*', 'publish:io.github.acme/*'],
  editor: ['edit:com.example/*'],
  deployer: ['publish:com.example/*', 'deploy:weather*'],
  reader: ['read:*'],
  admin: ['admin'],
};

/** A caller's token, none at all, or any header value. */
export type Caller = 'publisher' | 'editor' | 'deployer' | 'reader' | 'admin' | 'nobody' | { authorization: string };

/** An answer with its body already read. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  body: any;
}

/** A registry in memory behind its HTTP routes. */
export interface TestRegistry {
  catalog: Catalog;
  store: RegistryStore;
  audit: AuditRecord[];
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** Publishes as the administrator and expects success. */
  publish(document: JsonObject): Promise<Answer>;
  close(): Promise<void>;
}

/** What a request carries besides method and path. */
export interface SendOptions {
  as?: Caller;
  json?: unknown;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** Options of {@link startRegistry}. */
export interface TestRegistryOptions {
  settings?: Partial<Catalog['settings']>;
  ownership?: CatalogOptions['ownership'];
  deps?: Partial<RegistryRoutesDeps>;
  /** Whether a request without a token is refused; default true. */
  authRequired?: boolean;
}

/** The first instant of the tests' clock; it moves one second each time it is read. */
export const START = Date.parse('2026-03-01T00:00:00Z');

/** Starts a registry over a store in memory, with real tokens. */
export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  let time = START;
  const clock = (): Date => {
    time += 1000;
    return new Date(time);
  };
  const log = createLogger('silent');
  const store = await openStore({ type: 'memory', url: '', logger: log });
  const catalog = createCatalog({
    store,
    clock,
    settings: { maxDescriptionLength: 100, allowInsecureRemotes: false, ...options.settings },
    ...(options.ownership ? { ownership: options.ownership } : {}),
  });
  const configured = Object.entries(TOKENS).map(([name, permissions]) => ({
    name,
    token: `secret-${name}`,
    permissions,
  }));
  const auth = createRequestAuth(createTokenAuthority({ configured, store: store.tokens }));
  const audit: AuditRecord[] = [];
  const app = registryRoutes({
    catalog,
    async authenticate(request) {
      const caller = await auth.identify(
        request.headers.get('authorization') ?? undefined,
        options.authRequired ?? true,
      );
      return 'refused' in caller ? caller.refused : caller.principal;
    },
    decorate: () => undefined,
    async audit(record) {
      audit.push(record);
    },
    build: { version: 'v1.2.3', gitCommit: 'abc1234', buildTime: '2026-03-01T00:00:00Z' },
    log,
    clock,
    ...options.deps,
  });

  const send: TestRegistry['send'] = async (method, target, { as = 'nobody', json, body, headers = {} } = {}) => {
    const authorization =
      typeof as === 'object' ? as.authorization : as === 'nobody' ? undefined : `Bearer secret-${as}`;
    const response = await app.request(`http://hub.test${target}`, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text ? JSON.parse(text) : undefined,
    };
  };
  return {
    catalog,
    store,
    audit,
    send,
    get: (target) => send('GET', target),
    async publish(document) {
      const answer = await send('POST', '/v0/publish', { as: 'admin', json: document });
      if (answer.status !== 200) throw new Error(`publish failed: ${answer.status} ${answer.text}`);
      return answer;
    },
    close: () => store.close(),
  };
}

/** A small valid document. */
export function doc(members: JsonObject = {}): JsonObject {
  return {
    $schema: schemaUrl(),
    name: 'com.example/weather',
    description: 'Tells the weather',
    version: '1.0.0',
    ...members,
  };
}

/** A document with one package. */
export function packaged(pkg: JsonObject = {}): JsonObject {
  const whole = { registryType: 'npm', identifier: '@acme/weather', version: '1.0.0', transport: { type: 'stdio' } };
  return doc({ packages: [{ ...whole, ...pkg }] });
}

/** A document with one remote. */
export function remote(members: JsonObject): JsonObject {
  return doc({ remotes: [{ type: 'streamable-http', ...members }] });
}

/** A name as a path segment. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

/** The official block of a response. */
export function official(response: { _meta: JsonObject }): JsonObject {
  return response._meta['io.modelcontextprotocol.registry/official'] as JsonObject;
}

const sharedRoot = path.resolve(import.meta.dirname, '../../../shared/data/registry');

/** Whether the shared data of the project's makers is here; tests that read it are skipped without it. */
export const hasSharedData: boolean = existsSync(sharedRoot);

/** Reads a JSON file of the shared data. */
// biome-ignore lint/suspicious/noExplicitAny: data of every shape.
export function sharedJson(name: string): any {
  return JSON.parse(readFileSync(path.join(sharedRoot, name), 'utf8'));
}

/** Full path of a file or folder of the shared data. */
export function sharedPath(name: string): string {
  return path.join(sharedRoot, name);
}
