/** The parts of a URL reference that the rules look at; `scheme` is lower case, absent parts are empty. */
export interface UrlReference {
  scheme: string;
  /** Host with its port, without user information. */
  authority: string;
  /** Host without port and brackets, lower case. */
  hostname: string;
  /** What follows `scheme:`, with authority, query and fragment. */
  rest: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f]/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const BAD_HOST = /[\s"<>\\^`{}|]/;

/**
 * Reads a URL reference as RFC 3986 writes it. The WHATWG parser is not used here: it repairs what is wrong
 * (`http:example.com`, backslashes, spaces) and so would accept documents that other registries refuse.
 *
 * @returns the parts, or the reason why it is none.
 */
export function parseUrlReference(text: string): UrlReference | string {
  if (CONTROL.test(text)) return 'invalid control character in URL';
  const beforeFragment = text.split('#', 1)[0] ?? '';
  const scheme = schemeOf(beforeFragment);
  if (scheme === undefined) return 'missing protocol scheme';
  const rest = scheme === '' ? beforeFragment : beforeFragment.slice(scheme.length + 1);
  const beforeQuery = rest.split('?', 1)[0] ?? '';
  if (scheme === '' && (beforeQuery.split('/', 1)[0] ?? '').includes(':')) {
    return 'first path segment in URL cannot contain colon';
  }
  if (BAD_ESCAPE.test(beforeQuery)) return 'invalid URL escape';
  const authority = beforeQuery.startsWith('//') ? (beforeQuery.slice(2).split('/', 1)[0] ?? '') : '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(host);
  if (!match) return 'invalid port or host';
  const name = match[1] ?? '';
  if (BAD_HOST.test(name)) return 'invalid character in host name';
  return {
    scheme: scheme.toLowerCase(),
    authority: host,
    hostname: name.replace(/^\[|\]$/g, '').toLowerCase(),
    rest,
  };
}

/** The scheme, empty when there is none, undefined when the text begins with a colon. */
function schemeOf(text: string): string | undefined {
  if (text.startsWith(':')) return undefined;
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? '';
}
