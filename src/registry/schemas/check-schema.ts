import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { JsonObject } from '../../base/json.ts';
import type { Issue } from '../issues.ts';
import { schemaVersionOf } from '../schema-version.ts';
import { revisionOf } from './revisions.ts';
import { serverSchema } from './server-schema.ts';

/** Most findings that one check reports. */
const MAX_ISSUES = 100;
const MAX_SHOWN = 200;

/** A compiled revision, and where each of its parts stands: Ajv itself tells that from the nearest `$ref` only. */
interface CompiledSchema {
  validate: ValidateFunction;
  pointers: ReadonlyMap<object, string>;
}

const compiled = new Map<string, CompiledSchema>();

/**
 * Checks a document against the JSON Schema that its `$schema` names (registry-api.md, section 5.5). A document that
 * names no published revision has no findings here: that it names none is a finding of the rules.
 *
 * @param maxDescriptionLength - code points; the published value is 100.
 */
export function checkSchema(document: JsonObject, maxDescriptionLength: number): Issue[] {
  const version = typeof document.$schema === 'string' ? schemaVersionOf(document.$schema) : undefined;
  const schema = version === undefined ? undefined : compiledSchema(version, maxDescriptionLength);
  if (schema === undefined || schema.validate(document)) return [];
  const issues: Issue[] = [];
  for (const error of schema.validate.errors ?? []) {
    const reference = `${schema.pointers.get(error.parentSchema ?? {}) ?? '#'}/${error.keyword}`;
    if (isCause(error, reference) && issues.length < MAX_ISSUES) issues.push(toIssue(error, reference));
  }
  return issues;
}

/** A revision, compiled when it is first asked for; undefined when there is no such revision. */
function compiledSchema(version: string, maxDescriptionLength: number): CompiledSchema | undefined {
  const revision = revisionOf(version);
  if (revision === undefined) return undefined;
  const key = `${version} ${maxDescriptionLength}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  // Written out and read again, so that no two places share an object.
  const schema = JSON.parse(JSON.stringify(serverSchema(version, revision, maxDescriptionLength)));
  const ajv = addFormats.default(new Ajv({ allErrors: true, strict: false, verbose: true }));
  const made: CompiledSchema = { validate: ajv.compile(schema), pointers: pointersOf(schema) };
  compiled.set(key, made);
  return made;
}

function pointersOf(schema: object): Map<object, string> {
  const pointers = new Map<object, string>();
  const walk = (value: unknown, pointer: string): void => {
    if (typeof value !== 'object' || value === null) return;
    pointers.set(value, pointer);
    for (const [key, member] of Object.entries(value)) walk(member, `${pointer}/${key.replaceAll('/', '~1')}`);
  };
  walk(schema, '#');
  return pointers;
}

/** Errors that only repeat others: that a branch was taken, and each branch of a choice of which none fits. */
function isCause({ keyword }: ErrorObject, reference: string): boolean {
  return keyword !== 'if' && !/\/anyOf\/\d+\//.test(reference);
}

function toIssue(error: ErrorObject, reference: string): Issue {
  return {
    type: 'schema',
    path: pathOf(error.instancePath),
    message: messageOf(error),
    severity: 'error',
    reference,
  };
}

/** `/packages/0/transport` as `packages[0].transport`; empty for the document itself. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part, at) => (/^\d+$/.test(part) ? `[${part}]` : at === 0 ? part : `.${part}`))
    .join('');
}

function messageOf({ keyword, params, message, data }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return `the required member '${params.missingProperty}' is missing`;
    case 'additionalProperties':
      return `the member '${params.additionalProperty}' is not known to this schema version`;
    case 'enum':
      return `must be one of ${(params.allowedValues as string[]).join(', ')}${shown(data)}`;
    case 'anyOf':
      return 'a positional argument needs valueHint or value';
    case 'not':
      return "must not be 'latest'; write an exact version";
    default:
      return `${message?.replace('NOT', 'not') ?? 'does not fit the schema'}${shown(data)}`;
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `, not '${value.slice(0, MAX_SHOWN)}'` : '';
}
