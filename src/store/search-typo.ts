/** Shorter search words must be written right. */
export const MIN_TYPO_LENGTH = 5;
/** Longer words have no typo keys: their number grows with the length. */
const MAX_TYPO_LENGTH = 32;

/** Whether another spelling is looked for when somebody searches for this word: letters only, five or more. */
export function allowsTypo(word: string): boolean {
  return word.length >= MIN_TYPO_LENGTH && hasKeys(word);
}

/**
 * The word and all that is left of it when one letter is taken away. Two words that are one edit apart share a key, so
 * a look-up of at most 33 keys finds every such word. Empty for words that no typo leads to.
 */
export function typoKeys(word: string): string[] {
  if (word.length < MIN_TYPO_LENGTH - 1 || !hasKeys(word)) return [];
  const letters = [...word];
  return [...new Set([word, ...letters.map((_, at) => letters.filter((_letter, i) => i !== at).join(''))])];
}

/** Whether one letter more, less, or other, or two neighbours in the other order, make one word of the other. */
export function isOneEditApart(one: string, other: string): boolean {
  const [a, b] = one.length <= other.length ? [[...one], [...other]] : [[...other], [...one]];
  if (b.length - a.length > 1 || one === other) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const restOf = (letters: string[], from: number): string => letters.slice(from).join('');
  if (a.length < b.length) return restOf(a, start) === restOf(b, start + 1);
  if (restOf(a, start + 1) === restOf(b, start + 1)) return true;
  return a[start] === b[start + 1] && a[start + 1] === b[start] && restOf(a, start + 2) === restOf(b, start + 2);
}

function hasKeys(word: string): boolean {
  return word.length <= MAX_TYPO_LENGTH && /^\p{L}+$/u.test(word);
}
