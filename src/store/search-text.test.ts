import { describe, expect, it } from 'vitest';
import { foldForSearch, foldText, lastPart, parseSearch, wordsOf } from './search-text.ts';

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

describe('wordsOf', () => {
  it.each([
    ['com.example/my-git_tool v2', ['com', 'example', 'my', 'git', 'tool', 'v2']],
    ['git git', ['git']],
    ['天気予報 api', ['天', '気', '予', '報', 'api']],
    ['rain🌦sun', ['rain', '🌦', 'sun']],
    ['москва αθηνα', ['москва', 'αθηνα']],
    ['%_-\\', []],
  ])('finds the words of %s', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });
});

describe('foldForSearch', () => {
  it('takes accents and case away, in the same way from every spelling', () => {
    for (const text of ['CAFE\u0301', 'café', 'Ｃａｆｅ']) expect(foldForSearch(text)).toBe('cafe');
    expect(foldForSearch('İstanbul')).toBe('istanbul');
    expect(foldForSearch('ΟΔΟΣ')).toBe(foldForSearch('οδοσ'));
    expect(foldForSearch('한국')).toBe('한국');
  });
});
