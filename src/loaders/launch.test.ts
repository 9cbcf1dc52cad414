import { describe, expect, it } from 'vitest';
import { loadContext } from '../../test/fixtures/load-context.ts';
import type { JsonObject } from '../base/json.ts';
import type { DeploymentSettings } from '../config/settings.ts';
import { planLaunch } from './launch.ts';
import type { LoadContext } from './loader.ts';

const plan = (pkg: JsonObject, settings: DeploymentSettings = {}, more: Partial<LoadContext> = {}) =>
  planLaunch(pkg, loadContext(settings, {}, more));
const args = async (list: JsonObject[], settings?: DeploymentSettings): Promise<string[]> =>
  (await plan({ packageArguments: list }, settings)).packageArguments;
const env = async (list: JsonObject[], settings?: DeploymentSettings, more?: Partial<LoadContext>) =>
  (await plan({ environmentVariables: list }, settings, more)).env;

describe('arguments of a package', () => {
  it('are fixed values, defaults and what the operator gave, in the order of the entry, then the operator s own', async () => {
    const list = [
      { type: 'positional', value: 'mcp' },
      { type: 'named', name: '--mode', default: 'static' },
      { type: 'named', name: '--root', description: 'Where' },
      { type: 'named', name: '--unused' },
      { type: 'positional', valueHint: 'target' },
    ];
    const settings = { variables: { '--root': '/data', target: 'x y; rm -rf /' }, args: ['--extra', '$HOME'] };
    expect(await args(list, settings)).toEqual([
      'mcp',
      '--mode',
      'static',
      '--root',
      '/data',
      'x y; rm -rf /',
      '--extra',
      '$HOME',
    ]);
  });

  it('may be given by their name without dashes, and get the dashes that an entry left out', async () => {
    const list = [
      { type: 'named', name: '--port' },
      { type: 'named', name: 'host' },
      { type: 'named', name: 'v', value: '2' },
    ];
    expect(await args(list, { variables: { port: '80', host: 'a' } })).toEqual([
      '--port',
      '80',
      '--host',
      'a',
      '-v',
      '2',
    ]);
  });

  it('that are required and have no value take the operator s own arguments first', async () => {
    const list = [
      { type: 'positional', value: 'serve' },
      { type: 'positional', valueHint: 'directory', isRequired: true },
      { type: 'named', name: '--depth', default: '3' },
    ];
    expect(await args(list, { args: ['/data', '/more'] })).toEqual(['serve', '/data', '--depth', '3', '/more']);
    expect(await args(list, { variables: { directory: '/named' }, args: ['/more'] })).toEqual([
      'serve',
      '/named',
      '--depth',
      '3',
      '/more',
    ]);
    await expect(args(list)).rejects.toMatchObject({ code: 'deployment.needs_input' });
  });

  it('of format boolean are flags that are there or not', async () => {
    const list = [
      { type: 'named', name: '--debug', format: 'boolean', default: 'false' },
      { type: 'named', name: '--fast', format: 'boolean', value: 'true' },
      { type: 'named', name: '-y', value: '' },
    ];
    expect(await args(list)).toEqual(['--fast', '-y']);
  });

  it('that are repeated take one value a line', async () => {
    const list = [{ type: 'named', name: '--dir', isRepeated: true }];
    expect(await args(list, { variables: { '--dir': '/a\n/b\n' } })).toEqual(['--dir', '/a', '--dir', '/b']);
  });

  it('have their declared variables replaced and other braces left alone', async () => {
    const list = [
      {
        type: 'named',
        name: '--mount',
        value: 'src={source},dst=/x,json={"a":1},{other}',
        variables: { source: { isRequired: true } },
      },
    ];
    expect(await args(list, { variables: { source: '/data/{source}' } })).toEqual([
      '--mount',
      'src=/data/{source},dst=/x,json={"a":1},{other}',
    ]);
  });

  it('never hold a secret', async () => {
    const secret = `\${secret:api}`;
    await expect(args([], { args: ['--key', secret] })).rejects.toMatchObject({ code: 'deployment.invalid' });
    const list = [{ type: 'named', name: '--key', isSecret: true, isRequired: true }];
    await expect(args(list, { variables: { '--key': secret } })).rejects.toMatchObject({
      code: 'deployment.invalid',
      message: expect.stringContaining('environment variable'),
    });
  });

  it.each([
    [{ choices: ['a', 'b'] }, 'c', 'one of a, b, not "c"'],
    [{ format: 'number' }, '12a', 'a number'],
    [{ format: 'boolean' }, 'yes', 'true or false'],
    [{}, 'a\0b', 'without a NUL'],
  ])('are checked against %j', async (rule, value, words) => {
    const list = [{ type: 'named', name: '--x', ...rule }];
    await expect(args(list, { variables: { '--x': value } })).rejects.toMatchObject({
      code: 'deployment.invalid',
      message: expect.stringContaining(words),
    });
  });

  it('that are secret are not shown when they are wrong', async () => {
    const list = [{ name: 'PIN', isSecret: true, format: 'number' }];
    const failed = await env(list, { env: { PIN: `\${secret:pin}` } }).catch((error) => error);
    expect(failed.message).toBe('The environment variable "PIN" must be a number.');
  });
});

