import { isObject, type JsonValue } from '../base/json.ts';
import type { ServerDocument } from './entry.ts';
import { stemWord } from './search-stem.ts';
import { foldForSearch, lastPart, MAX_WORD_LENGTH, wordsOf } from './search-text.ts';

/** What is kept of one document to search in, in UTF-16 units; words beyond it are not found. */
export const MAX_SEARCHABLE_LENGTH: number = 32 * 1024;
/** Most different words, of each sort, that one version can be found by. */
const MAX_WORDS = 1000;
/** Raised when other words are kept for the same document; every driver then indexes its entries anew. */
export const SEARCH_REVISION = 1;

const PUBLISHER_META = 'io.modelcontextprotocol.registry/publisher-provided';
const TAG_KEYS = ['tags', 'keywords'];
const HOST = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i;

/** What a listing can be narrowed by besides words; compared without case. */
export interface EntryLabels {
  /** `registryType` of the packages. */
  type: string[];
  /** `type` of the remotes, and of the packages' transports. */
  transport: string[];
  /** The publisher's `tags` and `keywords`. */
  tag: string[];
  /** The namespace: what stands before the `/` of the name. */
  publisher: string[];
}

/** What one version can be found by. Words are kept in one list; their first character tells the sort. */
export interface SearchableEntry {
  nameFolded: string;
  partFolded: string;
  /** Plain words, `=stem`, `@part of the name`, `#label`; none has a space. */
  words: string[];
}

/** The labels of a document, in the publisher's spelling, each once. */
export function labelsOf(document: ServerDocument): EntryLabels {
  const { name, packages = [], remotes = [] } = document;
  const slash = name.lastIndexOf('/');
  const transports = packages.map((item) => (isObject(item.transport) ? item.transport.type : undefined));
  return {
    type: texts(packages.map((item) => item.registryType)),
    transport: texts([...remotes.map((remote) => remote.type), ...transports]),
    tag: texts(publisherTags(document)),
    publisher: slash < 0 ? [] : [name.slice(0, slash)],
  };
}

/** The kept word of a label; any text can be one. */
export function labelWord(kind: keyof EntryLabels, value: string): string {
  return `#${kind}=${encodeURIComponent(shorten(foldForSearch(value).trim()))}`;
}

/** The kept word of a stem. */
export function stemKey(stem: string): string {
  return `=${stem}`;
}

/** The kept word of a part of the name: what stands between its slashes. */
export function partKey(part: string): string {
  return `@${part.replace(/\s/g, '␣')}`;
}

/** Everything that a document can be found by: name, title, tags, package identifiers, remote hosts and description. */
export function searchableEntry(document: ServerDocument): SearchableEntry {
  const nameFolded = foldForSearch(document.name);
  const text = [
    document.name,
    document.title,
    ...publisherTags(document),
    ...(document.packages ?? []).map((item) => item.identifier),
    ...(document.remotes ?? []).map((item) => (typeof item.url === 'string' ? HOST.exec(item.url)?.[1] : undefined)),
    document.description,
  ]
    .filter((part) => typeof part === 'string')
    .join('\n');
  const plain = cut(wordsOf(foldForSearch(text.slice(0, MAX_SEARCHABLE_LENGTH))));
  const stems = plain.map((word) => [word, stemWord(word)] as const).filter(([word, stem]) => word !== stem);
  const labels = Object.entries(labelsOf(document)) as [keyof EntryLabels, string[]][];
  const words = [
    ...plain,
    ...stems.map(([, stem]) => stemKey(stem)),
    ...nameFolded.split('/').map(partKey),
    ...labels.flatMap(([kind, values]) => values.slice(0, MAX_WORDS).map((value) => labelWord(kind, value))),
  ];
  return { nameFolded, partFolded: foldForSearch(lastPart(document.name)), words: [...new Set(words)] };
}

function cut(words: string[]): string[] {
  return words.slice(0, MAX_WORDS).map(shorten);
}

/** Never ends in half a character. */
function shorten(word: string): string {
  return word.length <= MAX_WORD_LENGTH ? word : [...word].slice(0, MAX_WORD_LENGTH).join('');
}

function texts(values: (JsonValue | undefined)[]): string[] {
  return [...new Set(values.filter((value) => typeof value === 'string'))];
}

function publisherTags(document: ServerDocument): JsonValue[] {
  const meta = isObject(document._meta) ? document._meta[PUBLISHER_META] : undefined;
  if (!isObject(meta)) return [];
  return TAG_KEYS.flatMap((key) => {
    const tags = meta[key];
    return Array.isArray(tags) ? tags : [];
  });
}
