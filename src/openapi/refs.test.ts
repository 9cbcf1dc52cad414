import { describe, expect, it } from 'vitest';
import { createResolver } from './refs.ts';

const root = {
  'a/b': { 'c~d': 1, 'e f': 2, 'g%h': 3 },
  list: [{ x: true }],
  alias: { $ref: '#/list/0' },
  chain: { $ref: '#/alias' },
  loop: { $ref: '#/loop' },
  ping: { $ref: '#/pong' },
  pong: { $ref: '#/ping' },
  number: { $ref: 5 },
};
const resolver = createResolver(root);

describe('createResolver', () => {
  it.each([
    ['#/a~1b/c~0d', 1],
    ['#/a~1b/e%20f', 2],
    ['#/a%2Fb/e f', undefined],
    ['#/a~1b/g%h', 3],
    ['#/a~1b/g%25h', 3],
    ['#/list/0/x', true],
    ['#/alias/x', true],
    ['#/chain/x', true],
    ['#/list/00', undefined],
    ['#/toString', undefined],
    ['#/list/length', undefined],
  ])('resolves %s to %j', (ref, value) => {
    const found = resolver.resolve(ref);
    expect(found.ok ? found.value : undefined).toEqual(value);
  });

  it('gives equal targets equal places', () => {
    const places = ['#/a~1b/e%20f', '#/a~1b/e f'].map((ref) => resolver.resolve(ref));
    expect(places[0]).toEqual(places[1]);
    expect(resolver.resolve('#/alias/x')).toMatchObject({ place: '#/list/0/x' });
    expect(resolver.resolve('#')).toMatchObject({ ok: true, place: '#' });
  });

  it('says why a reference cannot be followed', () => {
    expect(resolver.resolve('#/nowhere')).toEqual({ ok: false, reason: '$ref "#/nowhere" points at nothing' });
    expect(resolver.resolve('other.yaml#/a')).toMatchObject({ reason: expect.stringContaining('another document') });
    expect(resolver.resolve('#anchor')).toMatchObject({ reason: expect.stringContaining('not a JSON pointer') });
  });

  it('follows chains to their end and tells circles', () => {
    expect(resolver.follow({ $ref: '#/chain' }, '#/here')).toEqual({ ok: true, value: { x: true }, place: '#/list/0' });
    expect(resolver.follow(root.loop, '#/loop')).toMatchObject({ reason: expect.stringContaining('circle') });
    expect(resolver.follow(root.ping, '#/ping')).toMatchObject({ ok: false });
    expect(resolver.resolve('#/loop/x')).toMatchObject({ ok: false });
    expect(resolver.resolve('#/ping/x')).toMatchObject({ ok: false });
  });

  it('takes a $ref that is no string for data', () => {
    expect(resolver.follow(root.number, '#/number')).toEqual({ ok: true, value: { $ref: 5 }, place: '#/number' });
  });
});
