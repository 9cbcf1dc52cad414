import type { JsonObject, JsonValue } from '../base/json.ts';
import { isObject } from '../base/json.ts';
import type { BodyArguments, WrittenBody } from './argument-plan.ts';
import { encodeForm } from './encode.ts';
import { readFile } from './files.ts';
import { essence, mediaKind } from './media.ts';
import type { MediaType } from './model.ts';
import { createMultipart } from './multipart.ts';
import { writeStyled } from './parameters.ts';

/** Writes the body of one operation; undefined when the arguments give none. */
export type BodyWriter = (values: JsonObject) => WrittenBody | undefined;

/** Prepares the writer of a body: its media type and its properties are decided once, here. */
export function createBodyWriter(body: BodyArguments): BodyWriter {
  const encode = createEncoder(body.media, body.files);
  if (body.kind === 'whole') {
    const { argument, required } = body;
    return (values) => {
      const value = values[argument];
      if (value === undefined) return required ? { problem: 'it is missing', argument } : undefined;
      const written = encode(value);
      return 'problem' in written ? { ...written, argument } : written;
    };
  }
  const { properties, passesOthers, required } = body;
  const known = new Set([...properties.map(({ argument }) => argument), ...body.otherArguments]);
  const argumentOf = new Map(properties.map(({ argument, name }) => [name, argument]));
  return (values) => {
    const content: JsonObject = {};
    let isGiven = required;
    for (const { argument, name } of properties) {
      const value = values[argument];
      // An explicit null is a value: it is how a PATCH clears a field.
      if (value === undefined) continue;
      content[name] = value;
      isGiven = true;
    }
    for (const [name, value] of passesOthers ? Object.entries(values) : []) {
      if (value === undefined || known.has(name) || name === '__proto__') continue;
      content[name] = value;
      isGiven = true;
    }
    if (!isGiven) return undefined;
    const written = encode(content);
    const name = 'problem' in written ? written.argument : undefined;
    return name === undefined ? written : { ...written, argument: argumentOf.get(name) ?? name };
  };
}

type Encoder = (value: JsonValue) => WrittenBody;

function createEncoder(media: MediaType, files: ReadonlySet<string>): Encoder {
  const contentType = concreteType(media.type);
  switch (mediaKind(contentType)) {
    case 'json':
      return (value) => ({ content: JSON.stringify(value), contentType });
    case 'json-lines':
      return (value) => ({ content: toLines(value, essence(contentType).endsWith('json-seq')), contentType });
    case 'form':
      return (value) => ({ content: typeof value === 'string' ? value : toForm(value, media), contentType });
    case 'multipart':
      return (value) => createMultipart(value, media, files);
    case 'text':
      return (value) => ({ content: typeof value === 'string' ? value : JSON.stringify(value), contentType });
    default:
      return (value) => {
        const file = readFile(value);
        if (typeof file === 'string') return { problem: file };
        // A range such as image/* leaves the exact type to the caller.
        const isRange = contentType.includes('*');
        return {
          content: file.bytes,
          contentType: isRange ? (file.contentType ?? 'application/octet-stream') : contentType,
        };
      };
  }
}

/** Ranges that stand for JSON in real documents. */
function concreteType(type: string): string {
  const range = essence(type);
  return range === 'application/*+json' || range === 'text/*+json' ? 'application/json' : type;
}

/** One JSON value per line, or JSON text sequences (RFC 7464), where each begins with a record separator. */
function toLines(value: JsonValue, isSequence: boolean): string {
  if (typeof value === 'string') return value;
  const items = Array.isArray(value) ? value : [value];
  return items.map((item) => `${isSequence ? '\u001e' : ''}${JSON.stringify(item)}\n`).join('');
}

/**
 * `application/x-www-form-urlencoded`. Lists repeat their name; objects are JSON unless the document's `encoding`
 * names a style (OpenAPI 3.2, section 4.15).
 */
function toForm(value: JsonValue, media: MediaType): string {
  const pairs: string[] = [];
  if (!isObject(value)) return encodeForm(JSON.stringify(value));
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || member === null) continue;
    const encoding = media.encoding.get(name);
    const isStyled = encoding?.style !== undefined || encoding?.explode !== undefined;
    if (isObject(member) && !isStyled) {
      pairs.push(`${encodeForm(name)}=${encodeForm(JSON.stringify(member))}`);
      continue;
    }
    const style = encoding?.style ?? 'form';
    writeStyled(pairs, name, member, {
      style,
      explode: encoding?.explode ?? style === 'form',
      encode: encodeForm,
      encodeName: encodeForm,
    });
  }
  return pairs.join('&');
}
