import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { withValidators } from './cache.ts';

const app = new Hono();
app.use(withValidators());
app.get('/a', (c) => c.json({ a: 1 }, 200, { 'access-control-allow-origin': '*' }));
app.get('/b', (c) => c.json({ b: 1 }));
app.get('/style', (c) => c.text('x', 200, { 'cache-control': 'public, max-age=60' }));
app.get('/secret', (c) => c.text('x', 200, { 'cache-control': 'no-store' }));
app.get('/gone', (c) => c.json({}, 404));
app.get('/events', (c) => c.body('data: x\n\n', 200, { 'content-type': 'text/event-stream' }));
app.post('/a', (c) => c.json({ a: 1 }));

const tagOf = async (path: string): Promise<string> => (await app.request(path)).headers.get('etag') ?? '';

describe('validators', () => {
  it('are weak, the same for the same content, and others for other content', async () => {
    expect(await tagOf('/a')).toMatch(/^W\/"[\w-]{27}"$/);
    expect(await tagOf('/a')).toBe(await tagOf('/a'));
    expect(await tagOf('/a')).not.toBe(await tagOf('/b'));
  });

  it.each([
    ['the tag', (tag: string) => tag],
    ['the tag without its W/', (tag: string) => tag.slice(2)],
    ['a list with the tag', (tag: string) => `"x", ${tag}`],
    ['any tag', () => '*'],
  ])('make the answer a 304 without a body when the client has %s', async (_, condition) => {
    const headers = { 'if-none-match': condition(await tagOf('/a')) };
    const answer = await app.request('/a', { headers });
    expect(answer.status).toBe(304);
    expect(await answer.text()).toBe('');
    expect(Object.fromEntries(answer.headers)).toEqual({
      etag: await tagOf('/a'),
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
    });
    expect((await app.request('/a', { headers, method: 'HEAD' })).status).toBe(304);
  });

  it('leave the answer alone when the client has another', async () => {
    const answer = await app.request('/a', { headers: { 'if-none-match': '"x"' } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ a: 1 });
  });

  it('come with a HEAD too, which tells the length of the GET', async () => {
    const answer = await app.request('/a', { method: 'HEAD' });
    expect([answer.headers.get('etag'), answer.headers.get('content-length')]).toEqual([await tagOf('/a'), '7']);
    expect(await answer.text()).toBe('');
  });

  it('let what a route says of caching stand, and keep answers to a caller for that caller', async () => {
    expect((await app.request('/style')).headers.get('cache-control')).toBe('public, max-age=60');
    const answer = await app.request('/a', { headers: { authorization: 'Bearer x' } });
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
  });

  it.each([
    ['GET', '/gone'],
    ['GET', '/events'],
    ['GET', '/secret'],
    ['POST', '/a'],
  ])('are not given to %s %s', async (method, path) => {
    expect((await app.request(path, { method })).headers.has('etag')).toBe(false);
  });
});
