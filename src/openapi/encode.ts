/** Text without lone surrogates, which have no UTF-8 form. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd');
}

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Percent-encodes everything but RFC 3986 unreserved characters. */
export function encodeComponent(text: string): string {
  return encodeURIComponent(wellFormed(text)).replace(/[!'()*]/g, percent);
}

/**
 * Percent-encodes for a query with `allowReserved` (RFC 6570, section 3.2.3): reserved characters and existing
 * percent-encodings pass. `#`, `[` and `]` are not legal in a query, and `&` and `+` would change what the query says,
 * so these are encoded all the same.
 */
export function encodeReservedQuery(text: string): string {
  return encodeURI(wellFormed(text))
    .replace(/[#[\]&+]/g, percent)
    .replace(/%25([0-9A-Fa-f]{2})/g, '%$1');
}

/** The same for a path, where `/`, `?` and `#` end a segment. */
export function encodeReservedPath(text: string): string {
  return encodeURI(wellFormed(text))
    .replace(/[#[\]/?]/g, percent)
    .replace(/%25([0-9A-Fa-f]{2})/g, '%$1');
}

/** Percent-encodes what may not stand in a path or query as it was written in the document; the rest stays. */
export function encodeLiteral(text: string): string {
  return encodeURI(wellFormed(text))
    .replace(/[[\]]/g, percent)
    .replace(/%25([0-9A-Fa-f]{2})/g, '%$1');
}

/** `application/x-www-form-urlencoded` (WHATWG URL, section 5.2): as a component, with `+` for a space. */
export function encodeForm(text: string): string {
  return encodeComponent(text).replace(/%20/g, '+');
}
