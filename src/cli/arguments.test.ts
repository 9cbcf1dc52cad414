import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toolArguments } from './arguments.ts';
import { UsageError } from './failure.ts';

const schema = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    days: { type: 'integer' },
    ratio: { type: 'number' },
    metric: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'integer' } },
    where: { type: 'object', properties: { lat: { type: 'number' }, name: { type: 'string' } } },
    maybe: { type: ['string', 'null'] },
    either: { anyOf: [{ type: 'number' }, { type: 'string' }] },
    pick: { enum: ['1', '2'] },
    free: {},
    'dotted.name': { type: 'string' },
    nothing: { type: 'null' },
  },
};

describe('toolArguments', () => {
  it.each([
    ['city=Berlin', { city: 'Berlin' }],
    ['city=42', { city: '42' }],
    ['city=', { city: '' }],
    ['city=a=b', { city: 'a=b' }],
    ['days=3', { days: 3 }],
    ['ratio=-1.5e2', { ratio: -150 }],
    ['metric=true', { metric: true }],
    ['metric=False', { metric: false }],
    ['tags=[1,2]', { tags: [1, 2] }],
    ['tags=7', { tags: [7] }],
    ['where={"lat":1}', { where: { lat: 1 } }],
    ['where.lat=1.5', { where: { lat: 1.5 } }],
    ['maybe=null', { maybe: null }],
    ['maybe=7', { maybe: '7' }],
    ['either=7', { either: 7 }],
    ['either=x', { either: 'x' }],
    ['pick=1', { pick: '1' }],
    ['free=[1]', { free: [1] }],
    ['free=x', { free: 'x' }],
    ['unknown=5', { unknown: 5 }],
    ['dotted.name=x', { 'dotted.name': 'x' }],
    ['nothing=', { nothing: null }],
  ])('reads %s as the schema says', (pair, expected) => {
    expect(toolArguments([pair], schema)).toEqual(expected);
  });

  it('puts several together', () => {
    expect(toolArguments(['where.lat=1', 'where.name=x', 'tags=1', 'tags=2', 'free=a', 'free=b'], schema)).toEqual({
      where: { lat: 1, name: 'x' },
      tags: [1, 2],
      free: ['a', 'b'],
    });
  });

  it('takes JSON as JSON where there is no schema', () => {
    expect(toolArguments(['a=1', 'b=x', 'c={"d":true}'], undefined)).toEqual({ a: 1, b: 'x', c: { d: true } });
  });

  it.each(['city', '=x', '__proto__=1', 'a..b=1', 'days=1.5', 'days=x', 'ratio=x', 'metric=1', 'where=[1]', 'tags=x'])(
    'refuses %s',
    (pair) => {
      expect(() => toolArguments([pair], schema)).toThrow(UsageError);
    },
  );

  it('gives every text to an argument that wants a text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(toolArguments([`city=${text}`], schema)).toEqual({ city: text });
      }),
    );
  });
});
