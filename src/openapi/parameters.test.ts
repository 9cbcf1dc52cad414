import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../base/json.ts';
import type { Parameter, ParameterLocation, ParameterStyle } from './model.ts';
import { createParameterWriter, hasDotSegment, type RequestSink } from './parameters.ts';

const list = ['blue', 'black', 'brown'];
const record = { R: 100, G: 200, B: 150 };

function write(options: Partial<Parameter>, value: JsonValue): { sink: RequestSink; refusal: string | undefined } {
  const parameter: Parameter = {
    name: 'color',
    in: 'query',
    required: false,
    deprecated: false,
    style: 'form',
    explode: true,
    allowReserved: false,
    ...options,
  };
  const sink: RequestSink = { path: new Map(), query: [], headers: {}, cookies: [] };
  return { sink, refusal: createParameterWriter(parameter)(value, sink) };
}

const as = (location: ParameterLocation, style: ParameterStyle, explode: boolean, value: JsonValue): string => {
  const { sink } = write({ in: location, style, explode }, value);
  if (location === 'path') return sink.path.get('color') ?? '';
  if (location === 'header') return sink.headers.color ?? '';
  return location === 'cookie' ? sink.cookies.join('; ') : sink.query.join('&');
};

describe('the style examples of the specification', () => {
  it.each<[ParameterLocation, ParameterStyle, boolean, JsonValue, string]>([
    ['path', 'matrix', false, 'blue', ';color=blue'],
    ['path', 'matrix', false, list, ';color=blue,black,brown'],
    ['path', 'matrix', false, record, ';color=R,100,G,200,B,150'],
    ['path', 'matrix', true, list, ';color=blue;color=black;color=brown'],
    ['path', 'matrix', true, record, ';R=100;G=200;B=150'],
    ['path', 'label', false, 'blue', '.blue'],
    ['path', 'label', false, list, '.blue,black,brown'],
    ['path', 'label', false, record, '.R,100,G,200,B,150'],
    ['path', 'label', true, list, '.blue.black.brown'],
    ['path', 'label', true, record, '.R=100.G=200.B=150'],
    ['path', 'simple', false, 'blue', 'blue'],
    ['path', 'simple', false, list, 'blue,black,brown'],
    ['path', 'simple', false, record, 'R,100,G,200,B,150'],
    ['path', 'simple', true, list, 'blue,black,brown'],
    ['path', 'simple', true, record, 'R=100,G=200,B=150'],
    ['query', 'form', false, '', 'color='],
    ['query', 'form', false, 'blue', 'color=blue'],
    ['query', 'form', false, list, 'color=blue,black,brown'],
    ['query', 'form', false, record, 'color=R,100,G,200,B,150'],
    ['query', 'form', true, list, 'color=blue&color=black&color=brown'],
    ['query', 'form', true, record, 'R=100&G=200&B=150'],
    ['query', 'spaceDelimited', false, list, 'color=blue%20black%20brown'],
    ['query', 'spaceDelimited', false, record, 'color=R%20100%20G%20200%20B%20150'],
    ['query', 'pipeDelimited', false, list, 'color=blue%7Cblack%7Cbrown'],
    ['query', 'pipeDelimited', false, record, 'color=R%7C100%7CG%7C200%7CB%7C150'],
    ['query', 'pipeDelimited', true, list, 'color=blue&color=black&color=brown'],
    ['query', 'tabDelimited', false, list, 'color=blue%09black%09brown'],
    ['query', 'deepObject', true, record, 'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150'],
    ['header', 'simple', false, list, 'blue,black,brown'],
    ['header', 'simple', false, record, 'R,100,G,200,B,150'],
    ['header', 'simple', true, record, 'R=100,G=200,B=150'],
    ['cookie', 'form', true, 'blue', 'color=blue'],
    ['cookie', 'form', false, list, 'color=blue,black,brown'],
    ['cookie', 'form', true, record, 'R=100; G=200; B=150'],
    ['cookie', 'cookie', true, list, 'color=blue; color=black; color=brown'],
  ])('%s %s explode=%s %j', (location, style, explode, value, expected) => {
    expect(as(location, style, explode, value)).toBe(expected);
  });
});

