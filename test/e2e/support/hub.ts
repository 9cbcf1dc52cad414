import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '../../../src/config/build.ts';
import type { ConfigInput } from '../../../src/config/schema.ts';
import { createHub, type Hub } from '../../../src/create-hub.ts';
import type { DeploymentState } from '../../../src/hub/lifecycle.ts';

/** A hub of a test: its own folder, its own port. */
export interface TestHub {
  hub: Hub;
  url: string;
  dir: string;
  /** Bearer token `e2e`, which may do everything. */
  token: string;
  /** Resolves when a deployment has one of the states; rejects when it settles in another. */
  state(slug: string, ...states: DeploymentState[]): Promise<void>;
  /** A request to the hub, with the token. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Token of every test hub. */
export const TEST_TOKEN = 'e2e-token-with-all-rights';

/** Starts a hub in this process, in a folder of its own, on a free port. */
export async function startTestHub(input: ConfigInput = {}): Promise<TestHub> {
  const dir = await mkdtemp(join(tmpdir(), 'mcp-hub-e2e-'));
  const config = defineConfig(
    {
      ...input,
      api: { port: 0, ...input.api },
      log: { level: 'silent', ...input.log },
      auth: { tokens: [{ name: 'e2e', token: TEST_TOKEN, permissions: ['admin'] }], ...input.auth },
    },
    { cwd: dir },
  );
  const hub = await createHub(config);
  const { url } = await hub.start();
  return {
    hub,
    url,
    dir,
    token: TEST_TOKEN,
    async state(slug, ...states) {
      const running = hub.deployments.require(slug);
      for (let waited = 0; waited < 90 && !states.includes(running.status.state); waited++) {
        await running.settled(1_000);
        if (!states.includes(running.status.state)) await new Promise((resolve) => setTimeout(resolve, 100));
      }
      if (!states.includes(running.status.state)) {
        throw new Error(
          `${slug} is ${running.status.state}: ${JSON.stringify(running.status.reason)}\n${running.logs
            .tail(20)
            .map((line) => line.text)
            .join('\n')}`,
        );
      }
    },
    fetch: (path, init) =>
      fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${TEST_TOKEN}`, ...init?.headers } }),
    async close() {
      await hub.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
