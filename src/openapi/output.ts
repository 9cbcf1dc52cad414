import type { JsonObject } from '../base/json.ts';
import { essence, mediaKind } from './media.ts';
import type { MediaType, Operation, ResponseModel } from './model.ts';
import { objectShape } from './object-shape.ts';
import type { SchemaConverter } from './schema.ts';

/** Largest output schema that is shown, as JSON: it is paid for in every list and helps only to read the answer. */
export const MAX_OUTPUT_SCHEMA_BYTES: number = 8 * 1024;

const ORDER = ['200', '201', '202', '203', '206', '204'];
const LAST = 99;

function rankOf(status: string): number {
  const at = ORDER.indexOf(status);
  return at >= 0 ? at : /^2(\d\d|XX)$/i.test(status) ? ORDER.length : LAST;
}

/** The media types that a success may come in, the most likely status first; without any, those of `default`. */
export function successMedia(responses: readonly ResponseModel[]): MediaType[] {
  const successes = responses.filter(({ status }) => rankOf(status) < LAST);
  const chosen = successes.length > 0 ? successes : responses.filter(({ status }) => status === 'default');
  const known = new Set<string>();
  return [...chosen]
    .sort((a, b) => rankOf(a.status) - rankOf(b.status))
    .flatMap(({ media }) => media)
    .filter(({ type }) => !known.has(essence(type)) && known.add(essence(type)));
}

/**
 * The output schema of an operation's tool, when its success is a JSON object whose schema is small enough. The schema
 * describes and demands nothing, so that an answer which drifts from the document can still be delivered.
 *
 * @param converter one with direction `output`.
 */
export function planOutput(operation: Operation, converter: SchemaConverter): JsonObject | undefined {
  const media = successMedia(operation.responses).find(({ type }) => mediaKind(type) === 'json');
  if (media?.schema === undefined) return undefined;
  const root = converter.inline(converter.convert(media.schema));
  // Variants at the top have no place in an output schema, which is an object.
  if (root.anyOf !== undefined || objectShape(root, converter.expand) === undefined) return undefined;
  const definitions = converter.definitions([root], MAX_OUTPUT_SCHEMA_BYTES);
  const schema: JsonObject = { ...root, type: 'object', ...(definitions === undefined ? {} : { $defs: definitions }) };
  return JSON.stringify(schema).length <= MAX_OUTPUT_SCHEMA_BYTES ? schema : undefined;
}
