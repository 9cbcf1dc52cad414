import { isObject, type JsonValue } from '../base/json.ts';
import { encodeComponent, encodeForm, encodeReservedPath, encodeReservedQuery } from './encode.ts';
import { mediaKind } from './media.ts';
import type { Parameter, ParameterStyle } from './model.ts';

/** Where the parts of a request are collected while arguments are written. */
export interface RequestSink {
  /** Encoded text for each slot of the path. */
  path: Map<string, string>;
  /** Encoded `name=value` pairs. */
  query: string[];
  /** Names in lower case. */
  headers: Record<string, string>;
  /** `name=value` pairs. */
  cookies: string[];
}

/** Writes one value into the request; a text returned says why the value cannot be sent. */
export type ParameterWriter = (value: JsonValue, sink: RequestSink) => string | undefined;

/** Prepares the writer of a parameter: its style and explode are decided once, here. */
export function createParameterWriter(parameter: Parameter): ParameterWriter {
  switch (parameter.in) {
    case 'path':
      return createPathWriter(parameter);
    case 'header':
      return createHeaderWriter(parameter);
    case 'cookie':
      return createCookieWriter(parameter);
    case 'querystring':
      return createQuerystringWriter(parameter);
    default:
      return createQueryWriter(parameter);
  }
}

