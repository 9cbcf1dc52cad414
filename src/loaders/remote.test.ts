import { afterEach, describe, expect, it } from 'vitest';
import { textOf, toolCall } from '../../test/fixtures/calls.ts';
import { loadContext } from '../../test/fixtures/load-context.ts';
import { startProbeHttp } from '../../test/fixtures/probe-http.mjs';
import type { JsonObject } from '../base/json.ts';
import type { DeploymentSettings } from '../config/settings.ts';
import { planRemote, remoteLoader } from './remote.ts';

const plan = (remotes: JsonObject[], settings: DeploymentSettings = {}) =>
  planRemote(loadContext(settings, { remotes }));
const http = (more: JsonObject = {}): JsonObject => ({
  type: 'streamable-http',
  url: 'https://example.com/mcp',
  ...more,
});

describe('where a remote server is', () => {
  it('is the first remote over Streamable HTTP, else the first one', async () => {
    const sse = { type: 'sse', url: 'https://example.com/sse' };
    expect(await plan([sse, http()])).toMatchObject({ url: 'https://example.com/mcp', transport: 'auto' });
    expect(await plan([sse])).toMatchObject({ url: 'https://example.com/sse', transport: 'sse' });
  });

  it('is what the settings say when they say it', async () => {
    const settings: DeploymentSettings = {
      remote: { url: 'http://127.0.0.1:9/mcp', transport: 'sse', headers: { 'X-Key': `\${secret:key}` } },
    };
    expect(await plan([http()], settings)).toEqual({
      url: 'http://127.0.0.1:9/mcp',
      trust: 'operator',
      transport: 'sse',
      headers: { 'X-Key': 'value of key' },
    });
  });

  it('may depend on variables, also as a whole', async () => {
    const url = '{base}/v{version}/mcp';
    const variables = { base: { isRequired: true }, version: { default: '2', choices: ['1', '2'] } };
    const given = { variables: { base: 'https://tenant.example.com' } };
    expect((await plan([http({ url, variables })], given)).url).toBe('https://tenant.example.com/v2/mcp');
  });

  it('is asked for when a variable of the URL has no value, required or not', async () => {
    await expect(plan([http({ url: 'https://{host}/mcp', variables: { host: {} } })])).rejects.toMatchObject({
      code: 'deployment.needs_input',
      data: { missing: [{ name: 'host', kind: 'variable' }] },
    });
  });

  it('is the publisher s word in an entry, and the operator s where he names the whole host', async () => {
    expect((await plan([http()])).trust).toBe('public');
    const host = http({ url: 'https://{tenant}.example.com/mcp', variables: { tenant: { default: 'a' } } });
    expect((await plan([host])).trust).toBe('public');
    expect((await plan([host], { variables: { tenant: 'b' } })).trust).toBe('public');
    const named = http({ url: 'https://{host}:{port}/mcp', variables: { host: {}, port: { default: '443' } } });
    expect((await plan([named], { variables: { host: 'tools.internal' } })).trust).toBe('operator');
    const path = http({ url: 'https://example.com/{path}', variables: { path: {} } });
    expect((await plan([path], { variables: { path: 'b' } })).trust).toBe('public');
    const whole = http({ url: '{base}/mcp', variables: { base: {} } });
    expect((await plan([whole], { variables: { base: 'http://10.0.0.1' } })).trust).toBe('operator');
  });

  it('is unknown for an entry without remotes', async () => {
    await expect(plan([])).rejects.toMatchObject({ code: 'loader.unsupported' });
  });
});

describe('the headers of a remote server', () => {
  const headers = [
    {
      name: 'Authorization',
      isRequired: true,
      isSecret: true,
      value: 'Bearer {token}',
      variables: { token: { isRequired: true } },
    },
    { name: 'X-Team', default: 'all' },
    { name: 'X-Optional' },
  ];

  it('are made of fixed values, defaults and what the operator gave, whatever the case of their names', async () => {
    const settings = { variables: { token: `\${secret:t}` }, headers: { 'x-TEAM': 'mine', 'X-Own': '1' } };
    expect((await plan([http({ headers })], settings)).headers).toEqual({
      authorization: 'Bearer value of t',
      'x-team': 'mine',
      'x-own': '1',
    });
  });

  it('that are required and missing are asked for', async () => {
    await expect(plan([http({ headers })])).rejects.toMatchObject({
      code: 'deployment.needs_input',
      data: { missing: [{ name: 'token', kind: 'variable' }] },
    });
    await expect(
      plan([http({ headers: [{ name: 'X-Key', isRequired: true, isSecret: true }] })]),
    ).rejects.toMatchObject({
      data: { missing: [{ name: 'X-Key', kind: 'header', isSecret: true }] },
    });
  });

  it('take no reference to a secret from the entry', async () => {
    const forged = [{ name: 'X-Key', value: `\${secret:other}` }];
    expect((await plan([http({ headers: forged })])).headers).toEqual({ 'x-key': `\${secret:other}` });
  });
});

describe('the remote loader', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  it('connects with the headers of the settings', async () => {
    const server = await startProbeHttp({ era: 'modern', token: 'value of t' });
    ends.push(() => server.close());
    const context = loadContext({ remote: { url: server.url, headers: { Authorization: `Bearer \${secret:t}` } } });
    const upstream = await remoteLoader.load(context);
    ends.push(() => upstream.close());
    expect(textOf(await upstream.request(toolCall('echo', { text: 'hello' })))).toBe('hello');
    expect(context.progressed).toEqual([`connecting to ${server.url}`]);
  });

  it('does not show the query of a URL', async () => {
    const context = loadContext({ remote: { url: 'http://127.0.0.1:1/mcp?key=hidden' } });
    const failed = await remoteLoader.load(context).catch((error) => error);
    expect(`${failed.message} ${context.progressed}`).not.toContain('hidden');
  });

  it('reaches private addresses only on the word of the operator, never on that of an entry', async () => {
    const server = await startProbeHttp({ era: 'modern' });
    ends.push(() => server.close());
    const fromApi = loadContext({ remote: { url: server.url } }, {}, { trust: 'public' });
    await expect(remoteLoader.load(fromApi)).rejects.toMatchObject({ code: 'net.address_refused' });
    const fromEntry = loadContext({}, { remotes: [{ type: 'streamable-http', url: server.url }] });
    await expect(remoteLoader.load(fromEntry)).rejects.toMatchObject({ code: 'net.address_refused' });
    expect(server.requests).toEqual([]);
  });
});
