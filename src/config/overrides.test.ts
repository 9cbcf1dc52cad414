// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration look like template strings
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useConfigFolder } from '../../test/fixtures/config-folder.ts';

const folder = useConfigFolder();
const { load, failure } = folder;

describe('the environment', () => {
  it('overrides every kind of setting', async () => {
    const env = {
      MCP_HUB_API_PORT: '9001',
      MCP_HUB_AUTH_REQUIRED: 'yes',
      MCP_HUB_API_ALLOWED_HOSTS: 'a.example, b.example',
      MCP_HUB_LOADER_RETRY_FACTOR: '1.5',
      MCP_HUB_AUTH_TOKENS: '[{"name":"ci","token":"0123456789abcdef","permissions":["admin"]}]',
      MCP_HUB_DATA_DIR: 'data',
      MCP_HUB_LOG_LEVEL: '',
      MCP_HUB_LOADER_TIMEOUT: '2',
    };
    const { config, warnings } = await load({ 'mcp-hub.yaml': 'api: {port: 1}\nlog: {level: warn}' }, { env });
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      dataDir: path.join(folder.cwd, 'data'),
      database: { url: `file:${path.join(folder.cwd, 'data/hub.db')}` },
      api: { port: 9001, allowedHosts: ['a.example', 'b.example'] },
      auth: { required: true, tokens: [{ name: 'ci' }] },
      loader: { timeoutMs: 2000, retry: { factor: 1.5 } },
      log: { level: 'warn' },
    });
  });

  it('is named when its value is bad', async () => {
    expect((await failure({ 'mcp-hub.yaml': '' }, { env: { MCP_HUB_API_PORT: 'x' } })).message).toBe(
      'environment MCP_HUB_API_PORT: api.port: "x" is not allowed; allowed: a whole number from 0 to 65535',
    );
  });

  it('is weaker than the command line', async () => {
    const options = [{ option: '--port', path: 'api.port', text: '3' }];
    expect((await load({}, { env: { MCP_HUB_API_PORT: '2' }, options })).config.api.port).toBe(3);
    const bad = [{ option: '--port', path: 'api.port', text: 'x' }];
    expect((await failure({}, { options: bad })).message).toMatch(/^--port: api\.port: "x" is not allowed/);
  });

  it('gets a warning for a variable that no setting has', async () => {
    const env = { MCP_HUB_API_PROT: '1', MCP_HUB_KEY: 'x', MCP_HUB_SERVICE_HOST: '10.0.0.1', MCP_HUB_PORT: 'tcp://x' };
    expect((await load({}, { env })).warnings).toEqual([
      'environment MCP_HUB_API_PROT: no setting has this variable, it is not used; did you mean MCP_HUB_API_PORT?',
    ]);
  });
});

describe('the keys of the founding sketch', () => {
  it('mean the settings of today', async () => {
    const { config, warnings } = await load({
      'mcp-hub.yaml': [
        'hub: {name: H}',
        'database: {type: mongodb, url: "mongodb://db:27017", database_name: registry}',
        'api: {host: 0.0.0.0, port: 1, auth_enabled: true, auth_tokens: [0123456789abcdef]}',
        'loader: {timeout: 12, retry_attempts: 5, retry_delay: 0.5}',
        'seed: {import_on_startup: false, file_path: seed.json}',
      ].join('\n'),
    });
    expect(config).toMatchObject({
      database: { type: 'mongodb', url: 'mongodb://db:27017/registry' },
      auth: {
        required: true,
        tokens: [{ name: 'token-1', permissions: ['read:*', 'publish:*', 'call:*', 'deploy:*'] }],
      },
      loader: { timeoutMs: 12_000, retry: { attempts: 5, delayMs: 500 } },
      seed: { importOnStartup: false, files: [path.join(folder.cwd, 'seed.json')] },
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^mcp-hub\.yaml:3: api\.auth_tokens: tokens without permissions get read/),
    ]);
  });

  it('take tokens by name, too', async () => {
    const { config } = await load({ 'mcp-hub.yaml': 'api: {auth_tokens: {ann: 0123456789abcdef}}' });
    expect(config.auth.tokens[0]).toMatchObject({ name: 'ann', token: '0123456789abcdef' });
  });

  it('are named as they were written when their value is bad', async () => {
    expect((await failure({ 'mcp-hub.yaml': 'loader:\n  retry_attempts: x' })).message).toBe(
      'mcp-hub.yaml:2: loader.retry_attempts: "x" is not allowed; allowed: a whole number from 0 to 1000',
    );
  });

  it('do not stand beside the setting they mean', async () => {
    expect((await failure({ 'mcp-hub.yaml': 'loader:\n  timeout: 1\n  timeoutMs: 1' })).message).toBe(
      'mcp-hub.yaml:2: loader.timeout: loader.timeoutMs is set too and means the same; keep one of them.',
    );
  });
});

