import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { entriesField, entriesOf, field, listField, optional, textField, textsField } from './fields.ts';
import type { Api, Dialect, Operation, Parameter, SecurityAlternative } from './model.ts';
import {
  readSwaggerBody,
  readSwaggerParameters,
  readSwaggerResponses,
  readSwaggerSecuritySchemes,
} from './model-v2.ts';
import {
  type Located,
  locateParameters,
  type ReadContext,
  readParameters,
  readRequestBody,
  readResponses,
  readSecuritySchemes,
} from './model-v3.ts';
import { badDocument } from './read.ts';
import { createResolver, escapeSegment, type Resolver } from './refs.ts';
import { readServers, readSwaggerServers } from './servers.ts';
import { slotsOf } from './template.ts';
import type { Warnings } from './warnings.ts';

/** Operations beyond this number are reported and left out. */
export const MAX_OPERATIONS = 10_000;

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];

/**
 * Brings a document of version 2.0, 3.0, 3.1 or 3.2 into one shape. Whatever is broken inside is reported in `warnings`
 * and left out; webhooks and callbacks are no operations of the API.
 *
 * @throws HubError `loader.bad_document` when it is not an OpenAPI document of a known version.
 */
export function toApi(root: JsonObject, name: string, warnings: Warnings): { api: Api; resolver: Resolver } {
  const { specification, dialect } = versionOf(root, name);
  const resolver = createResolver(root);
  const context: ReadContext = { root, resolver, warnings };
  const isSwagger = dialect === '2.0';
  const info = field(root, 'info');
  const api: Api = {
    title: textField(info, 'title') ?? 'API',
    version: versionField(info, 'version') ?? '0',
    ...optional('description', textField(info, 'description')),
    specification,
    dialect,
    servers: isSwagger ? readSwaggerServers(root) : readServers(root),
    securitySchemes: isSwagger ? readSwaggerSecuritySchemes(context) : readSecuritySchemes(context),
    operations: readPaths(context, isSwagger),
  };
  return { api, resolver };
}

function versionOf(root: JsonObject, name: string): { specification: string; dialect: Dialect } {
  const swagger = versionField(root, 'swagger');
  const openapi = versionField(root, 'openapi');
  if (openapi !== undefined && /^3\.\d+/.test(openapi)) {
    return { specification: openapi, dialect: /^3\.0(\D|$)/.test(openapi) ? '3.0' : '3.1' };
  }
  if (swagger !== undefined && /^2(\.0)?$/.test(swagger)) return { specification: '2.0', dialect: '2.0' };
  const other = ['asyncapi', 'arazzo', 'overlay', 'openrpc'].find((key) => versionField(root, key) !== undefined);
  throw badDocument(
    name,
    other !== undefined
      ? `is a document of ${other} ${versionField(root, other)?.slice(0, 20) ?? ''}, not of OpenAPI`
      : (openapi ?? swagger) !== undefined
        ? `says version ${JSON.stringify((openapi ?? swagger)?.slice(0, 20))}; versions 2.0, 3.0, 3.1 and 3.2 can be read`
        : 'has neither "openapi: 3.x" nor "swagger: 2.0" at its top level, so it is not an OpenAPI document',
  );
}

