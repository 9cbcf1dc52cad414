// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of the configuration look like template strings
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useConfigFolder } from '../../test/fixtures/config-folder.ts';
import { defineConfig } from './build.ts';

const folder = useConfigFolder();
const { load, failure } = folder;

describe('loadConfig without a file', () => {
  it('gives the defaults, with paths in the working directory', async () => {
    const { config, warnings } = await load({});
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      dataDir: path.join(folder.cwd, '.mcp-hub'),
      api: { host: '127.0.0.1', port: 8080, allowUnauthenticated: false },
      database: { type: 'sqlite', url: `file:${path.join(folder.cwd, '.mcp-hub/hub.db')}` },
      auth: { required: false, tokens: [] },
      loader: { concurrency: 8, timeoutMs: 30_000, retry: { attempts: 3, delayMs: 2000 } },
      seed: { importOnStartup: true, builtIn: true, files: [] },
      servers: [],
    });
    expect(config.file).toBeUndefined();
    expect(config.loader.cacheDir).toBe(path.join(folder.cwd, '.mcp-hub/cache'));
  });

  it('is the same as what a program gets that asks for nothing', async () => {
    expect(defineConfig({}, { cwd: folder.cwd })).toEqual((await load({})).config);
  });

  it('is frozen to the bottom', async () => {
    const { config } = await load({ 'mcp-hub.yaml': 'mcpServers: {a: {command: x, args: [y]}}' });
    expect(Object.isFrozen(config.api)).toBe(true);
    expect(Object.isFrozen(config.servers[0]?.settings.command?.args)).toBe(true);
  });
});