describe('the database', () => {
  it.each([
    ['{}', 'sqlite', 'file:$CWD/.mcp-hub/hub.db'],
    ['{type: memory}', 'memory', ':memory:'],
    ['{url: ":memory:"}', 'memory', ':memory:'],
    ['{type: sqlite, url: ":memory:"}', 'memory', ':memory:'],
    ['{url: "file:./x.db"}', 'sqlite', 'file:$CWD/x.db'],
    ['{url: "file:///tmp/x.db"}', 'sqlite', 'file:/tmp/x.db'],
    ['{url: x.db}', 'sqlite', 'file:$CWD/x.db'],
    ['{type: sqlite, name: other}', 'sqlite', 'file:$CWD/.mcp-hub/other.db'],
    ['{url: "postgresql://h:1/d?sslmode=x"}', 'postgres', 'postgresql://h:1/d?sslmode=x'],
    ['{url: "postgres://h?sslmode=x", name: n}', 'postgres', 'postgres://h/n?sslmode=x'],
    ['{url: "mongodb+srv://h/kept", name: n}', 'mongodb', 'mongodb+srv://h/kept'],
  ])('%s is %s at %s', async (text, type, url) => {
    const { config } = await load({ 'mcp-hub.yaml': `database: ${text}` });
    expect(config.database).toEqual({ type, url: url.replace('$CWD', folder.cwd) });
  });
});

describe('the data folder', () => {
  it.each([
    ['database: {type: memory}', '$CWD/.mcp-hub'],
    ['database: {url: "postgres://h/d"}', '$CWD/.mcp-hub'],
    ['database: {url: "file:/srv/hub/x.db"}', '/srv/hub'],
    ['dataDir: here\ndatabase: {url: "file:/srv/hub/x.db"}', '$CWD/here'],
  ])('with %s is %s', async (text, dir) => {
    const { config } = await load({ 'mcp-hub.yaml': text });
    expect(config.dataDir).toBe(dir.replace('$CWD', folder.cwd));
    expect(config.loader.cacheDir).toBe(path.join(config.dataDir, 'cache'));
  });
});

describe('safe bind', () => {
  it.each(['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost', 'LOCALHOST'])(
    'listens on %s without more',
    async (host) => {
      expect((await load({ 'mcp-hub.json': JSON.stringify({ api: { host } }) })).config.api.host).toBe(host);
    },
  );

  it.each(['0.0.0.0', '::', '192.168.1.2', 'hub.example.com', 'localhost.example.com'])(
    'refuses %s and tells the two ways out',
    async (host) => {
      const error = await failure({ 'mcp-hub.json': JSON.stringify({ api: { host } }) });
      expect(error.code).toBe('config.unsafe_bind');
      expect(error.message).toMatch(
        /^mcp-hub\.json:1: api\.host: .*auth\.required: true .*api\.allowUnauthenticated: true/,
      );
    },
  );

  it.each(['auth: {required: true}', 'api: {allowUnauthenticated: true}'])('listens anywhere with %s', async (text) => {
    const options = [{ option: '--host', path: 'api.host', text: '0.0.0.0' }];
    expect((await load({ 'mcp-hub.yaml': text }, { options })).config.api.host).toBe('0.0.0.0');
  });
});

describe('warnings', () => {
  it('name a short token without showing it', async () => {
    const { warnings } = await load({
      'mcp-hub.yaml': 'auth: {tokens: [{name: ci, token: hunter2, permissions: [admin]}]}',
    });
    expect(warnings).toEqual([expect.stringMatching(/^mcp-hub\.yaml:1: auth\.tokens\[0\]: the token ci is short/)]);
    expect(warnings.join()).not.toContain('hunter2');
  });
});
