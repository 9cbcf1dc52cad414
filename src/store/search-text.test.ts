import { describe, expect, it } from 'vitest';
import type { ServerDocument } from './entry.ts';
import { foldText, lastPart, MAX_SEARCHABLE_LENGTH, parseSearch, searchableText } from './search-text.ts';

const document = (more: Partial<ServerDocument> = {}): ServerDocument => ({
  name: 'com.example/Weather',
  description: 'Tells the weather.',
  version: '1.0.0',
  ...more,
});

describe('parseSearch', () => {
  it('gives the folded text and its different words', () => {
    expect(parseSearch('  Foo  BAR foo ')).toEqual({ whole: 'foo  bar foo', words: ['foo', 'bar'] });
  });

  it('takes a blank text for no search', () => {
    expect(parseSearch(' \t\n')).toBeUndefined();
  });

  it('refuses a text that is too long or has too many words', () => {
    expect(() => parseSearch('x'.repeat(513))).toThrow(/longer than 512/);
    expect(() => parseSearch(Array.from({ length: 33 }, (_, i) => i).join(' '))).toThrow(/more than 32/);
    expect(parseSearch('a '.repeat(256))?.words).toEqual(['a']);
  });
});

describe('searchableText', () => {
  it('holds name, title, description, package identifiers, remote URLs and publisher tags in lower case', () => {
    const text = searchableText(
      document({
        title: 'WX',
        packages: [{ registryType: 'npm', identifier: '@Scope/Pkg' }],
        remotes: [{ type: 'sse', url: 'https://MCP.example.com/sse' }],
        _meta: {
          'io.modelcontextprotocol.registry/publisher-provided': { tags: ['Rain'], keywords: ['Sun', 7], other: 'no' },
        },
      }),
    );
    for (const part of ['com.example/weather', 'wx', 'tells the', '@scope/pkg', 'mcp.example.com', 'rain', 'sun']) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('no');
  });

  it('passes over fields of the wrong shape', () => {
    const odd = document({ packages: [{ identifier: 5 }], remotes: [{}], _meta: { x: 1 }, title: 'T' });
    expect(searchableText(odd)).toBe('com.example/weather\nt\ntells the weather.');
  });

  it('is bounded, and never ends in half a character', () => {
    const text = searchableText(document({ description: '🌦'.repeat(MAX_SEARCHABLE_LENGTH) }));
    expect(text.length).toBeLessThanOrEqual(MAX_SEARCHABLE_LENGTH);
    expect(text).toBe(Buffer.from(text).toString());
  });
});

describe('foldText', () => {
  it('makes composed and decomposed spellings of both cases equal', () => {
    expect(foldText('CAFE\u0301')).toBe(foldText('café'));
  });

  it('leaves nothing that a database cannot keep', () => {
    expect(foldText('a\0b\ud800c')).toBe('a b c');
  });
});

describe('lastPart', () => {
  it('is what stands behind the namespace', () => {
    expect(lastPart('com.example/weather')).toBe('weather');
    expect(lastPart('weather')).toBe('weather');
  });
});
