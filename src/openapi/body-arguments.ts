import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { ArgumentDraft, BodyArguments } from './argument-plan.ts';
import { FILE_SCHEMA, isFileSchema } from './files.ts';
import { type MediaKind, mediaKind, mediaRank } from './media.ts';
import type { MediaType, RequestBody } from './model.ts';
import { argumentName } from './names.ts';
import { objectShape } from './object-shape.ts';
import type { SchemaConverter } from './schema.ts';
import { MAX_SCHEMA_DESCRIPTION } from './schema-keywords.ts';
import { cleanText } from './text.ts';

/** The arguments that make a body, before they have their names. */
export interface BodyDraft {
  kind: BodyArguments['kind'];
  media: MediaType;
  required: boolean;
  drafts: readonly ArgumentDraft[];
  files: ReadonlySet<string>;
  /** What further arguments may be, when they are further properties of the body. */
  additional: JsonValue | undefined;
  /** Arguments that must come along as soon as any part of an optional body is given. */
  needed: readonly ArgumentDraft[];
}

/** Chooses the media type by quality and drafts one argument per property of a plain object, else one for the body. */
export function draftBody(body: RequestBody | undefined, converter: SchemaConverter): BodyDraft | undefined {
  const [media] = [...(body?.media ?? [])].sort((a, b) => mediaRank(a.type) - mediaRank(b.type));
  if (body === undefined || media === undefined) return undefined;
  const kind = mediaKind(media.type);
  const schema = media.schema === undefined ? {} : converter.convert(media.schema);
  const isStructured = kind === 'json' || kind === 'form' || kind === 'multipart';
  const shape = isStructured ? objectShape(schema, converter.expand) : undefined;
  if (shape === undefined) return wholeBody(body, media, kind, schema, converter);

  const files = new Set<string>();
  // A body that is not said to be optional is needed when its properties are.
  const isOptional = body.required === false || (body.required === undefined && shape.required.size === 0);
  const drafts: ArgumentDraft[] = [];
  const needed: ArgumentDraft[] = [];
  for (const [name, property] of shape.properties) {
    const file = kind === 'multipart' ? fileSchema(property, name, media, converter) : undefined;
    if (file !== undefined) files.add(name);
    const isNeeded = shape.required.has(name);
    const draft = {
      name,
      wanted: argumentName(name),
      schema: file ?? property,
      required: isNeeded && !isOptional,
    };
    drafts.push(draft);
    if (isOptional && isNeeded) needed.push(draft);
  }
  return { kind: 'flat', media, required: !isOptional, drafts, files, additional: shape.additional, needed };
}

function wholeBody(
  body: RequestBody,
  media: MediaType,
  kind: MediaKind,
  schema: JsonObject,
  converter: SchemaConverter,
): BodyDraft {
  const required = body.required === true;
  const argument = wholeSchema(kind, schema, converter);
  const description =
    argument.description ?? (body.description && cleanText(body.description, MAX_SCHEMA_DESCRIPTION)) ?? undefined;
  const draft = {
    name: 'body',
    wanted: 'body',
    schema: description === undefined ? argument : { ...argument, description },
    required,
  };
  return { kind: 'whole', media, required, drafts: [draft], files: new Set(), additional: undefined, needed: [] };
}

function wholeSchema(kind: MediaKind, schema: JsonObject, converter: SchemaConverter): JsonObject {
  const inlined = converter.inline(schema);
  const described = descriptionOf(inlined);
  if (kind === 'text') return inlined.type === 'string' ? inlined : { type: 'string', ...described };
  if (kind === 'bytes') return { ...FILE_SCHEMA, ...described };
  if (kind === 'json-lines' && inlined.type !== 'array') return { type: 'array', items: schema, ...described };
  // Parts have names, so whatever the document leaves unsaid is an object.
  if (kind === 'multipart' && inlined.anyOf === undefined) return { type: 'object', ...inlined };
  return inlined;
}

/** The schema of a property that is sent as a file part, also of a list of files; undefined for other properties. */
function fileSchema(
  property: JsonObject,
  name: string,
  media: MediaType,
  converter: SchemaConverter,
): JsonObject | undefined {
  const schema = converter.inline(property);
  const described = descriptionOf(schema);
  if (schema.type === 'array') {
    const isList = isObject(schema.items) && isFileSchema(converter.inline(schema.items));
    return isList ? { type: 'array', items: FILE_SCHEMA, ...described } : undefined;
  }
  const declared = media.encoding.get(name)?.contentType;
  const isBinaryPart = declared !== undefined && schema.type === 'string' && mediaKind(declared) === 'bytes';
  return isFileSchema(schema) || isBinaryPart ? { ...FILE_SCHEMA, ...described } : undefined;
}

function descriptionOf(schema: JsonObject): JsonObject {
  return schema.description === undefined ? {} : { description: schema.description };
}
