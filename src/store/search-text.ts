import { HubError } from '../base/errors.ts';
import { isObject, type JsonValue } from '../base/json.ts';
import type { ServerDocument } from './entry.ts';

/** Longest text that is searched for, in UTF-16 units. */
export const MAX_SEARCH_LENGTH = 512;
/** Most different words of one search. */
export const MAX_SEARCH_WORDS = 32;
/** What is kept of one document to search in, in UTF-16 units; words beyond it are not found. */
export const MAX_SEARCHABLE_LENGTH: number = 32 * 1024;

const PUBLISHER_META = 'io.modelcontextprotocol.registry/publisher-provided';
const TAG_KEYS = ['tags', 'keywords'];

/** A search after reading: the text as a whole for the ranks, its words for the filter. Both are folded. */
export interface SearchTerms {
  whole: string;
  words: string[];
}

/** What some database cannot keep in a text: NUL and half a surrogate pair. */
const UNKEEPABLE = /[\0\p{Surrogate}]/gu;

/** Makes texts that differ only in case or in Unicode form equal. Characters that no database keeps become spaces. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(UNKEEPABLE, ' ');
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
  const whole = foldText(text).trim();
  if (whole === '') return undefined;
  const words = [...new Set(whole.split(/\s+/))];
  if (words.length > MAX_SEARCH_WORDS) {
    throw new HubError('request.invalid', `The search text has more than ${MAX_SEARCH_WORDS} different words.`);
  }
  return { whole, words };
}

/** What a document can be found by, folded: name, title, description, package identifiers, remote URLs and tags. */
export function searchableText(document: ServerDocument): string {
  const parts = [
    document.name,
    document.title,
    ...publisherTags(document),
    ...(document.packages ?? []).map((item) => item.identifier),
    ...(document.remotes ?? []).map((item) => item.url),
    document.description,
  ];
  const text = parts.filter((part) => typeof part === 'string').join('\n');
  return foldText(text.slice(0, MAX_SEARCHABLE_LENGTH));
}

function publisherTags(document: ServerDocument): JsonValue[] {
  const meta = isObject(document._meta) ? document._meta[PUBLISHER_META] : undefined;
  if (!isObject(meta)) return [];
  return TAG_KEYS.flatMap((key) => {
    const tags = meta[key];
    return Array.isArray(tags) ? tags : [];
  });
}
