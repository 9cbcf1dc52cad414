import { HubError } from '../base/errors.ts';

/** Longest text that is searched for, in UTF-16 units. */
export const MAX_SEARCH_LENGTH = 512;
/** Most different words of one search. */
export const MAX_SEARCH_WORDS = 32;
/** What is kept of one word, in characters; a search word that is longer matches names only. */
export const MAX_WORD_LENGTH = 200;

/** A search after reading, folded: the text as a whole for the ranks, its different words for the filter. */
export interface SearchTerms {
  whole: string;
  /** Empty when the text has neither letter, digit nor pictograph; then the name must contain `whole`. */
  words: string[];
}

/** What some database cannot keep in a text: NUL and half a surrogate pair. */
const UNKEEPABLE = /[\0\p{Surrogate}]/gu;
/** A word; scripts without spaces between words give one for each character, and so do pictographs. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}\p{M}])+|\p{Extended_Pictographic}/gu;

/** Makes texts that differ only in case or in Unicode form equal. Characters that no database keeps become spaces. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(UNKEEPABLE, ' ');
}

/** As {@link foldText}, and letters lose their accents: `Café` becomes `cafe`. */
export function foldForSearch(text: string): string {
  return foldText(text)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ς/g, 'σ')
    .normalize('NFC');
}

/** The different words of a folded text, in their order. */
export function wordsOf(folded: string): string[] {
  return [...new Set(folded.match(WORD) ?? [])];
}

/** The part of a server name behind its namespace, or the whole name when it has none. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/**
 * Reads the text of a search. Returns undefined when it is blank.
 *
 * @throws HubError `request.invalid` when it is too long or has too many words.
 */
export function parseSearch(text: string): SearchTerms | undefined {
  if (text.length > MAX_SEARCH_LENGTH) {
    throw new HubError('request.invalid', `The search text is longer than ${MAX_SEARCH_LENGTH} characters.`);
  }
  const whole = foldForSearch(text).trim();
  if (whole === '') return undefined;
  const words = wordsOf(whole);
  if (words.length > MAX_SEARCH_WORDS) {
    throw new HubError('request.invalid', `The search text has more than ${MAX_SEARCH_WORDS} different words.`);
  }
  return { whole, words };
}
