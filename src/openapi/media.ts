/** What a media type is to the hub. */
export type MediaKind = 'json' | 'json-lines' | 'form' | 'multipart' | 'text' | 'bytes';

/** `type/subtype` in lower case, without parameters. */
export function essence(mediaType: string): string {
  return (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** The charset parameter of a media type, or `utf-8`. */
export function charsetOf(mediaType: string): string {
  return /;\s*charset="?([^\s";]+)/i.exec(mediaType)?.[1]?.toLowerCase() ?? 'utf-8';
}

const JSON_LINES = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/json-lines',
  'application/x-jsonlines',
  'application/json-seq',
  'application/geo+json-seq',
]);
const TEXT = new Set([
  'application/xml',
  'application/yaml',
  'application/x-yaml',
  'application/javascript',
  'application/ecmascript',
  'application/graphql',
  'application/sql',
  'application/toml',
  'application/xhtml+xml',
  'application/x-sh',
  'image/svg+xml',
]);

/** Sorts a media type, given with or without parameters. Ranges such as `text/*` and `*\/*` are sorted as well. */
export function mediaKind(mediaType: string): MediaKind {
  const type = essence(mediaType);
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  if (JSON_LINES.has(type)) return 'json-lines';
  if (type === 'application/json' || type === 'text/json' || type.endsWith('+json')) return 'json';
  if (type.startsWith('text/') || type.endsWith('+xml') || type.endsWith('+yaml') || TEXT.has(type)) return 'text';
  return 'bytes';
}

const ORDER: readonly MediaKind[] = ['json', 'form', 'multipart', 'json-lines', 'text', 'bytes'];

/** The rank of a media type when several are offered for one body; lower is better. Plain JSON is best. */
export function mediaRank(mediaType: string): number {
  const type = essence(mediaType);
  if (type === 'application/json') return 0;
  if (type === '*/*' || type === 'application/*') return 1.5;
  return 1 + ORDER.indexOf(mediaKind(type)) + (type.includes('patch+') ? 0.2 : 0);
}
