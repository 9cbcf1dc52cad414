import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import {
  type Caller,
  doc,
  official,
  remote,
  segment,
  startRegistry,
  type TestRegistry,
} from './registry-api.harness.ts';

let registry: TestRegistry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

const name = 'com.example/weather';
const base = `/v0.1/servers/${segment(name)}`;
const publish = (json: JsonObject, as: Caller = 'publisher'): ReturnType<TestRegistry['send']> =>
  registry.send('POST', '/v0/publish', { as, json });
const edit = (json: JsonObject, as: Caller = 'editor', version = '1.0.0'): ReturnType<TestRegistry['send']> =>
  registry.send('PUT', `${base}/versions/${version}`, { as, json });
const setStatus = (json: unknown, as: Caller = 'publisher', version = '1.0.0'): ReturnType<TestRegistry['send']> =>
  registry.send('PATCH', `${base}/versions/${version}/status`, { as, json });
const setAll = (json: unknown, as: Caller = 'publisher'): ReturnType<TestRegistry['send']> =>
  registry.send('PATCH', `${base}/status`, { as, json });
const reasons = (body: { errors: { message: string }[] }): string[] => body.errors.map(({ message }) => message);
const versions = async (): Promise<string[]> => {
  const { body } = await registry.get(`${base}/versions?include_deleted=true`);
  return body.servers.map((row: { server: JsonObject; _meta: JsonObject }) => {
    const { status, isLatest } = official(row);
    return `${row.server.version} ${status}${isLatest ? ' latest' : ''}`;
  });
};

