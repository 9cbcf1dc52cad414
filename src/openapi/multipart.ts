import { randomBytes } from 'node:crypto';
import { isObject, type JsonValue } from '../base/json.ts';
import type { WrittenBody } from './argument-plan.ts';
import { readFile } from './files.ts';
import { essence } from './media.ts';
import type { MediaType } from './model.ts';

/**
 * Writes a multipart body (RFC 7578): one part per property, lists as one part per element, objects as JSON.
 *
 * @param files names of the properties that are files.
 */
export function createMultipart(value: JsonValue, media: MediaType, files: ReadonlySet<string>): WrittenBody {
  if (!isObject(value)) return { problem: 'a multipart body is an object with one property per part' };
  const boundary = `----mcp-hub-${randomBytes(16).toString('hex')}`;
  const parts: Buffer[] = [];
  const add = (headers: readonly string[], content: string | Buffer): void => {
    parts.push(
      Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from('\r\n'),
    );
  };
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || member === null) continue;
    const declared = media.encoding.get(name)?.contentType?.split(',', 1)[0]?.trim();
    const disposition = `Content-Disposition: form-data; name="${quoted(name)}"`;
    for (const item of Array.isArray(member) ? member : [member]) {
      if (files.has(name)) {
        const file = readFile(item);
        if (typeof file === 'string') return { problem: file, argument: name };
        const type = concrete(file.contentType) ?? concrete(declared) ?? 'application/octet-stream';
        add([`${disposition}; filename="${quoted(file.filename ?? name)}"`, `Content-Type: ${type}`], file.bytes);
      } else if (typeof item === 'object') {
        add([disposition, `Content-Type: ${concrete(declared) ?? 'application/json'}`], JSON.stringify(item));
      } else {
        const type = concrete(declared);
        add([disposition, ...(type === undefined ? [] : [`Content-Type: ${type}`])], String(item));
      }
    }
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  const type = essence(media.type) === 'multipart/*' ? 'multipart/form-data' : essence(media.type);
  return { content: Buffer.concat(parts), contentType: `${type}; boundary=${boundary}` };
}

/** Escapes as the WHATWG form algorithm does; a name cannot leave its quotes or its line. */
function quoted(text: string): string {
  return text.replace(/"/g, '%22').replace(/\r\n|\r|\n/g, '%0D%0A');
}

/** A media type that may stand in a header: no range, and nothing that would end the line. */
function concrete(type: string | undefined): string | undefined {
  return type !== undefined && !type.includes('*') && /^[\x21-\x7e]+\/[\x20-\x7e]+$/.test(type) ? type : undefined;
}