describe('values', () => {
  it('are encoded before they are joined', () => {
    expect(as('query', 'form', false, ['a,b', 'c&d', 'e f'])).toBe('color=a%2Cb,c%26d,e%20f');
    expect(as('query', 'pipeDelimited', false, ['a|b', 'c'])).toBe('color=a%7Cb%7Cc');
    expect(as('path', 'simple', false, ['a/b', 'c,d'])).toBe('a%2Fb,c%2Cd');
    expect(as('cookie', 'form', true, 'c=a b;c')).toBe('color=c%3Da%20b%3Bc');
  });

  it('of other types become their JSON text', () => {
    expect(as('query', 'form', true, true)).toBe('color=true');
    expect(as('query', 'form', true, [1, false, null, { a: 1 }])).toBe('color=1&color=false&color=%7B%22a%22%3A1%7D');
    expect(as('path', 'simple', false, 5)).toBe('5');
    expect(as('header', 'simple', false, 1.5)).toBe('1.5');
  });

  it('that are empty lists, empty objects or null write nothing', () => {
    for (const value of [[], {}, null]) {
      expect(as('query', 'form', true, value)).toBe('');
      expect(as('query', 'form', false, value)).toBe('');
      expect(as('query', 'deepObject', true, value)).toBe('');
    }
  });

  it('nest in deepObject', () => {
    const value = { price: { gte: 1, lt: 5 }, tags: ['a', 'b'], items: [{ x: 1 }, { x: 2 }], none: null };
    expect(decodeURIComponent(as('query', 'deepObject', true, value))).toBe(
      'color[price][gte]=1&color[price][lt]=5&color[tags]=a&color[tags]=b&color[items][0][x]=1&color[items][1][x]=2',
    );
  });

  it('keep reserved characters where the document allows them', () => {
    expect(write({ allowReserved: true }, '/a/b?c=d&e#f').sink.query).toEqual(['color=/a/b?c=d%26e%23f']);
  });

  it('follow the media type of a content parameter', () => {
    expect(write({ mediaType: 'application/json' }, { a: [1] }).sink.query).toEqual(['color=%7B%22a%22%3A%5B1%5D%7D']);
    expect(write({ mediaType: 'application/json', in: 'header' }, [1, 2]).sink.headers).toEqual({ color: '[1,2]' });
  });

  it('make the whole query where the parameter is the query', () => {
    expect(write({ in: 'querystring' }, { a: 'x y', b: 1 }).sink.query).toEqual(['a=x+y&b=1']);
    expect(write({ in: 'querystring', mediaType: 'application/json' }, { a: 1 }).sink.query).toEqual([
      '%7B%22a%22%3A1%7D',
    ]);
  });

  it('encode odd parameter names', () => {
    expect(write({ name: 'fields[a]' }, 'x').sink.query).toEqual(['fields%5Ba%5D=x']);
    expect(write({ name: 'and&' }, 'x').sink.query).toEqual(['and%26=x']);
  });
});

describe('a path value', () => {
  it.each(['', '.', '..', '%2e%2e', '%252E', '../x', 'a/../b', 'a\\..\\b', 'x/..', '..%2fx', '..;a'])(
    'of %j is refused',
    (value) => {
      expect(write({ in: 'path', style: 'simple' }, value).refusal).toBeTypeOf('string');
    },
  );

  it.each([[[]], [{}], [null]])('of %j is refused', (value) => {
    expect(write({ in: 'path', style: 'simple' }, value).refusal).toBeTypeOf('string');
  });

  it.each(['a.b', '...', '.hidden', '1..2', 'v1.0', '..a'])('of %j is fine', (value) => {
    expect(write({ in: 'path', style: 'simple' }, value).refusal).toBeUndefined();
  });

  it('cannot climb with the dot of the label style', () => {
    expect(write({ in: 'path', style: 'label' }, '.').refusal).toBeTypeOf('string');
    expect(write({ in: 'path', style: 'label' }, '').refusal).toBeTypeOf('string');
  });

  it('is looked at after decoding as often as a server might', () => {
    expect(hasDotSegment('%25252e%25252e')).toBe(true);
    expect(hasDotSegment('a%2Fb')).toBe(false);
  });
});

describe('headers and cookies', () => {
  it.each(['a\r\nb: c', 'a\nb', 'a\0b'])('refuse %j', (value) => {
    expect(write({ in: 'header', style: 'simple' }, value).refusal).toContain('control');
    expect(write({ in: 'cookie', style: 'cookie' }, value).refusal).toContain('control');
  });

  it('refuse a raw cookie that would start another one', () => {
    expect(write({ in: 'cookie', style: 'cookie' }, 'a; b=c').refusal).toContain('semicolons');
  });

  it('carry text beyond Latin-1 as UTF-8 bytes', () => {
    const { sink } = write({ in: 'header', style: 'simple', name: 'X-Name' }, '日本');
    expect(Buffer.from(sink.headers['x-name'] ?? '', 'latin1').toString()).toBe('日本');
  });
});
