import { describe, expect, it } from 'vitest';
import { loadContext } from '../../test/fixtures/load-context.ts';
import type { JsonObject } from '../base/json.ts';
import type { DeploymentSettings } from '../config/settings.ts';
import { builtInLoaders } from './index.ts';
import type { ServerLoader } from './loader.ts';

const pkg = (registryType: string, transport = 'stdio'): JsonObject => ({
  registryType,
  identifier: 'x',
  version: '1.0.0',
  transport: { type: transport },
});
const REMOTE = [{ type: 'streamable-http', url: 'https://example.com/mcp' }];

function chosen(
  settings: DeploymentSettings,
  packages: JsonObject[] = [],
  remotes: JsonObject[] = [],
): ServerLoader | undefined {
  const { document, deployment } = loadContext(settings, { packages, remotes });
  return builtInLoaders.find((loader) => loader.accepts(document, deployment));
}

describe('the loader of a deployment', () => {
  it('is the one that its kind names', () => {
    for (const kind of ['remote', 'command', 'npm', 'pypi', 'oci', 'module'] as const) {
      expect(chosen({ kind }, [pkg('npm')], REMOTE)?.kind).toBe(kind);
    }
  });

  it('is the one whose settings are there', () => {
    expect(chosen({ module: { path: '/x' } }, [pkg('npm')], REMOTE)?.kind).toBe('module');
    expect(chosen({ npm: { package: 'x' } }, [], REMOTE)?.kind).toBe('npm');
    expect(chosen({ openapi: { document: 'x' } })?.kind).toBe('openapi');
    expect(chosen({ env: { A: 'b' } }, [pkg('npm')])?.kind).toBe('npm');
  });

  it('is the remote one for an entry with a remote, else the one of its first runnable package', () => {
    expect(chosen({}, [pkg('npm')], REMOTE)?.kind).toBe('remote');
    expect(chosen({}, [pkg('pypi'), pkg('npm')])?.kind).toBe('npm');
    expect(chosen({}, [pkg('pypi')])?.kind).toBe('pypi');
    expect(chosen({}, [pkg('oci')])?.kind).toBe('oci');
    expect(chosen({}, [pkg('npm', 'streamable-http')])?.kind).toBe('npm');
  });

  it('does not exist for an entry with nothing that can be run', () => {
    expect(chosen({})).toBeUndefined();
    expect(chosen({}, [pkg('nuget')])).toBeUndefined();
  });

  it.each([
    ['pypi', 'uv'],
    ['oci', 'Docker'],
  ])('for %s says what it would need', async (registryType, need) => {
    const context = loadContext({}, { packages: [pkg(registryType)] });
    const loader = builtInLoaders.find(({ kind }) => kind === registryType);
    await expect(loader?.load(context)).rejects.toMatchObject({
      code: 'loader.missing_runtime',
      message: expect.stringContaining(need),
    });
  });
});
