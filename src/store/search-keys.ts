import { partKey } from './search-entry.ts';
import { typoKeys } from './search-typo.ts';

/** The key of an end of a part of a name: whatever such a part contains is the beginning of one of its ends. */
export function endKey(text: string): string {
  return partKey(text);
}

/** The key of what a typo leaves of a word. */
export function typoKey(rest: string): string {
  return `~${rest}`;
}

/** The keys that lead to a kept word (see `SearchableEntry.words`), besides itself. */
export function keysOfWord(word: string): string[] {
  if (word.startsWith('@')) {
    const letters = [...word.slice(1)];
    return letters.map((_, at) => endKey(letters.slice(at).join('')));
  }
  return /^[=#]/.test(word) ? [] : typoKeys(word).map(typoKey);
}