describe('the three formats', () => {
  const yaml =
    'hub:\n  name: Mine\napi:\n  port: 9000\nauth:\n  tokens:\n    - name: ci\n      token: 0123456789abcdef\n      permissions: ["publish:com.example/*"]\n';
  const toml =
    '[hub]\nname = "Mine"\n[api]\nport = 9000\n[[auth.tokens]]\nname = "ci"\ntoken = "0123456789abcdef"\npermissions = ["publish:com.example/*"]\n';
  const json =
    '{"hub":{"name":"Mine"},\n"api":{"port":9000},\n"auth":{"tokens":[{"name":"ci","token":"0123456789abcdef","permissions":["publish:com.example/*"]}]}}';

  it.each([
    ['mcp-hub.yaml', yaml],
    ['mcp-hub.yml', yaml],
    ['mcp-hub.toml', toml],
    ['mcp-hub.json', json],
  ])('say the same in %s', async (name, text) => {
    const { config, warnings } = await load({ [name]: text });
    expect(warnings).toEqual([]);
    expect(config.file).toBe(path.join(folder.cwd, name));
    expect(config).toMatchObject({
      hub: { name: 'Mine' },
      api: { port: 9000 },
      auth: { tokens: [{ name: 'ci', token: '0123456789abcdef', permissions: ['publish:com.example/*'] }] },
    });
  });

  it.each([
    ['mcp-hub.yaml', 'hub:\n  name: x\napi:\n  prot: 1\n', 4],
    ['mcp-hub.toml', '# a\n[hub]\nname = "x"\n\n[api]\nprot = 1\n', 6],
    ['mcp-hub.toml', 'hub.name = "x"\napi = { prot = 1 }\n', 2],
    ['mcp-hub.json', '{\n  "api": {\n    "prot": 1\n  }\n}', 3],
  ])('name the line of an unknown key in %s', async (name, text, line) => {
    const error = await failure({ [name]: text });
    expect(error.code).toBe('config.unknown_key');
    expect(error.message).toBe(
      `${name}:${line}: api.prot: unknown key; did you mean "port"? allowed: host, port, allowedHosts, allowedOrigins, allowUnauthenticated, rateLimit, drainTimeoutMs`,
    );
  });

  it.each([
    ['mcp-hub.yaml', 'api:\n  port: 8080\n host: x\n', /^mcp-hub\.yaml:3: not valid YAML/],
    ['mcp-hub.yaml', 'api: 1\napi: 2\n', /^mcp-hub\.yaml:2: not valid YAML/],
    ['mcp-hub.toml', '[api]\nport = \n', /^mcp-hub\.toml:2: not valid TOML/],
    ['mcp-hub.json', '{\n"api": {,}\n}', /^mcp-hub\.json:2: Not valid JSON/],
    ['mcp-hub.json', '[1]', /settings by name/],
    ['mcp-hub.yaml', '__proto__: {api: 1}', /__proto__/],
    ['mcp-hub.yaml', `a: ${'['.repeat(100)}${']'.repeat(100)}`, /nested deeper/],
    ['mcp-hub.yaml', `a: ${'x'.repeat(1_100_000)}`, /larger than/],
    [
      'mcp-hub.yaml',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]`,
      /not valid YAML/,
    ],
  ])('refuse a broken %s', async (name, text, message) => {
    const error = await failure({ [name]: text });
    expect(error.code).toBe('config.syntax');
    expect(error.message).toMatch(message);
  });

  it('take an empty file, and keys without a value, as nothing said', async () => {
    expect((await load({ 'mcp-hub.yaml': '' })).config.api.port).toBe(8080);
    expect((await load({ 'mcp-hub.yaml': 'api:\nhub:\n  name:\n' })).config.api.port).toBe(8080);
  });
});

describe('finding the file', () => {
  it('takes the one that is named, then the one of the environment', async () => {
    const files = { 'a.yaml': 'api: {port: 1}', 'b.yaml': 'api: {port: 2}', 'mcp-hub.yaml': 'api: {port: 3}' };
    const env = { MCP_HUB_CONFIG: 'b.yaml' };
    expect((await load(files, { env, file: 'a.yaml' })).config.api.port).toBe(1);
    expect((await load(files, { env })).config.api.port).toBe(2);
    expect((await load(files)).config.api.port).toBe(3);
  });

  it('says which one is used when there are several', async () => {
    const { config, warnings } = await load({ 'mcp-hub.toml': 'api.port = 1', 'mcp-hub.json': '{"api":{"port":2}}' });
    expect(config.api.port).toBe(1);
    expect(warnings).toEqual([expect.stringContaining('mcp-hub.toml is used; mcp-hub.json beside it is not')]);
  });

  it('does not start with something else when the named one is missing', async () => {
    const error = await failure({ 'mcp-hub.yaml': '' }, { file: 'nowhere.yaml' });
    expect(error.code).toBe('config.not_found');
    expect(error.message).toBe(`--config: there is no file ${path.join(folder.cwd, 'nowhere.yaml')}.`);
  });

  it('refuses an ending that says no format', async () => {
    expect((await failure({ 'hub.ini': '' }, { file: 'hub.ini' })).message).toContain('.yaml, .yml, .toml, .json');
  });
});

describe('bad values', () => {
  it.each([
    ['api: {port: http}', 'api.port: "http" is not allowed; allowed: a whole number from 0 to 65535'],
    ['api: {port: 70000}', 'api.port: 70000 is not allowed; allowed: a whole number from 0 to 65535'],
    ['api: {port: 1.5}', 'api.port: 1.5 is not allowed; allowed: a whole number from 0 to 65535'],
    ['auth: {required: "maybe"}', 'auth.required: "maybe" is not allowed; allowed: true or false'],
    ['log: {level: loud}', 'log.level: "loud" is not allowed; allowed: trace, debug, info, warn, error, fatal, silent'],
    [
      'api: 8080',
      'api: 8080 is not allowed; allowed: the keys host, port, allowedHosts, allowedOrigins, allowUnauthenticated, rateLimit, drainTimeoutMs',
    ],
    ['seed: {files: 7}', 'seed.files: 7 is not allowed; allowed: a list of texts'],
    ['hub: {name: ""}', 'hub.name: "" is not allowed; allowed: a text of 1 to 100 characters'],
    [
      'hub: {publicUrl: "ftp://x"}',
      'hub.publicUrl: "ftp://x" is not allowed; allowed: an address that begins with http:// or https://',
    ],
    [
      'api: {allowedOrigins: ["https://a/b"]}',
      'api.allowedOrigins[0]: "https://a/b" is not allowed; allowed: an origin such as https://app.example.com, without a path',
    ],
    [
      'auth: {tokens: [{name: ci, permissions: [admin]}]}',
      'auth.tokens[0].token: is missing; allowed: a text of 1 to 4096 characters',
    ],
    ['database: {type: oracle}', 'database.type: "oracle" is not allowed; allowed: memory, sqlite, postgres, mongodb'],
    [
      'database: {type: postgres}',
      'database.url: is missing; for type postgres give an address such as postgres://user@localhost/mcp_hub',
    ],
    [
      'database: {url: "mysql://h/d"}',
      'database.url: the address begins with no known scheme; allowed: :memory:, file:./hub.db, postgres://user@localhost/mcp_hub, mongodb://localhost/mcp_hub',
    ],
    [
      'database: {type: mongodb, url: "postgres://h/d"}',
      'database.url: the address does not go with database.type mongodb; allowed: an address such as mongodb://localhost/mcp_hub',
    ],
    [
      'hub: {publicUrl: "https://u@x/"}',
      'hub.publicUrl: holds a user, a query or a fragment; allowed: scheme, host, port and path',
    ],
  ])('%s stops the start with one line', async (text, line) => {
    const error = await failure({ 'mcp-hub.yaml': text });
    expect(error.code).toBe('config.bad_value');
    expect(error.message).toBe(`mcp-hub.yaml:1: ${line}`);
  });

  it('are all listed in the data, for config check', async () => {
    const error = await failure({ 'mcp-hub.yaml': 'api:\n  port: x\nlog:\n  level: y\n' });
    expect(error.data).toEqual({
      problems: [expect.stringMatching(/^mcp-hub\.yaml:2: /), expect.stringMatching(/^mcp-hub\.yaml:4: /)],
    });
  });

  it('do not show secrets', async () => {
    const text = 'auth: {tokens: [{name: ci, token: "hun ter2", permissions: [admin]}]}';
    expect((await failure({ 'mcp-hub.yaml': text })).message).not.toContain('ter2');
    const env = { LEAK: 'hunter2' };
    expect((await failure({ 'mcp-hub.yaml': 'log: {level: "${env:LEAK}"}' }, { env })).message).not.toContain(
      'hunter2',
    );
  });

  it('name a permission that nobody understands', async () => {
    const text = 'auth:\n  tokens:\n    - name: ci\n      token: 0123456789abcdef\n      permissions: [publsh:x]\n';
    expect((await failure({ 'mcp-hub.yaml': text })).message).toMatch(
      /^mcp-hub\.yaml:5: auth\.tokens\[0\]\.permissions\[0\]: "publsh:x" is not allowed; allowed: action:pattern/,
    );
  });

  it.each(['name', 'token'])('refuse two tokens with the same %s', async (key) => {
    const tokens = [
      { name: 'a', token: '0123456789abcdef', permissions: ['admin'] },
      { name: 'b', token: 'fedcba9876543210', permissions: ['admin'] },
    ];
    Object.assign(tokens[1] ?? {}, { [key]: key === 'name' ? 'a' : '0123456789abcdef' });
    expect((await failure({ 'mcp-hub.json': JSON.stringify({ auth: { tokens } }) })).message).toContain(
      `auth.tokens[1].${key}: another entry has the same ${key}`,
    );
  });
});

describe('references', () => {
  it('take values from the environment, with defaults, and from files', async () => {
    const { config } = await load(
      {
        'secret.txt': 'from-the-file-0123\n',
        'mcp-hub.yaml':
          'hub: {name: "${env:WHO}-${env:NONE:-x}", description: "$${env:WHO}"}\nauth: {tokens: [{name: f, token: "${file:secret.txt}", permissions: [admin]}]}',
      },
      { env: { WHO: 'me', NONE: '' } },
    );
    expect(config.hub).toEqual({ name: 'me-x', description: '${env:WHO}' });
    expect(config.auth.tokens[0]?.token).toBe('from-the-file-0123');
  });

  it('become the kind of value that the setting wants', async () => {
    const text =
      'api: {port: "${env:P}", allowedHosts: "${env:H}"}\nauth: {required: "${env:R:-true}"}\nloader: {timeout: "${env:T:-5}"}';
    const { config } = await load({ 'mcp-hub.yaml': text }, { env: { P: '81', H: 'a, b' } });
    expect(config.api).toMatchObject({ port: 81, allowedHosts: ['a', 'b'] });
    expect(config.auth.required).toBe(true);
    expect(config.loader.timeoutMs).toBe(5000);
  });

  it('leave other references for later', async () => {
    const text = 'mcpServers: {a: {url: "${hub:url}/x", headers: {A: "Bearer ${secret:T}"}}}';
    const { config } = await load({ 'mcp-hub.yaml': text });
    expect(config.servers[0]?.settings.remote).toMatchObject({
      url: '${hub:url}/x',
      headers: { A: 'Bearer ${secret:T}' },
    });
  });

  it.each([
    ['"${env:NONE}"', /^mcp-hub\.yaml:2: hub\.name: the environment variable NONE is not set/],
    ['"${env:}"', /names no environment variable/],
    ['"${file:}"', /names no file/],
    ['"${file:nowhere}"', /nowhere cannot be read \(ENOENT/],
    ['"${file:.}"', /cannot be read \(EISDIR/],
  ])('%s stops the start', async (value, message) => {
    const error = await failure({ 'mcp-hub.yaml': `hub:\n  name: ${value}\n` });
    expect(error.code).toBe('config.missing_variable');
    expect(error.message).toMatch(message);
  });
});
