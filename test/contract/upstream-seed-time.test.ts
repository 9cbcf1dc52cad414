import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import type { Upstream } from '../../src/upstream/upstream.ts';
import { startWorker } from '../../src/upstream/worker.ts';
import { callOf, textOf, toolCall } from '../fixtures/calls.ts';

let server: Upstream;
beforeAll(async () => {
  server = await startWorker({
    moduleUrl: pathToFileURL(resolve(import.meta.dirname, '../../seed/time.mjs')).href,
    options: { now: Date.UTC(2026, 6, 1, 12, 0, 0) },
    timeoutMs: 20_000,
  });
});
afterAll(() => server?.close());

async function call(name: string, args: JsonObject): Promise<JsonObject> {
  const reply = await server.request(toolCall(name, args));
  if ('error' in reply) throw new Error(reply.error.message);
  if (reply.result.isError === true) throw new Error(textOf(reply));
  expect(JSON.parse(textOf(reply))).toEqual(reply.result.structuredContent);
  return reply.result.structuredContent as JsonObject;
}

describe('the time server that comes with the hub', () => {
  it('offers tools with titles, descriptions, schemas of both sides and annotations', async () => {
    const reply = await server.request(callOf('tools/list'));
    const tools = 'result' in reply ? (reply.result.tools as JsonObject[]) : [];
    expect(tools.map((tool) => tool.name)).toEqual(['get_current_time', 'convert_time', 'add_duration']);
    for (const tool of tools) {
      expect(tool).toMatchObject({
        title: expect.any(String),
        description: expect.any(String),
        inputSchema: { type: 'object' },
        outputSchema: { type: 'object' },
        annotations: { readOnlyHint: true, openWorldHint: false },
      });
    }
  });

  it('tells the time, in UTC when no zone is named', async () => {
    expect(await call('get_current_time', {})).toMatchObject({ timezone: 'UTC', datetime: '2026-07-01T12:00:00Z' });
    expect(await call('get_current_time', { timezone: 'Asia/Kolkata' })).toEqual({
      timezone: 'Asia/Kolkata',
      datetime: '2026-07-01T17:30:00+05:30',
      utc: '2026-07-01T12:00:00Z',
      weekday: 'Wednesday',
      utcOffset: '+05:30',
      isDaylightSavingTime: false,
    });
  });

  it.each([
    ['14:30', '2026-07-01T14:30:00+02:00', '2026-07-01T08:30:00-04:00'],
    ['2026-01-15T09:00', '2026-01-15T09:00:00+01:00', '2026-01-15T03:00:00-05:00'],
    ['2026-01-15T09:00:00Z', '2026-01-15T10:00:00+01:00', '2026-01-15T04:00:00-05:00'],
    ['2026-03-10', '2026-03-10T00:00:00+01:00', '2026-03-09T19:00:00-04:00'],
    ['now', '2026-07-01T14:00:00+02:00', '2026-07-01T08:00:00-04:00'],
  ])('converts %s from Zurich to New York', async (time, from, to) => {
    const result = await call('convert_time', { time, from: 'Europe/Zurich', to: 'America/New_York' });
    expect(result).toMatchObject({ from: { datetime: from }, to: { datetime: to } });
  });

  it('says so when a time occurs twice or never', async () => {
    const zones = { from: 'Europe/Zurich', to: 'UTC' };
    expect(await call('convert_time', { time: '2026-10-25T02:30', ...zones })).toMatchObject({
      to: { datetime: '2026-10-25T00:30:00Z' },
      note: expect.stringContaining('occurs twice'),
    });
    expect(await call('convert_time', { time: '2026-03-29T02:30', ...zones })).toMatchObject({
      from: { datetime: '2026-03-29T03:30:00+02:00' },
      note: expect.stringContaining('does not occur'),
    });
  });

  it.each([
    ['2026-01-31', 'P1M', 'UTC', '2026-02-28T00:00:00Z'],
    ['2024-02-29', 'P1Y', 'UTC', '2025-02-28T00:00:00Z'],
    ['2026-03-28T12:00', 'P1D', 'Europe/Zurich', '2026-03-29T12:00:00+02:00'],
    ['2026-03-28T12:00', 'PT24H', 'Europe/Zurich', '2026-03-29T13:00:00+02:00'],
    ['2026-03-15T10:00:00Z', '-P2W', 'UTC', '2026-03-01T10:00:00Z'],
    ['2026-01-01', '-P1M', 'UTC', '2025-12-01T00:00:00Z'],
    ['now', 'P1DT1H30M', 'UTC', '2026-07-02T13:30:00Z'],
  ])('adds to %s the duration %s in %s', async (start, duration, timezone, expected) => {
    expect(await call('add_duration', { start, duration, timezone })).toMatchObject({ result: { datetime: expected } });
  });

  it.each([
    ['get_current_time', { timezone: 'zurich' }, /Did you mean Europe\/Zurich/],
    ['get_current_time', { timezone: 'Nowhere/At_All' }, /time:\/\/zones/],
    ['convert_time', { time: 'noon', from: 'UTC', to: 'UTC' }, /is not a time\. Use "14:30"/],
    ['convert_time', { time: '2026-02-30', from: 'UTC', to: 'UTC' }, /does not exist/],
    ['convert_time', { time: '25:00', from: 'UTC', to: 'UTC' }, /does not exist/],
    ['add_duration', { start: 'now', duration: '2 days' }, /Examples: "PT90M"/],
    ['add_duration', { start: 'now', duration: 'P' }, /not an ISO 8601 duration/],
    ['add_duration', { start: 'now', duration: 'P9999999Y' }, /outside of the years/],
  ])('tells what is wrong: %s %j', async (name, args, words) => {
    await expect(call(name, args)).rejects.toThrow(words);
  });

  it('lists all zones as a resource', async () => {
    const reply = await server.request(callOf('resources/read', { uri: 'time://zones' }));
    const contents = 'result' in reply ? (reply.result.contents as JsonObject[]) : [];
    const zones = String(contents[0]?.text).trim().split('\n');
    expect(zones).toContain('UTC');
    expect(zones).toContain('Europe/Zurich');
    expect(zones.length).toBeGreaterThan(300);
  });

  it('plans meetings by a prompt, and completes the last zone of the list', async () => {
    const args = { participants: 'Ada and Linus', zones: 'Europe/London, Europe/Helsinki' };
    const reply = await server.request(callOf('prompts/get', { name: 'plan_meeting', arguments: args }));
    expect(JSON.stringify(reply)).toContain('- Europe/Helsinki: now Wednesday, 2026-07-01T15:00:00+03:00');
    const completed = await server.request(
      callOf('completion/complete', {
        ref: { type: 'ref/prompt', name: 'plan_meeting' },
        argument: { name: 'zones', value: 'Europe/London, zuri' },
      }),
    );
    expect(completed).toMatchObject({ result: { completion: { values: ['Europe/London, Europe/Zurich'] } } });
  });
});
