import { afterAll, describe, expect, it } from 'vitest';
import { defineConfig } from '../../config/build.ts';
import { createNet } from '../../net/client.ts';
import { createClientConfig } from './client-config.ts';
import { createOwnership } from './index.ts';

const PACKAGE = { registryType: 'npm', identifier: '@modelcontextprotocol/server-everything', version: '2026.8.31' };
const NAME = 'io.github.modelcontextprotocol/server-everything';

const net = createNet({ allow: [], userAgent: 'mcp-hub-registry-test' });
const client = createClientConfig(process.cwd());
const source = await client.npm(PACKAGE.identifier);

/** Whether the registry that the npm client of this machine uses can be reached. */
async function isReachable(): Promise<boolean> {
  if (source === undefined) return false;
  try {
    const url = `${source.baseUrl.replace(/\/+$/, '')}/${PACKAGE.identifier.replace('/', '%2F')}/${PACKAGE.version}`;
    const { authorization } = source;
    const headers = authorization === undefined ? undefined : { authorization };
    const answer = await net.fetch({ url, trust: 'operator', timeoutMs: 10_000, ...(headers && { headers }) });
    return answer.status === 200;
  } catch {
    return false;
  }
}

const isHere = await isReachable();
afterAll(() => net.close());

describe.skipIf(!isHere)('the npm proof at the registry of the npm client (skipped when it cannot be reached)', () => {
  const config = defineConfig({ registry: { ownership: { npm: 'enforce' } } });
  const check = createOwnership({ config, net, userAgent: 'mcp-hub-registry-test', client });
  const refusalFor = (name: string, pkg: Record<string, string> = PACKAGE) =>
    check({ name, description: 'x', version: '1.0.0', packages: [pkg] }, () => undefined);

  it('accepts a real release under its own name only', async () => {
    expect(await refusalFor(NAME)).toBeUndefined();
    expect(await refusalFor('io.github.somebody/else')).toContain(`has the mcpName '${NAME}'`);
  });

  it('tells a missing version from a missing package', async () => {
    expect(await refusalFor(NAME, { ...PACKAGE, version: '0.0.0-none' })).toContain('has no version');
  });
});
