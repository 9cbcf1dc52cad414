import type { JsonObject, JsonValue } from '../base/json.ts';
import type { ArgumentDraft, ArgumentPlan, BodyArguments, ParameterArgument } from './argument-plan.ts';
import { type BodyDraft, draftBody } from './body-arguments.ts';
import type { Operation, Parameter } from './model.ts';
import { argumentName, claimName } from './names.ts';
import type { SchemaConverter } from './schema.ts';
import { MAX_SCHEMA_DESCRIPTION } from './schema-keywords.ts';
import { cleanText } from './text.ts';

/** Size of the shared schemas that one tool may carry, as JSON. */
export const MAX_DEFINITIONS_BYTES: number = 32 * 1024;
const MAX_EXAMPLE_LENGTH = 500;
/** More rules than this are not written out; the API itself then says what is missing. */
const MAX_DEPENDENCIES = 2500;

/** Headers that are not a caller's to set: the specification ignores them, or they would break the message. */
const RESERVED_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Decides the arguments of an operation's tool: one per parameter, one per property of a plain object body, else one
 * for the body. A name that stands in several places gets its location as a suffix (`id__path`); the body keeps it.
 *
 * @param isManaged tells parameters that the operator fills in (credentials, fixed headers); they are no arguments.
 */
export function planArguments(
  operation: Operation,
  converter: SchemaConverter,
  isManaged: (parameter: Parameter) => boolean,
): ArgumentPlan {
  const parameters = operation.parameters.filter((parameter) => {
    const isReserved = parameter.in === 'header' && RESERVED_HEADERS.has(parameter.name.toLowerCase());
    return !isReserved && !isManaged(parameter);
  });
  const body = draftBody(operation.body, converter);
  const drafts = [...(body?.drafts ?? []), ...parameters.map((parameter) => draftParameter(parameter, converter))];
  const names = assignNames(drafts);
  const nameOf = (draft: ArgumentDraft): string => names.get(draft) ?? draft.wanted;

  const properties: JsonObject = {};
  const required: string[] = [];
  for (const draft of drafts) {
    const argument = nameOf(draft);
    properties[argument] = argument === draft.name ? draft.schema : explainName(draft);
    if (draft.required) required.push(argument);
  }
  const schemas = drafts.map(({ schema }): JsonValue => schema);
  if (body?.additional !== undefined) schemas.push(body.additional);
  const definitions = converter.definitions(schemas, MAX_DEFINITIONS_BYTES);
  const needed = body === undefined ? {} : dependencies(body, nameOf);
  return {
    inputSchema: {
      type: 'object',
      properties,
      ...(required.length > 0 ? { required } : {}),
      ...(Object.keys(needed).length > 0 ? { dependentRequired: needed } : {}),
      additionalProperties: body?.additional ?? false,
      ...(definitions === undefined ? {} : { $defs: definitions }),
    },
    parameters: drafts.flatMap((draft) => parameterArgument(draft, nameOf(draft))),
    ...(body === undefined ? {} : { body: finishBody(body, drafts, nameOf) }),
    aliases: aliasesOf(drafts, nameOf),
  };
}

function draftParameter(parameter: Parameter, converter: SchemaConverter): ArgumentDraft {
  const converted = parameter.schema === undefined ? {} : converter.inline(converter.convert(parameter.schema));
  const schema: JsonObject = { ...converted };
  if (parameter.description !== undefined) {
    schema.description = cleanText(parameter.description, MAX_SCHEMA_DESCRIPTION);
  }
  if (parameter.deprecated) schema.deprecated = true;
  if (parameter.example !== undefined && JSON.stringify(parameter.example).length < MAX_EXAMPLE_LENGTH) {
    schema.examples = [parameter.example];
  }
  const required = parameter.required && fallbackOf(parameter, converted) === undefined;
  return { name: parameter.name, wanted: argumentName(parameter.name), schema, required, parameter };
}

/** The documented default of a required parameter: the API insists on a value, and this is the one it names. */
function fallbackOf(parameter: Parameter, schema: JsonObject): JsonValue | undefined {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof schema.default);
  return parameter.required && parameter.in !== 'path' && isPlain ? schema.default : undefined;
}

function parameterArgument({ parameter, schema, required }: ArgumentDraft, argument: string): ParameterArgument[] {
  if (parameter === undefined) return [];
  const fallback = fallbackOf(parameter, schema);
  return [{ parameter, argument, required, ...(fallback === undefined ? {} : { fallback }) }];
}

/** Gives each draft its argument name. Names that need no change are given out first, so that they keep their look. */
function assignNames(drafts: readonly ArgumentDraft[]): Map<ArgumentDraft, string> {
  const uses = countNames(drafts);
  const wishes = drafts.map((draft) => {
    // Different names that only look alike as arguments are numbered; equal ones say where they belong.
    const isShared = draft.parameter !== undefined && (uses.get(draft.name) ?? 0) > 1;
    const name = isShared ? argumentName(`${draft.wanted.slice(0, 50)}__${draft.parameter?.in}`) : draft.wanted;
    return { draft, name, rank: name === draft.name ? 0 : draft.parameter === undefined ? 1 : 2 };
  });
  const taken = new Set<string>();
  const names = new Map<ArgumentDraft, string>();
  for (const { draft, name } of wishes.sort((a, b) => a.rank - b.rank)) names.set(draft, claimName(name, taken));
  return names;
}

function countNames(drafts: readonly ArgumentDraft[]): Map<string, number> {
  const uses = new Map<string, number>();
  for (const { name } of drafts) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

function aliasesOf(drafts: readonly ArgumentDraft[], nameOf: (draft: ArgumentDraft) => string): Map<string, string> {
  const uses = countNames(drafts);
  const taken = new Set(drafts.map(nameOf));
  const aliases = new Map<string, string>();
  for (const draft of drafts) {
    if (uses.get(draft.name) === 1 && !taken.has(draft.name)) aliases.set(draft.name, nameOf(draft));
  }
  return aliases;
}

/** Says under which name and where an argument is sent when its own name does not tell. */
function explainName({ name, schema, parameter }: ArgumentDraft): JsonObject {
  const place = parameter === undefined ? 'the property' : `the ${parameter.in} parameter`;
  const hint = `Sent as ${place} ${JSON.stringify(cleanText(name, 100))}.`;
  const text = typeof schema.description === 'string' ? schema.description.replace(/(?<![.!?…])$/, '.') : '';
  return { ...schema, description: `${text} ${hint}`.trim() };
}

function dependencies(body: BodyDraft, nameOf: (draft: ArgumentDraft) => string): JsonObject {
  const rules: JsonObject = {};
  if (body.needed.length * body.drafts.length > MAX_DEPENDENCIES) return rules;
  const needed = body.needed.map(nameOf);
  for (const draft of body.drafts) {
    const others = needed.filter((name) => name !== nameOf(draft));
    if (others.length > 0) rules[nameOf(draft)] = others;
  }
  return rules;
}

function finishBody(
  body: BodyDraft,
  drafts: readonly ArgumentDraft[],
  nameOf: (draft: ArgumentDraft) => string,
): BodyArguments {
  const { media, required, files } = body;
  const [only] = body.drafts;
  if (body.kind === 'whole' && only !== undefined) {
    return { kind: 'whole', media, required, files, argument: nameOf(only) };
  }
  return {
    kind: 'flat',
    media,
    required,
    files,
    properties: body.drafts.map((draft) => ({ argument: nameOf(draft), name: draft.name })),
    passesOthers: body.additional !== undefined,
    otherArguments: drafts.filter(({ parameter }) => parameter !== undefined).map(nameOf),
  };
}