describe('the environment of a package', () => {
  it('is what the entry fixes and defaults, what the operator gives for it, and what he adds', async () => {
    const list = [
      { name: 'FIXED', value: '1' },
      { name: 'REPLACED', value: '1' },
      { name: 'DEFAULT', default: 'd' },
      { name: 'OPTIONAL' },
      { name: 'TOKEN', isRequired: true, isSecret: true },
    ];
    const settings = { env: { REPLACED: '2', TOKEN: `\${secret:token}`, ADDED: 'x' } };
    expect(await env(list, settings)).toEqual({
      FIXED: '1',
      REPLACED: '2',
      DEFAULT: 'd',
      TOKEN: 'value of token',
      ADDED: 'x',
    });
  });

  it('takes references to secrets from the operator only, never from the entry', async () => {
    const list = [
      { name: 'STOLEN', value: `\${secret:other}` },
      { name: 'ALSO', default: `\${secret:other}` },
    ];
    expect(await env(list)).toEqual({ STOLEN: `\${secret:other}`, ALSO: `\${secret:other}` });
  });

  it.each(['NODE_OPTIONS', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES', 'npm_config_registry', 'PATH', 'PYTHONPATH'])(
    'may hold %s only on the word of the operator',
    async (name) => {
      await expect(env([{ name, value: 'x' }])).rejects.toMatchObject({ code: 'deployment.invalid' });
      await expect(env([], { env: { [name]: 'x' } }, { trust: 'public' })).rejects.toMatchObject({
        code: 'deployment.invalid',
      });
      expect(await env([], { env: { [name]: 'x' } })).toEqual({ [name]: 'x' });
    },
  );

  it.each(['', 'A=B', 'A B', '1A', 'ä'])('has no variable called %j', async (name) => {
    await expect(env([], { env: { [name]: 'x' } })).rejects.toMatchObject({ code: 'deployment.invalid' });
  });
});

describe('what is missing', () => {
  it('is listed all at once, with what the entry says about it', async () => {
    const failed = await plan({
      environmentVariables: [
        { name: 'API_KEY', isRequired: true, isSecret: true, description: 'Your key' },
        { name: 'REGION', value: '{region}', variables: { region: { isRequired: true } } },
        { name: 'OPTIONAL', value: '{zone}', variables: { zone: {} } },
      ],
      packageArguments: [
        { type: 'named', name: '--config', isRequired: true },
        { type: 'positional', isRequired: true },
      ],
    }).catch((error) => error);
    expect(failed).toMatchObject({
      code: 'deployment.needs_input',
      data: {
        missing: [
          { name: '--config', kind: 'argument' },
          { name: 'argument 1', kind: 'argument' },
          { name: 'API_KEY', kind: 'env', isSecret: true, description: 'Your key' },
          { name: 'region', kind: 'variable' },
        ],
      },
    });
    expect(failed.message).toContain('environment variable API_KEY');
  });

  it('is nothing for a package that no entry describes', async () => {
    expect(await planLaunch(undefined, loadContext({ args: ['x'] }))).toEqual({
      runtimeArguments: [],
      packageArguments: ['x'],
      env: {},
    });
  });
});
