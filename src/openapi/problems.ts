import type { ErrorObject } from 'ajv';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { cleanText, showValue } from './text.ts';

/** Problems that are reported at once; more do not help anybody. */
export const MAX_PROBLEMS = 10;
const MAX_LISTED = 30;

/** Puts ajv's errors into sentences that name the argument, what is wrong with it and what would be right. */
export function describeProblems(errors: readonly ErrorObject[], schema: JsonObject): string[] {
  const variants = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'not');
  // What each variant says of a value that fits none of them is noise beside "fits none".
  const telling = errors.filter(
    (error) => error.keyword !== 'if' && !variants.some((variant) => variant !== error && isOfVariant(error, variant)),
  );
  const sentences = new Set<string>();
  for (const error of telling) {
    if (sentences.size >= MAX_PROBLEMS) break;
    sentences.add(describe(error, schema));
  }
  return [...sentences];
}

/** Whether an error is about a value inside the variants, and not beside them in the same schema. */
function isOfVariant(error: ErrorObject, variants: ErrorObject): boolean {
  const isInside =
    error.instancePath === variants.instancePath || error.instancePath.startsWith(`${variants.instancePath}/`);
  if (!isInside) return false;
  const around = variants.schemaPath.slice(0, variants.schemaPath.lastIndexOf('/') + 1);
  return error.schemaPath.startsWith(`${variants.schemaPath}/`) || !error.schemaPath.startsWith(around);
}

function describe(error: ErrorObject, schema: JsonObject): string {
  const { keyword, params, instancePath } = error;
  const where = nameOf(instancePath);
  const subject = where === '' ? 'The arguments' : `\`${where}\``;
  const inside = (name: string): string =>
    `\`${nameOf(`${instancePath}/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`)}\``;
  switch (keyword) {
    case 'required':
      return `${inside(params.missingProperty)} is missing${expectation(memberSchema(error, params.missingProperty))}.`;
    case 'dependentRequired':
      return `${inside(params.missingProperty)} is missing; it is needed together with \`${params.property}\`.`;
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = String(params.additionalProperty ?? params.unevaluatedProperty);
      return `${inside(name)} is not known${alternatives(error, name, schema)}.`;
    }
    case 'type':
      return `${subject} must be ${listed([params.type].flat(), 'or')}, not ${showValue(error.data)}.`;
    case 'enum':
      return `${subject} must be one of ${listed(
        params.allowedValues.map((value: unknown) => showValue(value)),
        'or',
      )}, not ${showValue(error.data)}.`;
    case 'const':
      return `${subject} must be ${showValue(params.allowedValue)}, not ${showValue(error.data)}.`;
    case 'pattern':
      return `${subject} must match the pattern ${showValue(params.pattern, 200)}, which ${showValue(error.data)} does not.`;
    case 'anyOf':
    case 'oneOf':
      return `${subject} fits none of its forms${forms(error.schema)}; got ${showValue(error.data)}.`;
    default:
      return `${subject} ${error.message ?? 'is not valid'}${where === '' ? '' : `; got ${showValue(error.data)}`}.`;
  }
}

/** `/filter/0/name` as people write it: `filter[0].name`. */
function nameOf(instancePath: string): string {
  return instancePath
    .split('/')
    .slice(1)
    .map((segment) => segment.replace(/~1/g, '/').replace(/~0/g, '~'))
    .reduce(
      (path, segment) =>
        /^\d+$/.test(segment) && path !== '' ? `${path}[${segment}]` : path === '' ? segment : `${path}.${segment}`,
      '',
    );
}

function memberSchema(error: ErrorObject, name: string): JsonValue | undefined {
  const properties: unknown = error.parentSchema?.properties;
  return isObject(properties) ? properties[name] : undefined;
}

/** ` (integer: how many to return)` */
function expectation(schema: JsonValue | undefined): string {
  if (!isObject(schema)) return '';
  const type = [schema.type].flat().filter((name) => typeof name === 'string');
  const description = typeof schema.description === 'string' ? cleanText(schema.description, 120) : '';
  const parts = [type.join(' or '), description].filter((part) => part !== '');
  return parts.length === 0 ? '' : ` (${parts.join(': ').replace(/\.$/, '')})`;
}

function alternatives(error: ErrorObject, name: string, schema: JsonObject): string {
  const properties: unknown = error.parentSchema?.properties ?? (error.instancePath === '' ? schema.properties : {});
  const names = isObject(properties) ? Object.keys(properties) : [];
  if (names.length === 0) return error.instancePath === '' ? '; this tool takes no arguments' : '';
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const near =
    names.find((known) => plain(known) === plain(name)) ?? names.find((known) => isNear(plain(known), plain(name)));
  if (near !== undefined) return `; perhaps \`${near}\` is meant`;
  return `; known are ${listed(
    names.map((known) => `\`${known}\``),
    'and',
  )}`;
}

/** Whether one edit (a character more, less, changed or swapped) leads from one name to the other. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 3) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [restA, restB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (restA.length <= 1 && restB.length <= 1) return true;
  return restA.length === 2 && restB.length === 2 && restA[0] === restB[1] && restA[1] === restB[0];
}

/** ` (string, or object with a, b)` */
function forms(variants: unknown): string {
  if (!Array.isArray(variants)) return '';
  const texts = variants.slice(0, 5).map((variant) => {
    if (!isObject(variant)) return '';
    const required = Array.isArray(variant.required) ? variant.required.map(String) : [];
    const type = [variant.type].flat().filter((name) => typeof name === 'string');
    return required.length > 0 ? `object with ${required.slice(0, 5).join(', ')}` : type.join(' or ');
  });
  const known = texts.filter((text) => text !== '');
  return known.length === 0 ? '' : ` (${listed([...new Set(known)], 'or')})`;
}

function listed(items: readonly string[], word: 'and' | 'or'): string {
  if (items.length > MAX_LISTED)
    return `${items.slice(0, MAX_LISTED).join(', ')} and ${items.length - MAX_LISTED} more`;
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}
