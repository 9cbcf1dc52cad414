import { afterEach, expect, it } from 'vitest';
import { HubError } from '../base/errors.ts';
import { createLimiter } from '../base/limiter.ts';
import type { Deployment } from '../store/deployment.ts';
import { createLogger } from '../telemetry/log.ts';
import type { Call, Reply } from '../upstream/call.ts';
import type { Upstream, UpstreamEvent } from '../upstream/upstream.ts';
import { Running } from './running.ts';

const deployment: Deployment = {
  slug: 'one',
  name: 'local/one',
  version: '1.0.0',
  enabled: true,
  source: 'api',
  settings: {},
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
};

/** An upstream in memory: what is tested here is the life around it, not the server. */
class Server implements Upstream {
  readonly era = 'legacy';
  readonly description = { info: { name: 's' }, capabilities: { tools: {} }, protocolVersion: '2025-11-25' };
  tools = ['a'];
  isClosed = false;
  ping = async (): Promise<void> => undefined;
  readonly #listeners = new Set<(event: UpstreamEvent) => void>();
  readonly events = {
    subscribe: (listener: (event: UpstreamEvent) => void) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };
  async request(call: Call): Promise<Reply> {
    if (call.method !== 'tools/list') return { error: { code: -32601, message: 'no' } };
    return { result: { tools: this.tools.map((name) => ({ name })) } };
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
  emit(event: UpstreamEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const started: Running[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((running) => running.stop()));
});

function run(build: (attempt: number) => Promise<Upstream>, record = deployment, healthIntervalMs = 60_000): Running {
  let attempt = 0;
  const running = new Running(record, {
    build: () => build(++attempt),
    limiter: createLimiter(2),
    retry: { attempts: 3, delayMs: 5, factor: 1, maxDelayMs: 5 },
    loadTimeoutMs: 5_000,
    healthIntervalMs,
    log: createLogger('silent'),
  });
  started.push(running);
  return running;
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

it('becomes healthy and knows what the server offers', async () => {
  const running = run(async () => new Server());
  running.start();
  const upstream = await running.ready();
  expect(upstream).toBeInstanceOf(Server);
  expect(running.status).toMatchObject({ state: 'healthy', attempts: 0 });
  expect(running.inventory?.tools).toEqual(['a']);
});

it('tries again after a failure that may pass, and says when', async () => {
  const running = run(async (attempt) => {
    if (attempt < 3) throw new HubError('net.unreachable', 'Nobody there.');
    return new Server();
  });
  running.start();
  await until(() => running.status.state === 'failed');
  expect(running.status.reason).toEqual({ code: 'net.unreachable', message: 'Nobody there.' });
  expect(running.status.nextRetryAt).toBeDefined();
  await until(() => running.status.state === 'healthy');
  expect(running.status.reason).toBeUndefined();
});

it('keeps looking for a server after the configured attempts', async () => {
  const running = run(async (attempt) => {
    if (attempt < 6) throw new HubError('upstream.closed', 'Gone.');
    return new Server();
  });
  running.start();
  await until(() => running.status.state === 'healthy');
  expect(running.status.state).toBe('healthy');
});

it('does not repeat what only a person can mend', async () => {
  let builds = 0;
  const running = run(async () => {
    builds++;
    throw new HubError('deployment.needs_input', 'API_KEY is missing.', {
      data: { missing: [{ name: 'API_KEY', kind: 'env' }] },
    });
  });
  running.start();
  await until(() => running.status.state === 'needs_input');
  expect(running.status.missing).toEqual([{ name: 'API_KEY', kind: 'env' }]);
  expect(running.status.nextRetryAt).toBeUndefined();
  await expect(running.ready()).rejects.toMatchObject({ code: 'deployment.needs_input', status: 503 });
  expect(builds).toBe(1);
});

it('starts a lost server anew and tells listeners that lists may have changed', async () => {
  const servers: Server[] = [];
  const running = run(async () => {
    const server = new Server();
    servers.push(server);
    return server;
  });
  const seen: string[] = [];
  running.onEvent((event) => seen.push(event.type));
  running.start();
  await running.ready();
  servers[0]?.emit({ type: 'closed', reason: 'exit code 1' });
  expect(running.status).toMatchObject({
    state: 'failed',
    reason: { code: 'upstream.closed', message: 'exit code 1' },
  });
  await until(() => servers.length === 2 && running.status.state === 'healthy');
  expect(servers[0]?.isClosed).toBe(true);
  expect(seen).toEqual(['toolsChanged', 'resourcesChanged', 'promptsChanged']);
});

it('reads the lists again when the server says that they changed', async () => {
  const server = new Server();
  const running = run(async () => server);
  running.start();
  await running.ready();
  server.tools = ['a', 'b'];
  server.emit({ type: 'toolsChanged' });
  await until(() => running.inventory?.tools.length === 2);
  expect(running.inventory?.tools).toEqual(['a', 'b']);
});

it('is degraded while probes fail and recovers, or is started anew', async () => {
  const servers: Server[] = [];
  const running = run(
    async () => {
      const server = new Server();
      servers.push(server);
      return server;
    },
    deployment,
    5,
  );
  running.start();
  await running.ready();
  const [first] = servers;
  if (first === undefined) throw new Error('no server');
  let failures = 0;
  first.ping = async () => {
    if (failures++ < 1) throw new HubError('upstream.timeout', 'No answer.');
  };
  await until(() => running.status.state === 'degraded');
  await until(() => running.status.state === 'healthy');
  first.ping = async () => {
    throw new HubError('upstream.timeout', 'No answer.');
  };
  await until(() => servers.length === 2 && running.status.state === 'healthy');
  expect(first.isClosed).toBe(true);
});

it('closes an upstream that arrives after it was stopped', async () => {
  const server = new Server();
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const running = run(async () => {
    await gate;
    return server;
  });
  running.start();
  await until(() => running.status.state === 'resolving');
  await running.stop();
  release();
  await until(() => server.isClosed);
  expect(running.status.state).toBe('stopped');
});

it('refuses requests while disabled, with the way to enable it', async () => {
  const running = run(async () => new Server(), { ...deployment, enabled: false });
  running.start();
  await expect(running.ready()).rejects.toMatchObject({
    code: 'deployment.disabled',
    message: 'Server "one" is disabled. Enable it with: mcp-hub enable one',
  });
});
