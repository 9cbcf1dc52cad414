/** Shorter words are their own stem. */
const MIN_LENGTH = 4;

/** Endings and what stands for them, tried in this order. The rest of the word must keep three letters. */
const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/^(.{3,})(?:ss)(?:es)?$/, '$1ss'],
  [/^(.{2,}(?:ch|sh|x|z))es$/, '$1'],
  [/^(.{2,})ies$/, '$1y'],
  [/^(.{2,}[^su])s$/, '$1'],
];
const VERB_ENDING = /^(.*[aeiouy].*)(?:ing|ed)$/;
const MIN_STEM = 3;

/**
 * The stem of a folded word: plural forms and `-ing`, `-ed` of English are taken away, as are a doubled consonant, a last
 * `e` and the difference of `y` and `i` that such endings leave. It is no word, only what forms of one word share:
 * `query` and `queries` give `queri`; `manage`, `manages`, `managing` give `manag`. Words of other scripts stay.
 */
export function stemWord(word: string): string {
  if (word.length < MIN_LENGTH || !/^[a-z]+$/.test(word)) return word;
  let stem = word;
  for (const [ending, rest] of ENDINGS) {
    if (!ending.test(stem)) continue;
    stem = stem.replace(ending, rest);
    break;
  }
  const verb = VERB_ENDING.exec(stem)?.[1];
  if (verb !== undefined && verb.length >= MIN_STEM) stem = verb.replace(/([bdfgklmnprt])\1$/, '$1');
  if (stem.length > MIN_STEM) stem = stem.replace(/e$/, '');
  return stem.length >= MIN_STEM ? stem.replace(/y$/, 'i') : stem;
}
