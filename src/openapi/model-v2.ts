import type { JsonObject, JsonValue } from '../base/json.ts';
import { entriesField, entriesOf, field, optional, textField, textsField } from './fields.ts';
import type { Encoding, Parameter, ParameterStyle, RequestBody, ResponseModel, SecurityScheme } from './model.ts';
import { type ParameterNodes, type ReadContext, readSecurityScheme } from './model-v3.ts';
import { escapeSegment } from './refs.ts';

/** Keywords of a Swagger 2.0 parameter that are not part of its schema. */
const NOT_SCHEMA = new Set(['name', 'in', 'required', 'description', 'collectionFormat', 'allowEmptyValue', 'schema']);

const COLLECTION_STYLES: Record<string, { style: ParameterStyle; explode: boolean }> = {
  csv: { style: 'form', explode: false },
  multi: { style: 'form', explode: true },
  ssv: { style: 'spaceDelimited', explode: false },
  pipes: { style: 'pipeDelimited', explode: false },
  tsv: { style: 'tabDelimited', explode: false },
};

/** Reads the path, query and header parameters of Swagger 2.0. */
export function readSwaggerParameters(nodes: ParameterNodes, { warnings }: ReadContext): Parameter[] {
  const parameters: Parameter[] = [];
  for (const { node, place } of nodes) {
    const name = textField(node, 'name');
    const location = textField(node, 'in');
    if (location === 'body' || location === 'formData') continue;
    if (name === undefined || (location !== 'path' && location !== 'query' && location !== 'header')) {
      warnings.add(
        place,
        'A parameter needs a name and one of path, query, header, body, formData as "in"; it is left out.',
      );
      continue;
    }
    const collection = COLLECTION_STYLES[textField(node, 'collectionFormat') ?? 'csv'];
    parameters.push({
      name,
      in: location,
      required: location === 'path' || field(node, 'required') === true,
      deprecated: field(node, 'x-deprecated') === true,
      ...optional('description', textField(node, 'description')),
      schema: { schema: parameterSchema(node), place },
      style: location === 'query' ? (collection?.style ?? 'form') : 'simple',
      explode: location === 'query' && collection?.explode === true,
      allowReserved: false,
      ...optional('example', field(node, 'x-example')),
    });
  }
  return parameters;
}

function parameterSchema(node: JsonValue): JsonObject {
  const schema: JsonObject = {};
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return schema;
  for (const [name, value] of entriesOf(node)) if (!NOT_SCHEMA.has(name)) schema[name] = value;
  return schema;
}

/** Makes a request body of the `body` parameter or of the `formData` parameters of Swagger 2.0. */
export function readSwaggerBody(
  nodes: ParameterNodes,
  operation: JsonValue,
  { root, warnings }: ReadContext,
): RequestBody | undefined {
  const forms = nodes.filter(({ node }) => textField(node, 'in') === 'formData');
  const body = nodes.find(({ node }) => textField(node, 'in') === 'body');
  const own = textsField(operation, 'consumes');
  const consumes = own.length > 0 ? own : textsField(root, 'consumes');
  if (body !== undefined) {
    if (forms.length > 0) {
      warnings.add(body.place, 'An operation has either a body or form fields; the form fields are left out.');
    }
    const schema = field(body.node, 'schema');
    const types = consumes.filter((type) => !/x-www-form-urlencoded|multipart\//i.test(type));
    return {
      required: field(body.node, 'required') === true,
      ...optional('description', textField(body.node, 'description')),
      media: (types.length > 0 ? types : ['application/json']).map((type) => ({
        type,
        ...(schema === undefined ? {} : { schema: { schema, place: `${body.place}/schema` } }),
        encoding: new Map(),
      })),
    };
  }
  return forms.length === 0 ? undefined : formBody(forms, consumes);
}

function formBody(forms: ParameterNodes, consumes: readonly string[]): RequestBody {
  const properties: JsonObject = {};
  const required: string[] = [];
  const encoding = new Map<string, Encoding>();
  let hasFile = false;
  for (const { node } of forms) {
    const name = textField(node, 'name');
    if (name === undefined || name === '__proto__') continue;
    const schema = parameterSchema(node);
    if (schema.type === 'file') hasFile = true;
    properties[name] = { ...schema, ...optional('description', textField(node, 'description')) };
    if (field(node, 'required') === true) required.push(name);
    const format = textField(node, 'collectionFormat') ?? 'csv';
    if (schema.type === 'array') encoding.set(name, { ...COLLECTION_STYLES[format], allowReserved: false });
  }
  const multipart = consumes.find((type) => type.toLowerCase().startsWith('multipart/'));
  const urlencoded = consumes.some((type) => type.toLowerCase().startsWith('application/x-www-form-urlencoded'));
  const type =
    hasFile || (multipart !== undefined && !urlencoded)
      ? (multipart ?? 'multipart/form-data')
      : 'application/x-www-form-urlencoded';
  return {
    required: required.length > 0,
    media: [
      { type, schema: { schema: { type: 'object', properties, required }, place: forms[0]?.place ?? '#' }, encoding },
    ],
  };
}

/** Reads the documented answers of Swagger 2.0; `produces` says their media types. */
export function readSwaggerResponses(operation: JsonValue, place: string, context: ReadContext): ResponseModel[] {
  const own = textsField(operation, 'produces');
  const produces = own.length > 0 ? own : textsField(context.root, 'produces');
  const responses: ResponseModel[] = [];
  for (const [status, node] of entriesField(operation, 'responses')) {
    if (status.startsWith('x-')) continue;
    const at = `${place}/responses/${escapeSegment(status)}`;
    const target = context.resolver.follow(node, at);
    if (!target.ok) {
      context.warnings.add(at, target.reason);
      continue;
    }
    const schema = field(target.value, 'schema');
    const types = produces.length > 0 ? produces : ['application/json'];
    responses.push({
      status,
      media:
        schema === undefined
          ? []
          : types.map((type) => ({ type, schema: { schema, place: `${target.place}/schema` }, encoding: new Map() })),
    });
  }
  return responses;
}

/** Reads `securityDefinitions`. */
export function readSwaggerSecuritySchemes({ root }: ReadContext): Map<string, SecurityScheme> {
  return new Map(
    entriesField(root, 'securityDefinitions').map(([name, node]) => [name, readSecurityScheme(node)] as const),
  );
}