/** The text of a value inside a style: nested lists and objects, which no style knows, are written as JSON. */
function toText(value: JsonValue): string {
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Elements that are null are left out, as RFC 6570 does with undefined ones. */
function itemsOf(list: readonly JsonValue[]): string[] {
  return list.filter((item) => item !== null).map(toText);
}

function pairsOf(value: object): [string, string][] {
  const pairs: [string, string][] = [];
  for (const [name, member] of Object.entries(value) as [string, JsonValue | undefined][]) {
    if (member !== undefined && member !== null) pairs.push([name, toText(member)]);
  }
  return pairs;
}

/** How a parameter's value is written when it is described by a media type. */
function toContent(mediaType: string): (value: JsonValue) => string {
  const kind = mediaKind(mediaType);
  if (kind === 'json' || kind === 'json-lines') return (value) => JSON.stringify(value);
  if (kind === 'form') return (value) => (isObject(value) ? formPairs(value) : toText(value));
  return toText;
}

function formPairs(value: object): string {
  return pairsOf(value)
    .map(([name, text]) => `${encodeForm(name)}=${encodeForm(text)}`)
    .join('&');
}

function createPathWriter({ name, style, explode, allowReserved, mediaType }: Parameter): ParameterWriter {
  const encode = allowReserved ? encodeReservedPath : encodeComponent;
  const format =
    mediaType !== undefined
      ? (value: JsonValue) => encode(toContent(mediaType)(value))
      : pathFormat(name, style, explode, encode);
  return (value, sink) => {
    if (value === null) return 'null cannot stand in a path';
    const text = format(value);
    if (text === '') return 'an empty value cannot stand in a path';
    if (hasDotSegment(text)) return 'the value would lead to another path (it holds a "." or ".." segment)';
    sink.path.set(name, text);
    return undefined;
  };
}

/** RFC 6570: simple is `{a}`, label `{.a}`, matrix `{;a}`. */
function pathFormat(
  name: string,
  style: ParameterStyle,
  explode: boolean,
  encode: (text: string) => string,
): (value: JsonValue) => string {
  const prefix = style === 'label' ? '.' : style === 'matrix' ? ';' : '';
  const separator = explode && prefix !== '' ? prefix : ',';
  const key = encodeComponent(name);
  return (value) => {
    if (Array.isArray(value)) {
      const items = itemsOf(value).map(encode);
      if (items.length === 0) return '';
      if (style !== 'matrix') return prefix + items.join(separator);
      return explode ? items.map((item) => `;${key}=${item}`).join('') : `;${key}=${items.join(',')}`;
    }
    if (isObject(value)) {
      const pairs = pairsOf(value).map(([member, text]) => [encode(member), encode(text)] as const);
      if (pairs.length === 0) return '';
      if (explode) return prefix + pairs.map(([member, text]) => `${member}=${text}`).join(separator);
      const flat = pairs.flat().join(',');
      return style === 'matrix' ? `;${key}=${flat}` : prefix + flat;
    }
    const text = encode(toText(value));
    if (text === '') return '';
    return style === 'matrix' ? `;${key}=${text}` : prefix + text;
  };
}

/**
 * Whether a path value means "here" or "one up" once somebody decodes it. No encoding helps: URL parsers read `%2E%2E`
 * as `..`, and servers that decode `%2F` see the segments behind it.
 */
export function hasDotSegment(text: string): boolean {
  let decoded = text;
  for (let round = 0; round < 3 && decoded.includes('%'); round++) {
    decoded = decoded.replace(/%(2e|2f|3b|5c|25)/gi, (code) => decodeURIComponent(code));
  }
  return /(^|[/\\])\.{1,2}([/\\;]|$)/.test(decoded);
}

/** Adds the prepared pairs of a query parameter. */
function createQueryWriter(parameter: Parameter): ParameterWriter {
  const { name, style, explode, mediaType } = parameter;
  const encode = parameter.allowReserved ? encodeReservedQuery : encodeComponent;
  if (mediaType !== undefined) {
    const content = toContent(mediaType);
    return (value, sink) => {
      sink.query.push(`${encodeComponent(name)}=${encode(content(value))}`);
      return undefined;
    };
  }
  return (value, sink) => {
    if (value !== null) writeStyled(sink.query, name, value, { style, explode, encode, encodeName: encodeComponent });
    return undefined;
  };
}

/** How {@link writeStyled} writes. */
export interface StyledOptions {
  style: ParameterStyle;
  explode: boolean;
  encode(text: string): string;
  encodeName(text: string): string;
}

const SEPARATORS: Partial<Record<ParameterStyle, string>> = {
  spaceDelimited: '%20',
  pipeDelimited: '%7C',
  tabDelimited: '%09',
};

/**
 * Writes a value as `name=value` pairs in a query style (OpenAPI 3.2, section 4.12.4). Values are encoded before they
 * are joined, so that a separator inside a value stays one. An empty list or object writes nothing.
 */
export function writeStyled(pairs: string[], name: string, value: JsonValue, options: StyledOptions): void {
  const { style, explode, encode, encodeName } = options;
  const key = encodeName(name);
  if (typeof value !== 'object' || value === null) {
    pairs.push(`${key}=${encode(toText(value))}`);
    return;
  }
  if (style === 'deepObject') {
    writeDeep(pairs, name, value, options);
    return;
  }
  const separator = SEPARATORS[style] ?? ',';
  if (Array.isArray(value)) {
    const items = itemsOf(value).map(encode);
    if (items.length === 0) return;
    if (explode) for (const item of items) pairs.push(`${key}=${item}`);
    else pairs.push(`${key}=${items.join(separator)}`);
    return;
  }
  const members = pairsOf(value);
  if (members.length === 0) return;
  if (explode) for (const [member, text] of members) pairs.push(`${encodeName(member)}=${encode(text)}`);
  else pairs.push(`${key}=${members.flatMap(([member, text]) => [encode(member), encode(text)]).join(separator)}`);
}

/** `filter[a][b]=c`. Lists repeat their name, lists of lists or objects are numbered: `a[0][b]=c`. */
function writeDeep(pairs: string[], name: string, value: JsonValue, options: StyledOptions): void {
  if (value === null) return;
  if (typeof value !== 'object') {
    pairs.push(`${options.encodeName(name)}=${options.encode(toText(value))}`);
  } else if (Array.isArray(value)) {
    const isFlat = value.every((item) => typeof item !== 'object' || item === null);
    value.forEach((item, index) => {
      writeDeep(pairs, isFlat ? name : `${name}[${index}]`, item, options);
    });
  } else {
    for (const [member, inner] of Object.entries(value)) writeDeep(pairs, `${name}[${member}]`, inner ?? null, options);
  }
}

/** The whole query from one value (3.2). */
function createQuerystringWriter({ mediaType = 'application/x-www-form-urlencoded' }: Parameter): ParameterWriter {
  const isForm = mediaKind(mediaType) === 'form';
  const content = toContent(mediaType);
  return (value, sink) => {
    const text = isForm && isObject(value) ? formPairs(value) : encodeComponent(content(value));
    if (value !== null && text !== '') sink.query.push(text);
    return undefined;
  };
}

/** Characters that would end a header line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const HEADER_BREAKING = /[\u0000-\u0008\u000a-\u001f\u007f]/;

function createHeaderWriter({ name, explode, mediaType }: Parameter): ParameterWriter {
  const header = name.toLowerCase();
  const format =
    mediaType !== undefined
      ? toContent(mediaType)
      : (value: JsonValue): string => {
          if (Array.isArray(value)) return itemsOf(value).join(',');
          if (!isObject(value)) return toText(value);
          const pairs = pairsOf(value);
          return explode ? pairs.map((pair) => pair.join('=')).join(',') : pairs.flat().join(',');
        };
  return (value, sink) => {
    if (value === null) return undefined;
    const text = format(value);
    if (HEADER_BREAKING.test(text)) return 'a header cannot hold line breaks or other control characters';
    sink.headers[header] = toLatin1(text);
    return undefined;
  };
}

/** Header values are bytes; text beyond Latin-1 goes out as UTF-8. */
function toLatin1(text: string): string {
  return /[\u0100-\uffff]/.test(text) ? Buffer.from(text).toString('latin1') : text;
}

function createCookieWriter({ name, style, explode, mediaType }: Parameter): ParameterWriter {
  const isRaw = style === 'cookie';
  const encode = isRaw ? (text: string) => text : encodeComponent;
  const options = { style: 'form', explode, encode, encodeName: encode } as const;
  return (value, sink) => {
    if (value === null) return undefined;
    const pairs: string[] = [];
    if (mediaType !== undefined) pairs.push(`${encode(name)}=${encode(toContent(mediaType)(value))}`);
    else writeStyled(pairs, name, value, options);
    if (isRaw && pairs.some((pair) => HEADER_BREAKING.test(pair) || /;/.test(pair))) {
      return 'a cookie cannot hold semicolons, line breaks or other control characters';
    }
    sink.cookies.push(...pairs.map(toLatin1));
    return undefined;
  };
}