describe('credentials', () => {
  const writes: [string, string, unknown][] = [
    ['POST', '/v0/publish', doc()],
    ['PUT', `${base}/versions/1.0.0`, doc()],
    ['PATCH', `${base}/versions/1.0.0/status`, { status: 'deprecated' }],
    ['PATCH', `${base}/status`, { status: 'deprecated' }],
    ['DELETE', `${base}/versions/1.0.0`, undefined],
    ['DELETE', base, undefined],
  ];

  it.each(writes)('are asked for with 401 on %s %s', async (method, path, json) => {
    const answer = await registry.send(method, path, { json });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="mcp-hub"');
    expect(answer.body).toMatchObject({ title: 'Unauthorized', code: 'auth.missing' });
  });

  it.each(writes)('that are wrong are refused with 401 on %s %s', async (method, path, json) => {
    const answer = await registry.send(method, path, { json, as: { authorization: 'Bearer wrong' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('of another scheme are refused', async () => {
    const answer = await publish(doc(), { authorization: 'Basic abc' });
    expect(answer).toMatchObject({
      status: 401,
      body: { detail: "Invalid Authorization header format. Expected 'Bearer <token>'" },
    });
  });

  it('may name their scheme in any case', async () => {
    expect((await publish(doc(), { authorization: 'bearer secret-publisher' })).status).toBe(200);
  });

  it('are looked at after the body', async () => {
    expect((await publish({}, 'nobody')).status).toBe(422);
    expect((await setStatus({ status: 'gone' }, 'nobody')).status).toBe(422);
  });

  it('are not needed for reads, not even when they are wrong', async () => {
    await registry.publish(doc());
    const { status } = await registry.send('GET', base, { as: { authorization: 'Bearer wrong' } });
    expect(status).toBe(200);
  });
});

describe('pages in a browser', () => {
  const foreign = { origin: 'https://evil.example' };

  it('may not write to a hub that asks for no token', async () => {
    const open = await startRegistry({ authRequired: false, deps: { allowedOrigins: ['https://good.example'] } });
    const send = (headers: Record<string, string>, as: Caller = 'nobody'): ReturnType<TestRegistry['send']> =>
      open.send('POST', '/v0/publish', { json: doc(), headers, as });
    for (const origin of ['https://evil.example', 'null', 'http://hub.test.evil.example']) {
      expect(await send({ origin }), origin).toMatchObject({ status: 403, body: { code: 'request.origin' } });
    }
    expect((await open.get('/v0/servers')).body.metadata.count).toBe(0);
    expect((await send({ origin: 'https://good.example' })).status).toBe(200);
    expect((await send({ origin: 'http://hub.test' })).status).toBe(200);
    expect((await send({})).status).toBe(200);
    await open.close();
  });

  it('may write with a token of their own, and read', async () => {
    const answer = await registry.send('POST', '/v0/publish', { as: 'publisher', json: doc(), headers: foreign });
    expect(answer.status).toBe(200);
    expect((await registry.send('GET', base, { headers: foreign })).status).toBe(200);
  });
});

describe('publish', () => {
  it('answers 200 with the stored entry, active and latest, all dates equal', async () => {
    const { status, body } = await publish(doc());
    expect(status).toBe(200);
    expect(body.server).toEqual(doc());
    expect(official(body)).toEqual({
      status: 'active',
      statusChangedAt: '2026-03-01T00:00:01Z',
      publishedAt: '2026-03-01T00:00:01Z',
      updatedAt: '2026-03-01T00:00:01Z',
      isLatest: true,
    });
  });

  it.each([
    ['publisher', 'org.other/tool', 'You have permission to publish: com.example/*, io.github.acme/*'],
    ['publisher', 'com.example.sub/tool', 'You have permission to publish: com.example/*, io.github.acme/*'],
    ['reader', name, 'You do not have any publish permissions'],
    ['editor', name, 'You do not have any publish permissions'],
  ] as const)('is refused with 403 to %s for %s', async (as, wanted, middle) => {
    const { status, body } = await publish(doc({ name: wanted }), as);
    expect(status).toBe(403);
    expect(body.detail).toBe(
      `You do not have permission to publish this server. ${middle}. Attempting to publish: ${wanted}`,
    );
  });

  it('compares the namespace of a permission without case', async () => {
    expect((await publish(doc({ name: 'io.github.ACME/Tool' }))).status).toBe(200);
  });

  it('checks the permission before the rules', async () => {
    expect((await publish(doc({ name: 'org.other/tool', version: '1.x' }))).status).toBe(403);
  });

  it('of the same document again answers 200 with the stored entry', async () => {
    const first = await publish(doc());
    const again = await publish({ ...doc(), title: null, packages: [] });
    expect(again.status).toBe(200);
    expect(again.text).toBe(first.text);
    expect(await versions()).toEqual(['1.0.0 active latest']);
  });

  it('of another document under the same version is refused with the official words', async () => {
    await publish(doc());
    const { status, body } = await publish(doc({ description: 'Other' }));
    expect(status).toBe(400);
    expect(body.detail).toBe('Failed to publish server');
    expect(reasons(body)[0]).toBe('invalid version: cannot publish duplicate version');
  });

  it('of a deleted version is refused, also with the same document', async () => {
    await publish(doc());
    await setStatus({ status: 'deleted' });
    const { status, body } = await publish(doc());
    expect(status).toBe(400);
    expect(reasons(body)).toEqual([
      'invalid version: cannot publish duplicate version',
      expect.stringContaining('is deleted'),
    ]);
  });

  it('of a name that exists in another spelling is refused', async () => {
    await publish(doc());
    const { status, body } = await publish(doc({ name: 'com.example/Weather', version: '2.0.0' }));
    expect(status).toBe(400);
    expect(reasons(body)).toEqual([
      expect.stringContaining("differs only in case from the server 'com.example/weather'"),
    ]);
  });

  it('of publisher metadata over 4 KiB is refused with its size', async () => {
    const meta = (length: number): JsonObject => ({
      _meta: { 'io.modelcontextprotocol.registry/publisher-provided': { x: 'é'.repeat(length) } },
    });
    expect((await publish(doc(meta(2044)))).status).toBe(200);
    const { status, body } = await publish(doc({ version: '2.0.0', ...meta(2045) }));
    expect(status).toBe(400);
    expect(reasons(body)).toEqual([
      '_meta.io.modelcontextprotocol.registry/publisher-provided extension exceeds 4KB limit (4098 bytes)',
    ]);
  });

  it('asks the ownership hooks after the rules, and stops at the first refusal', async () => {
    const asked: string[] = [];
    const guarded = await startRegistry({
      ownership: [
        async () => {
          asked.push('first');
          return 'registry validation failed for package 0 (x): not yours';
        },
        async () => {
          asked.push('second');
          return undefined;
        },
      ],
    });
    const answer = await guarded.send('POST', '/v0/publish', { as: 'admin', json: doc() });
    expect(answer).toMatchObject({ status: 400, body: { detail: 'Failed to publish server' } });
    expect(reasons(answer.body)).toEqual(['registry validation failed for package 0 (x): not yours']);
    await guarded.send('POST', '/v0/publish', { as: 'admin', json: doc({ version: '1.x' }) });
    expect(asked).toEqual(['first']);
    await guarded.close();
  });
});

describe('URLs of remotes', () => {
  const url = 'https://a.example/mcp';
  const at = (serverName: string, version: string, address = url): JsonObject => ({
    ...remote({ url: address }),
    name: serverName,
    version,
  });
  const taken = `remote URL ${url} is already used by server com.example/first`;

  beforeEach(async () => {
    await registry.publish(at('com.example/first', '1.0.0'));
  });

  it('may be shared by versions of one server', async () => {
    expect((await publish(at('com.example/first', '2.0.0'))).status).toBe(200);
  });

  it('may not be used by another server', async () => {
    const { status, body } = await publish(at('com.example/second', '1.0.0'));
    expect(status).toBe(400);
    expect(reasons(body)).toEqual([taken]);
  });

  it('are compared as they are written', async () => {
    for (const [i, address] of [
      'https://a.example/mcp/',
      'https://A.example/mcp',
      'https://a.example:443/mcp',
    ].entries()) {
      expect((await publish(at(`com.example/other${i}`, '1.0.0', address))).status, address).toBe(200);
    }
  });

  it('are free again when all versions that have them are deleted, and then taken on the way back', async () => {
    const first = `/v0/servers/${segment('com.example/first')}`;
    await registry.send('PATCH', `${first}/status`, { as: 'admin', json: { status: 'deleted' } });
    expect((await publish(at('com.example/second', '1.0.0'))).status).toBe(200);
    for (const path of [`${first}/status`, `${first}/versions/1.0.0/status`]) {
      const { status, body } = await registry.send('PATCH', path, { as: 'admin', json: { status: 'active' } });
      expect(status).toBe(400);
      expect(body.detail).toBe('Failed to update server status');
      expect(reasons(body)).toEqual([`remote URL ${url} is already used by server com.example/second`]);
    }
  });

  it('are checked on an edit too', async () => {
    await publish(doc());
    const { status, body } = await edit(remote({ url }));
    expect(status).toBe(400);
    expect(body.detail).toBe('Failed to edit server');
    expect(reasons(body)).toEqual([taken]);
  });
});

describe('latest', () => {
  it.each([
    [['1.0.0', '1.0.1'], '1.0.1'],
    [['1.10.0', '1.9.0'], '1.10.0'],
    [['1.0.0', '2.0.0-beta'], '2.0.0-beta'],
    [['1.0.0-rc.1', '1.0.0'], '1.0.0'],
    [['1.0.0', '1.0.0+b1', 'v1.0.0'], '1.0.0'],
    [['1.0.0', 'snapshot'], '1.0.0'],
    [['snapshot', '0.0.1'], '0.0.1'],
    [['2025-01-01', '2024-01-01'], '2024-01-01'],
    [['2.0.0', '99999999999999999999.0.0'], '99999999999999999999.0.0'],
  ])('of %j, published in this order, is %s', async (published, expected) => {
    for (const version of published) await registry.publish(doc({ version }));
    expect((await registry.get(`${base}/versions/latest`)).body.server.version).toBe(expected);
    expect((await registry.get('/v0/servers?version=latest')).body.metadata.count).toBe(1);
  });

  it('moves the date of the version that loses the flag', async () => {
    await publish(doc());
    await publish(doc({ version: '2.0.0' }));
    const old = official((await registry.get(`${base}/versions/1.0.0`)).body);
    const latest = official((await registry.get(`${base}/versions/2.0.0`)).body);
    expect(old).toMatchObject({ isLatest: false, publishedAt: '2026-03-01T00:00:01Z' });
    expect(old.updatedAt).toBe(latest.updatedAt);
    expect(old.updatedAt).not.toBe(old.publishedAt);
  });

  it('goes to the highest visible version when the latest is deleted, and back, moving both dates', async () => {
    await publish(doc());
    await publish(doc({ version: '2.0.0' }));
    await setStatus({ status: 'deleted' }, 'publisher', '2.0.0');
    expect(await versions()).toEqual(['2.0.0 deleted', '1.0.0 active latest']);
    const rows = (await registry.get(`${base}/versions?include_deleted=true`)).body.servers.map(official);
    expect(rows[0].updatedAt).toBe(rows[1].updatedAt);
    await setStatus({ status: 'active' }, 'publisher', '2.0.0');
    expect(await versions()).toEqual(['2.0.0 active latest', '1.0.0 active']);
  });

  it('may be a deprecated version', async () => {
    await publish(doc());
    await publish(doc({ version: '2.0.0' }));
    await setStatus({ status: 'deprecated' }, 'publisher', '2.0.0');
    expect(await versions()).toEqual(['2.0.0 deprecated latest', '1.0.0 active']);
  });

  it('stays with the highest when all are deleted, and goes to a lower one that is then published', async () => {
    await publish(doc({ version: '2.0.0' }));
    await setAll({ status: 'deleted' });
    expect(await versions()).toEqual(['2.0.0 deleted latest']);
    expect((await registry.get(`${base}/versions/latest`)).status).toBe(404);
    await publish(doc({ version: '1.0.0' }));
    expect(await versions()).toEqual(['1.0.0 active latest', '2.0.0 deleted']);
    expect((await registry.get(`${base}/versions/latest`)).body.server.version).toBe('1.0.0');
  });
});

describe('edit', () => {
  beforeEach(async () => {
    await publish(doc());
  });

  it('replaces the document and keeps the rest', async () => {
    const before = official((await registry.get(base)).body);
    const { status, body } = await edit(doc({ description: 'Better', title: 'Weather' }));
    expect(status).toBe(200);
    expect(body.server).toEqual(doc({ description: 'Better', title: 'Weather' }));
    expect(official(body)).toEqual({ ...before, updatedAt: expect.any(String) });
    expect(official(body).updatedAt).not.toBe(before.updatedAt);
  });

  it.each([
    ['a version that is not there', doc({ version: '9.0.0' }), 'editor', '9.0.0', 404, 'Server not found'],
    ['latest as a version', doc({ version: 'latest' }), 'editor', 'latest', 404, 'Server not found'],
    [
      'somebody who may only publish',
      doc(),
      'publisher',
      '1.0.0',
      403,
      'You do not have edit permissions for this server',
    ],
    ['another name', doc({ name: 'com.example/other' }), 'editor', '1.0.0', 400, 'Cannot rename server'],
    [
      'another version',
      doc({ version: '1.0.1' }),
      'editor',
      '1.0.0',
      400,
      'Version in request body must match URL path parameter',
    ],
    [
      'a broken rule',
      doc({ title: ' ' }),
      'editor',
      '1.0.0',
      422,
      'Failed to edit server, invalid schema: call /validate for details',
    ],
    ['a broken constraint', doc({ title: '' }), 'nobody', '1.0.0', 422, 'validation failed'],
  ] as const)('with %s is refused', async (_, json, as, version, status, detail) => {
    expect(await edit(json, as, version)).toMatchObject({ status, body: { detail } });
  });

  it('of a deleted version is a 404: restore it first', async () => {
    await setStatus({ status: 'deleted' });
    expect(await edit(doc())).toMatchObject({ status: 404, body: { detail: 'Server not found' } });
  });
});

describe('status of a version', () => {
  beforeEach(async () => {
    await publish(doc());
  });

  it.each([
    ['a status that is none', { status: 'gone' }, 'body.status'],
    ['no status', { statusMessage: 'x' }, 'body'],
    ['a long message', { status: 'deprecated', statusMessage: 'x'.repeat(501) }, 'body.statusMessage'],
    ['a message that is a number', { status: 'deprecated', statusMessage: 1 }, 'body.statusMessage'],
    ['something else', { status: 'deprecated', reason: 'x' }, 'body.reason'],
  ])('with %s is a 422', async (_, json, location) => {
    const { status, body } = await setStatus(json);
    expect(status).toBe(422);
    expect(body.errors).toEqual([expect.objectContaining({ location })]);
  });

  it.each([
    ['a version that is not there', { status: 'deleted' }, 'publisher', '9.0.0', 404, 'Server version not found'],
    ['latest as a version', { status: 'deleted' }, 'publisher', 'latest', 404, 'Server version not found'],
    [
      'somebody without permission',
      { status: 'deleted' },
      'reader',
      '1.0.0',
      403,
      'You do not have publish or edit permissions for this server',
    ],
    [
      'active and a message',
      { status: 'active', statusMessage: '' },
      'publisher',
      '1.0.0',
      400,
      'status_message cannot be provided when setting status to active',
    ],
    [
      'what it has',
      { status: 'active' },
      'publisher',
      '1.0.0',
      400,
      'No changes to apply: status and message are already set to the provided values',
    ],
  ] as const)('for %s is refused', async (_, json, as, version, status, detail) => {
    expect(await setStatus(json, as, version)).toMatchObject({ status, body: { detail } });
  });

  it.each([
    ['active', 'deprecated'],
    ['active', 'deleted'],
    ['deprecated', 'active'],
    ['deprecated', 'deleted'],
    ['deleted', 'active'],
    ['deleted', 'deprecated'],
  ])('goes from %s to %s and moves both dates', async (from, to) => {
    if (from !== 'active') await setStatus({ status: from });
    const before = official((await registry.get(`${base}/versions/1.0.0?include_deleted=true`)).body);
    const { status, body } = await setStatus({ status: to }, 'editor');
    expect(status).toBe(200);
    const after = official(body);
    expect(after.status).toBe(to);
    expect(after.statusChangedAt).toBe(after.updatedAt);
    expect(after.updatedAt).not.toBe(before.updatedAt);
    expect(after.publishedAt).toBe(before.publishedAt);
  });

  it('keeps statusChangedAt when only the message changes', async () => {
    const first = official((await setStatus({ status: 'deprecated', statusMessage: 'old' })).body);
    const second = official((await setStatus({ status: 'deprecated', statusMessage: 'older' })).body);
    expect(second).toMatchObject({ statusMessage: 'older', statusChangedAt: first.statusChangedAt });
    expect(second.updatedAt).not.toBe(first.updatedAt);
  });

  it('clears a message that is left out, and counts that as a change', async () => {
    await setStatus({ status: 'deprecated', statusMessage: 'x' });
    const { status, body } = await setStatus({ status: 'deprecated', statusMessage: null });
    expect(status).toBe(200);
    expect(official(body)).not.toHaveProperty('statusMessage');
    expect((await setStatus({ status: 'deprecated' })).status).toBe(400);
  });
});

describe('status of all versions', () => {
  beforeEach(async () => {
    await publish(doc());
    await publish(doc({ version: '2.0.0' }));
  });

  it('changes all and gives all, newest first, deleted ones too', async () => {
    const { status, body } = await setAll({ status: 'deleted', statusMessage: 'broken' });
    expect(status).toBe(200);
    expect(body.updatedCount).toBe(2);
    expect(body.servers.map(({ server }: { server: JsonObject }) => server.version)).toEqual(['2.0.0', '1.0.0']);
    expect(official(body.servers[1])).toMatchObject({ status: 'deleted', statusMessage: 'broken' });
  });

  it('touches only the versions that differ', async () => {
    await setStatus({ status: 'deprecated' });
    const before = official((await registry.get(`${base}/versions/1.0.0`)).body);
    const { body } = await setAll({ status: 'deprecated' });
    expect(official(body.servers[1])).toEqual(before);
    expect(official(body.servers[0]).status).toBe('deprecated');
  });

  it('is refused when nothing would change', async () => {
    expect(await setAll({ status: 'active' })).toMatchObject({
      status: 400,
      body: { detail: 'No changes to apply: all versions already have the requested status and message' },
    });
  });

  it('is refused without permission, for an unknown server, and for active with a message', async () => {
    expect((await setAll({ status: 'deleted' }, 'reader')).status).toBe(403);
    const unknown = await registry.send('PATCH', '/v0/servers/com.example%2Fnone/status', {
      as: 'admin',
      json: { status: 'deleted' },
    });
    expect(unknown).toMatchObject({ status: 404, body: { detail: 'Server not found' } });
    expect((await setAll({ status: 'active', statusMessage: 'x' })).status).toBe(400);
  });
});

describe('removal', () => {
  beforeEach(async () => {
    await publish(doc());
    await publish(doc({ version: '2.0.0' }));
  });

  it.each(['publisher', 'editor', 'reader'] as const)('is not for %s', async (as) => {
    expect((await registry.send('DELETE', `${base}/versions/1.0.0`, { as })).status).toBe(403);
    expect((await registry.send('DELETE', base, { as })).status).toBe(403);
  });

  it('of a version gives it back, and the next highest becomes latest', async () => {
    const answer = await registry.send('DELETE', `${base}/versions/2.0.0`, { as: 'admin' });
    expect(answer).toMatchObject({ status: 200, body: { server: { version: '2.0.0' } } });
    expect(await versions()).toEqual(['1.0.0 active latest']);
    expect((await publish(doc({ version: '2.0.0', title: 'Anew' }))).status).toBe(200);
  });

  it('of a server by its id or name removes all versions', async () => {
    const { body } = await registry.get(base);
    const { id } = body._meta['io.github.mcp-hub-registry/entry'];
    const answer = await registry.send('DELETE', `/v0/servers/${id}`, { as: 'admin' });
    expect(answer).toMatchObject({ status: 200, body: { deletedCount: 2 } });
    expect((await registry.get(`${base}/versions?include_deleted=true`)).status).toBe(404);
  });

  it.each([
    [`${base}/versions/9.0.0`, 'Server version not found'],
    [`${base}/versions/latest`, 'Server version not found'],
    ['/v0/servers/com.example%2Fnone', 'Server not found'],
    ['/v0/servers/00000000-0000-4000-8000-000000000000', 'Server not found'],
  ])('of %s is a 404', async (path, detail) => {
    expect(await registry.send('DELETE', path, { as: 'admin' })).toMatchObject({ status: 404, body: { detail } });
  });
});

describe('deploying what is published', () => {
  const key = 'io.github.mcp-hub-registry/deploy';
  type Seen = { name: string; deploy: unknown; principal: string };
  const start = async (fail?: Error): Promise<{ hub: TestRegistry; seen: Seen[] }> => {
    const seen: Seen[] = [];
    const hub = await startRegistry({
      deps: {
        async onPublished(entry, deploy, principal) {
          seen.push({ name: entry.name, deploy, principal: principal.name });
          if (fail) throw fail;
          return { [key]: { slug: 'weather' } };
        },
      },
    });
    return { hub, seen };
  };
  const wish = { load_immediately: true, slug: 'weather', env: { A: 'b' }, args: ['x'] };

  it.each([
    ['in _meta', doc({ _meta: { [key]: wish, 'com.acme/x': 1 } })],
    ['around the document', { server: doc({ _meta: { 'com.acme/x': 1 } }), ...wish }],
  ])('takes the wish %s, hands it on and does not store it', async (_, json) => {
    const { hub, seen } = await start();
    const { status, body } = await hub.send('POST', '/v0/publish', { as: 'deployer', json });
    expect(status).toBe(200);
    expect(body.server).toEqual(doc({ _meta: { 'com.acme/x': 1 } }));
    expect(body._meta[key]).toEqual({ slug: 'weather' });
    expect(seen).toEqual([{ name, deploy: { slug: 'weather', env: { A: 'b' }, args: ['x'] }, principal: 'deployer' }]);
    expect((await hub.get(base)).text).not.toContain('load_immediately');
    await hub.close();
  });

  it('needs the permission to deploy, and publishes nothing without it', async () => {
    const { hub, seen } = await start();
    const json = { server: doc(), ...wish };
    expect((await hub.send('POST', '/v0/publish', { as: 'publisher', json })).status).toBe(403);
    expect((await hub.send('POST', '/v0/publish', { as: 'deployer', json: { ...json, slug: 'other' } })).status).toBe(
      403,
    );
    expect((await hub.get(base)).status).toBe(404);
    expect(seen).toEqual([]);
    await hub.close();
  });

  it('happens only when load_immediately is true', async () => {
    const { hub, seen } = await start();
    const json = { server: doc(), load_immediately: false };
    expect((await hub.send('POST', '/v0/publish', { as: 'publisher', json })).status).toBe(200);
    expect(seen).toEqual([]);
    await hub.close();
  });

  it('that fails is told beside the published entry', async () => {
    const { hub } = await start(new Error('token=abc'));
    const { status, body, text } = await hub.send('POST', '/v0/publish', {
      as: 'admin',
      json: { server: doc(), ...wish },
    });
    expect(status).toBe(200);
    expect(body._meta[key]).toEqual({ deployed: false, error: { code: 'internal' } });
    expect(text).not.toContain('token=abc');
    await hub.close();
  });

  it.each([
    ['an unknown member around', { server: doc(), status: 'active' }, 'body.status'],
    ['a text as load_immediately', { server: doc(), load_immediately: 'yes' }, 'body.load_immediately'],
    ['a command', { server: doc(), command: 'rm' }, 'body.command'],
    ['a kind for operators only', { server: doc(), kind: 'command' }, 'body.kind'],
    ['a broken document inside', { server: doc({ title: '' }) }, 'body.server.title'],
    ['a number in env', doc({ _meta: { [key]: { env: { A: 1 } } } }), `body._meta.${key}.env.A`],
  ])('with %s is a 422', async (_, json, location) => {
    const { status, body } = await registry.send('POST', '/v0/publish', { as: 'admin', json });
    expect(status).toBe(422);
    expect(body.errors).toEqual([expect.objectContaining({ location })]);
  });
});

describe('the audit trail', () => {
  it('has a line for each write, its result and no more for reads', async () => {
    await publish(doc());
    await publish(doc(), 'reader');
    await publish(doc(), 'nobody');
    await setStatus({ status: 'deprecated' });
    await registry.send('DELETE', base, { as: 'admin' });
    await registry.get(base);
    expect(registry.audit.map(({ actor, action, target, result }) => `${actor} ${action} ${target} ${result}`)).toEqual(
      [
        'publisher publish com.example/weather@1.0.0 ok',
        'reader publish com.example/weather@1.0.0 refused',
        'publisher status.deprecated com.example/weather@1.0.0 ok',
        'admin remove com.example/weather ok',
      ],
    );
  });
});

describe('many at once', () => {
  it('publishes of one server give one latest and lose no version', async () => {
    const wanted = Array.from({ length: 20 }, (_, i) => `1.${i}.0`);
    const answers = await Promise.all(wanted.map((version) => publish(doc({ version }))));
    expect(answers.map(({ status }) => status)).toEqual(wanted.map(() => 200));
    const { body } = await registry.get(`${base}/versions`);
    expect(body.metadata.count).toBe(20);
    const latest = body.servers.filter((row: { _meta: JsonObject }) => official(row).isLatest);
    expect(latest.map(({ server }: { server: JsonObject }) => server.version)).toEqual(['1.19.0']);
  });

  it('publishes of one new version give one row, the others the same or a refusal', async () => {
    const answers = await Promise.all([doc(), doc(), doc({ title: 'Other' })].map((json) => publish(json)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400]);
    expect(await versions()).toEqual(['1.0.0 active latest']);
  });
});
