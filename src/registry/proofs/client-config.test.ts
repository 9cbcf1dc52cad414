import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClientConfig } from './client-config.ts';
import { npmrcAuthorization, parseNpmrc, scopeRegistry } from './npmrc.ts';
import { splitCredentials } from './source.ts';

describe('the configuration of the npm client', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcp-hub-npmrc-'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it('gives registry and credentials as the client itself uses them', async () => {
    const userconfig = join(folder, 'user.npmrc');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: npm puts a variable in there.
    const token = '//packages.example.com/npm/:_authToken=${WIDGET_TOKEN}';
    await writeFile(
      userconfig,
      `registry=https://packages.example.com/npm/\n${token}\n@acme:registry=https://acme.example.com/\n`,
    );
    for (const name of Object.keys(process.env)) {
      if (/^npm_config_(registry|userconfig)$/i.test(name)) vi.stubEnv(name, undefined);
    }
    vi.stubEnv('npm_config_userconfig', userconfig);
    vi.stubEnv('WIDGET_TOKEN', 'right');
    const client = createClientConfig(folder);
    expect(await client.npm('widget')).toMatchObject({
      baseUrl: 'https://packages.example.com/npm/',
      authorization: 'Bearer right',
      aliases: [expect.stringMatching(/^https:\/\//)],
    });
    expect(await client.npm('@acme/widget')).toEqual({ baseUrl: 'https://acme.example.com/', aliases: [] });
  });
});

const hasPip = spawnSync('pip', ['--version']).status === 0;

describe('an address with credentials', () => {
  it('is taken apart, so that no message repeats them', () => {
    const authorization = `Basic ${btoa('u:p%')}`;
    expect(splitCredentials('https://u:p%25@a.example.com/npm/')).toEqual({
      baseUrl: 'https://a.example.com/npm/',
      authorization,
    });
    expect(splitCredentials('https://u:p%@a.example.com/npm/')?.authorization).toBe(authorization);
    expect(splitCredentials('file:///etc/passwd')).toBeUndefined();
  });
});

describe.skipIf(!hasPip)('the configuration of the pip client (skipped where there is no pip)', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('gives the index, with the credentials of its address apart', async () => {
    vi.stubEnv('PIP_INDEX_URL', 'https://user:p%40ss@packages.example.com/pypi/simple');
    expect(await createClientConfig(tmpdir()).pip()).toEqual({
      baseUrl: 'https://packages.example.com/pypi/simple',
      authorization: `Basic ${btoa('user:p@ss')}`,
    });
  });

  it('is the index that pip has built in when nothing is configured', async () => {
    vi.stubEnv('PIP_INDEX_URL', undefined);
    vi.stubEnv('PIP_CONFIG_FILE', '/dev/null');
    expect((await createClientConfig(tmpdir()).pip())?.baseUrl).toMatch(/^https:\/\/[^/]+\/simple$/);
  });
});

describe('an .npmrc', () => {
  const authorizationFor = (text: string, registry: string): string | undefined =>
    npmrcAuthorization([parseNpmrc(text, {})], registry);

  it('gives the credentials of the longest path that leads to the registry, and of no other host', () => {
    const text = '//a.example.com/:_authToken=wide\n//a.example.com/npm/private/:_authToken="narrow"\n';
    expect(authorizationFor(text, 'https://a.example.com/npm/private/')).toBe('Bearer narrow');
    expect(authorizationFor(text, 'https://a.example.com/npm/public')).toBe('Bearer wide');
    expect(authorizationFor(text, 'https://a.example.com:8443/npm/')).toBeUndefined();
    expect(authorizationFor(text, 'https://b.example.com/')).toBeUndefined();
  });

  it('knows the older forms of credentials', () => {
    expect(authorizationFor('//a.example.com/:_auth=dTpw', 'https://a.example.com/')).toBe('Basic dTpw');
    const pair = `//a.example.com/:username=u\n//a.example.com/:_password=${btoa('p')}`;
    expect(authorizationFor(pair, 'https://a.example.com/')).toBe(`Basic ${btoa('u:p')}`);
  });

  it('leaves out comments and lines whose variable is not set', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: npm puts variables in there.
    const values = parseNpmrc('; a=1\n# b=2\nc = 3\nd=${NOT_SET}\ne=${SET}x\n', { SET: '4' });
    expect([...values]).toEqual([
      ['c', '3'],
      ['e', '4x'],
    ]);
  });

  it('has a registry for a scope only when that is an address', () => {
    const files = [parseNpmrc('@acme:registry=https://acme.example.com\n@odd:registry=file:///etc', {})];
    expect(scopeRegistry(files, '@acme/widget')).toBe('https://acme.example.com');
    expect(scopeRegistry(files, '@odd/widget')).toBeUndefined();
    expect(scopeRegistry(files, 'widget')).toBeUndefined();
  });
});
