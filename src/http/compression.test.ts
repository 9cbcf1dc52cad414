import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { chooseCoding, withCompression } from './compression.ts';

const long = 'words '.repeat(1000);
const app = new Hono();
app.use(withCompression());
app.get('/long', (c) => c.text(long, 200, { vary: 'Origin' }));
app.post('/long', (c) => c.text(long));
app.get('/short', (c) => c.text('x'));
app.get('/image', (c) => c.body(long, 200, { 'content-type': 'image/png' }));
app.get('/events', (c) => c.body(long, 200, { 'content-type': 'text/event-stream' }));
app.get('/problem', (c) => c.body(long, 404, { 'content-type': 'application/problem+json' }));
const get = (path: string, coding: string, method = 'GET'): Response | Promise<Response> =>
  app.request(path, { method, headers: { 'accept-encoding': coding } });

describe('compression', () => {
  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('sends %s that unpacks to the answer', async (coding, unpack) => {
    const answer = await get('/long', coding);
    const body = Buffer.from(await answer.arrayBuffer());
    expect(answer.headers.get('content-encoding')).toBe(coding);
    expect(answer.headers.get('content-length')).toBe(String(body.length));
    expect(answer.headers.get('vary')).toBe('Origin, Accept-Encoding');
    expect(unpack(body).toString()).toBe(long);
  });

  it('compresses problems too, and tells the same headers on HEAD', async () => {
    const problem = await get('/problem', 'gzip');
    expect([problem.status, problem.headers.get('content-encoding')]).toEqual([404, 'gzip']);
    const head = await get('/long', 'gzip', 'HEAD');
    expect([head.headers.get('content-encoding'), await head.text()]).toEqual(['gzip', '']);
  });

  it.each([
    ['GET', '/short', 'br'],
    ['GET', '/image', 'br'],
    ['GET', '/events', 'br'],
    ['GET', '/long', 'identity'],
    ['POST', '/long', 'br'],
  ])('leaves %s %s with Accept-Encoding: %s as it is', async (method, path, coding) => {
    const answer = await get(path, coding, method);
    expect(answer.headers.has('content-encoding')).toBe(false);
    expect((await answer.text()).length).toBeGreaterThan(0);
  });

  it.each([
    ['gzip, deflate, br', 'br'],
    ['br;q=0.5, gzip;q=0.9', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *;q=0.1', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip;q=0', undefined],
    ['deflate', undefined],
    ['', undefined],
    [undefined, undefined],
    [';;,,q=;', undefined],
  ])('reads %o as %o', (accepted, coding) => {
    expect(chooseCoding(accepted)).toBe(coding);
  });
});
