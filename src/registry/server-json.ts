import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { HubConfig } from '../config/config.ts';
import type { ServerDocument } from '../store/entry.ts';
import { DEPLOY_META, serverShape } from './document-shape.ts';
import type { Issue, RuleOptions } from './issues.ts';
import { checkRules } from './rules.ts';
import { checkSchema } from './schemas/check-schema.ts';
import { type ConstraintError, checkShape, normalise, type ObjectShape } from './shape.ts';

/** Settings of the catalogue's rules. Those of the ownership proofs belong to `proofs/`. */
export type RegistrySettings = Omit<HubConfig['registry'], 'ownership' | 'packageRegistries'>;

/** The answer of the constraint layer. */
export type ParsedDocument = { ok: true; document: ServerDocument } | { ok: false; errors: ConstraintError[] };

/** The findings about a document; `valid` is false when one of them is an error. */
export interface Validation {
  valid: boolean;
  issues: Issue[];
}

const shapes = new Map<number, ObjectShape>();

/** The shape of a document under the given limit; made once per limit. */
export function shapeFor(maxDescriptionLength: number): ObjectShape {
  let shape = shapes.get(maxDescriptionLength);
  if (!shape) {
    shape = serverShape(maxDescriptionLength);
    shapes.set(maxDescriptionLength, shape);
  }
  return shape;
}

/**
 * The constraint layer: checks a value against the server.json model and gives its normal form (registry-api.md,
 * sections 2.1 and 7). A deploy block in `_meta` is not part of the document and left out.
 *
 * @param location - where the document stands in the request, for the errors.
 */
export function parseServerDocument(
  value: JsonValue,
  settings: Pick<RegistrySettings, 'maxDescriptionLength'>,
  location = 'body',
): ParsedDocument {
  const shape = shapeFor(settings.maxDescriptionLength);
  const bare = withoutDeployBlock(value);
  const errors = checkShape(shape, bare, location);
  if (errors.length > 0 || !isObject(bare)) return { ok: false, errors };
  const normal = normalise(shape, bare);
  return isServerDocument(normal) ? { ok: true, document: normal } : { ok: false, errors };
}

/** The semantic layer (registry-api.md, section 7, column S). */
export function validateDocument(document: ServerDocument, options: RuleOptions): Validation {
  const issues = checkRules(document, options);
  return { valid: !issues.some((issue) => issue.severity === 'error'), issues };
}

/**
 * What a document must keep to be published (registry-api.md, section 5.5): the JSON Schema of the revision that it
 * names, and the semantic rules.
 */
export function validateWholly(document: ServerDocument, settings: RegistrySettings): Validation {
  const issues = [
    ...checkSchema(document, settings.maxDescriptionLength),
    ...validateDocument(document, settings).issues,
  ];
  return { valid: !issues.some((issue) => issue.severity === 'error'), issues };
}

/** Whether an object that passed the constraint layer has the members that every document has. */
function isServerDocument(value: JsonObject): value is ServerDocument {
  return [value.name, value.description, value.version].every((member) => typeof member === 'string');
}

function withoutDeployBlock(value: JsonValue): JsonValue {
  if (!isObject(value) || !isObject(value._meta) || !Object.hasOwn(value._meta, DEPLOY_META)) return value;
  const kept = Object.entries(value._meta).filter(([key]) => key !== DEPLOY_META);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, key === '_meta' ? Object.fromEntries(kept) : member]),
  );
}
