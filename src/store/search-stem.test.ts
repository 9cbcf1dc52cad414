import { describe, expect, it } from 'vitest';
import { stemWord } from './search-stem.ts';

describe('stemWord', () => {
  it.each([
    ['query', 'queries'],
    ['manage', 'manages', 'managed', 'managing'],
    ['search', 'searches', 'searched', 'searching'],
    ['box', 'boxes'],
    ['database', 'databases'],
    ['issue', 'issues'],
    ['map', 'maps', 'mapped', 'mapping'],
    ['class', 'classes'],
    ['repository', 'repositories'],
    ['file', 'files', 'filed', 'filing'],
    ['monitor', 'monitors', 'monitored', 'monitoring'],
  ])('is the same for the forms of %s', (...words) => {
    expect(new Set(words.map(stemWord)).size).toBe(1);
  });

  it.each(['git', 'aws', 'ssh', 'status', 'redis', 'string', 'sing', '天', 'москва', 'k8s', 'ingress'])(
    'leaves a beginning of three letters or the whole of %s',
    (word) => {
      expect(stemWord(word).length).toBeGreaterThanOrEqual(Math.min(3, word.length));
    },
  );

  it('keeps short words and words of other scripts', () => {
    for (const word of ['git', 'aws', 'red', '天', 'москвас', 'v2s', 'señors']) expect(stemWord(word)).toBe(word);
  });
});
