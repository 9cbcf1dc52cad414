import { expect, it } from 'vitest';
import { defineConfig } from './build.ts';

it.each([
  ['127.0.0.1', {}, { perMinute: 0, burst: 300 }],
  ['localhost', {}, { perMinute: 0, burst: 300 }],
  ['localhost', { perMinute: 60 }, { perMinute: 60, burst: 300 }],
  ['0.0.0.0', {}, { perMinute: 600, burst: 300 }],
  ['0.0.0.0', { perMinute: 0, burst: 5 }, { perMinute: 0, burst: 5 }],
])('a hub on %s with api.rateLimit %j has the limit %j', (host, rateLimit, expected) => {
  expect(defineConfig({ api: { host, rateLimit }, auth: { required: true } }).api.rateLimit).toEqual(expected);
});