/** YAML without quotes makes numbers of versions. */
function versionField(node: JsonValue | undefined, name: string): string | undefined {
  const value = field(node, name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function readPaths(context: ReadContext, isSwagger: boolean): Operation[] {
  const operations: Operation[] = [];
  for (const [path, node] of entriesField(context.root, 'paths')) {
    if (path.startsWith('x-')) continue;
    const place = `#/paths/${escapeSegment(path)}`;
    const item = readPathItem(node, place, context);
    if (item === undefined) continue;
    for (const [method, operation] of methodsOf(item)) {
      const at = `${place}/${escapeSegment(method)}`;
      if (operations.length >= MAX_OPERATIONS) {
        context.warnings.add(at, `The document has more than ${MAX_OPERATIONS} operations; the rest is left out.`);
        return operations;
      }
      try {
        const target = context.resolver.follow(operation, at);
        if (!target.ok) throw new Error(target.reason);
        if (!isObject(target.value)) throw new Error('it is not an object');
        operations.push(readOperation(target.value, method, path, at, item, place, context, isSwagger));
      } catch (error) {
        context.warnings.add(
          at,
          `The operation is left out: ${error instanceof Error ? error.message : 'unreadable'}.`,
        );
      }
    }
  }
  return operations;
}

/** A path item may stand elsewhere; what stands beside the reference goes before what it points at. */
function readPathItem(node: JsonValue, place: string, { resolver, warnings }: ReadContext): JsonObject | undefined {
  const target = resolver.follow(node, place);
  if (!target.ok) {
    warnings.add(place, `The path is left out: ${target.reason}.`);
    return undefined;
  }
  if (!isObject(target.value)) {
    warnings.add(place, 'The path is left out: it is not an object.');
    return undefined;
  }
  return target.value === node || !isObject(node) ? target.value : { ...target.value, ...node };
}

function* methodsOf(item: JsonObject): Generator<[string, JsonValue]> {
  for (const method of METHODS) {
    const operation = field(item, method);
    if (operation !== undefined) yield [method, operation];
  }
  for (const [method, operation] of entriesField(item, 'additionalOperations')) {
    // The method goes into the request line as it is (RFC 9110 5.6.2).
    if (/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,32}$/.test(method)) yield [method, operation];
  }
}

function readOperation(
  node: JsonObject,
  method: string,
  path: string,
  place: string,
  item: JsonObject,
  itemPlace: string,
  context: ReadContext,
  isSwagger: boolean,
): Operation {
  const nodes = mergeParameters(locateParameters(item, itemPlace, context), locateParameters(node, place, context));
  const parameters = isSwagger ? readSwaggerParameters(nodes, context) : readParameters(nodes, context);
  const body = isSwagger ? readSwaggerBody(nodes, node, context) : readRequestBody(node, place, context);
  const servers = readServers(node);
  return {
    ...optional('operationId', textField(node, 'operationId')),
    method: METHODS.includes(method) ? method.toUpperCase() : method,
    path,
    place,
    ...optional('summary', textField(node, 'summary')),
    ...optional('description', textField(node, 'description')),
    tags: textsField(node, 'tags'),
    deprecated: field(node, 'deprecated') === true,
    parameters: matchTemplate(parameters, path, place, context.warnings),
    ...optional('body', body),
    responses: isSwagger ? readSwaggerResponses(node, place, context) : readResponses(node, place, context),
    security: readSecurity(Object.hasOwn(node, 'security') ? node : context.root),
    servers: servers.length > 0 ? servers : readServers(item),
  };
}

/** An operation's parameter replaces the path's one of the same name and location. */
function mergeParameters(shared: readonly Located[], own: readonly Located[]): Located[] {
  const merged = new Map<string, Located>();
  [...shared, ...own].forEach((located, index) => {
    const location = textField(located.node, 'in');
    const name = textField(located.node, 'name');
    const key = location === 'header' ? name?.toLowerCase() : name;
    merged.set(name === undefined ? `?${index}` : location === 'body' ? 'body' : `${location} ${key}`, located);
  });
  return [...merged.values()];
}

/** Every slot of the path gets a parameter, and path parameters without a slot go. */
function matchTemplate(parameters: Parameter[], path: string, place: string, warnings: Warnings): Parameter[] {
  const slots = new Set(slotsOf(path));
  const matched = parameters.filter((parameter) => {
    if (parameter.in !== 'path' || slots.has(parameter.name)) return true;
    warnings.add(place, `The path has no {${parameter.name}}; the path parameter is left out.`);
    return false;
  });
  for (const name of slots) {
    if (matched.some((parameter) => parameter.in === 'path' && parameter.name === name)) continue;
    warnings.add(place, `The path parameter {${name}} is not declared; it takes a text or an integer.`);
    matched.push({
      name,
      in: 'path',
      required: true,
      deprecated: false,
      schema: { schema: { type: ['string', 'integer'] }, place },
      style: 'simple',
      explode: false,
      allowReserved: false,
    });
  }
  return matched;
}

function readSecurity(node: JsonValue): SecurityAlternative[] | undefined {
  if (field(node, 'security') === undefined) return undefined;
  return listField(node, 'security')
    .filter(isObject)
    .map((alternative) =>
      entriesOf(alternative).map(([scheme, scopes]) => ({
        scheme,
        scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
      })),
    );
}
