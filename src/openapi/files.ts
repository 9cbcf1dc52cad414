import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** A file as an argument: base64 text, or an object that also says its name and type. */
export interface FileValue {
  bytes: Buffer;
  filename?: string;
  contentType?: string;
}

/** The input schema of an argument that is a file. */
export const FILE_SCHEMA: JsonObject = {
  anyOf: [
    { type: 'string', contentEncoding: 'base64', description: 'The bytes as base64.' },
    {
      type: 'object',
      properties: {
        base64: { type: 'string', contentEncoding: 'base64', description: 'The bytes as base64.' },
        text: { type: 'string', description: 'The content of a text file; instead of base64.' },
        filename: { type: 'string' },
        contentType: { type: 'string', description: 'Media type of the content.' },
      },
      additionalProperties: false,
    },
  ],
};

/** Reads a file argument; a text returned says what is wrong with it. */
export function readFile(value: JsonValue | undefined): FileValue | string {
  if (typeof value === 'string') return decodeBase64(value);
  if (!isObject(value)) return 'a file is base64 text, or an object with base64 or text';
  const content =
    typeof value.text === 'string' && value.base64 === undefined
      ? { bytes: Buffer.from(value.text) }
      : typeof value.base64 === 'string'
        ? decodeBase64(value.base64)
        : 'a file object needs base64 or text';
  if (typeof content === 'string') return content;
  return {
    ...content,
    ...(typeof value.filename === 'string' ? { filename: value.filename } : {}),
    ...(typeof value.contentType === 'string' ? { contentType: value.contentType } : {}),
  };
}

/** Takes base64 and base64url, also with line breaks or as a data URL; Node would skip anything else in silence. */
function decodeBase64(text: string): FileValue | string {
  const dataUrl = /^data:([^;,]*)(?:;[^,]*)?;base64,/.exec(text);
  const base64 = text.slice(dataUrl?.[0].length ?? 0).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64)) return 'the text is not base64';
  return {
    bytes: Buffer.from(base64, 'base64'),
    ...(dataUrl?.[1] ? { contentType: dataUrl[1] } : {}),
  };
}

/**
 * Whether a converted schema is a file where bytes can be sent: `format: binary`, a media type without a text encoding
 * (3.1), or a list of such.
 */
export function isFileSchema(schema: JsonObject): boolean {
  if (schema.type !== 'string' && schema.type !== undefined) return false;
  if (schema.format === 'binary') return true;
  if (schema.contentEncoding !== undefined || typeof schema.contentMediaType !== 'string') return false;
  return !/^(text\/|application\/json)/.test(schema.contentMediaType);
}
