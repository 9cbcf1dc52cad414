import { isObject, type JsonValue } from '../base/json.ts';
import { entriesField, field, listField, optional, textField } from './fields.ts';
import type {
  Encoding,
  MediaType,
  Parameter,
  ParameterLocation,
  ParameterStyle,
  RequestBody,
  ResponseModel,
  SecurityScheme,
} from './model.ts';
import { escapeSegment, type Resolver } from './refs.ts';
import type { Warnings } from './warnings.ts';

/** What the readers of a document share. */
export interface ReadContext {
  root: JsonValue;
  resolver: Resolver;
  warnings: Warnings;
}

/** A node of the document and where it stands. */
export interface Located {
  node: JsonValue;
  place: string;
}

/** The list of an operation's parameters, references followed, those of the path first. */
export type ParameterNodes = readonly Located[];

const LOCATIONS: readonly string[] = ['path', 'query', 'header', 'cookie', 'querystring'];

/** The styles that each location knows (OpenAPI 3.2, section 4.12.2), its default first. */
const STYLES: Record<ParameterLocation, readonly ParameterStyle[]> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form', 'cookie'],
  querystring: ['form'],
};

/** Reads the parameters of OpenAPI 3.x; what is no parameter is reported and left out. */
export function readParameters(nodes: ParameterNodes, { warnings }: ReadContext): Parameter[] {
  const parameters: Parameter[] = [];
  for (const { node, place } of nodes) {
    const name = textField(node, 'name');
    const location = textField(node, 'in');
    if (name === undefined || location === undefined || !LOCATIONS.includes(location)) {
      warnings.add(place, `A parameter needs a name and one of ${LOCATIONS.join(', ')} as "in"; it is left out.`);
      continue;
    }
    parameters.push(readParameter(node, name, location as ParameterLocation, place, warnings));
  }
  return parameters;
}

function readParameter(
  node: JsonValue,
  name: string,
  location: ParameterLocation,
  place: string,
  warnings: Warnings,
): Parameter {
  const content = readMedia(node, 'content', place)[0];
  const schema = field(node, 'schema');
  const known = STYLES[location];
  const asked = textField(node, 'style');
  const style = known.find((candidate) => candidate === asked) ?? known[0] ?? 'form';
  if (asked !== undefined && asked !== style) {
    warnings.add(place, `The style ${JSON.stringify(asked)} does not exist in the ${location}; ${style} is used.`);
  }
  const explode = field(node, 'explode');
  const example = field(node, 'example') ?? field(entriesField(node, 'examples')[0]?.[1], 'value');
  return {
    name,
    in: location,
    required: location === 'path' || field(node, 'required') === true,
    deprecated: field(node, 'deprecated') === true,
    ...optional('description', textField(node, 'description')),
    ...(schema === undefined ? optional('schema', content?.schema) : { schema: { schema, place: `${place}/schema` } }),
    style,
    explode: typeof explode === 'boolean' ? explode : style === 'form' || style === 'cookie',
    allowReserved: field(node, 'allowReserved') === true,
    ...(schema === undefined ? optional('mediaType', content?.type) : {}),
    ...optional('example', example),
  };
}

/** Reads the media types of a `content` object. */
export function readMedia(node: JsonValue, name: string, place: string): MediaType[] {
  return entriesField(node, name).map(([type, media]) => {
    const at = `${place}/${name}/${escapeSegment(type)}`;
    const schema = field(media, 'schema');
    const item = field(media, 'itemSchema');
    return {
      type,
      // A sequence of items (3.2) is given as the array of them.
      ...(schema !== undefined
        ? { schema: { schema, place: `${at}/schema` } }
        : item !== undefined
          ? { schema: { schema: { type: 'array', items: item }, place: `${at}/itemSchema` } }
          : {}),
      encoding: new Map(entriesField(media, 'encoding').map(([property, value]) => [property, readEncoding(value)])),
    };
  });
}

function readEncoding(node: JsonValue): Encoding {
  const explode = field(node, 'explode');
  const style = STYLES.query.find((candidate) => candidate === textField(node, 'style'));
  return {
    ...optional('contentType', textField(node, 'contentType')),
    ...optional('style', style),
    ...(typeof explode === 'boolean' ? { explode } : {}),
    allowReserved: field(node, 'allowReserved') === true,
  };
}

/** Reads `requestBody`; a dangling one throws the operation away, because it could only be called wrongly. */
export function readRequestBody(
  operation: JsonValue,
  place: string,
  { resolver }: ReadContext,
): RequestBody | undefined {
  const node = field(operation, 'requestBody');
  if (node === undefined) return undefined;
  const target = resolver.follow(node, `${place}/requestBody`);
  if (!target.ok) throw new Error(`its body cannot be read: ${target.reason}`);
  if (!isObject(target.value)) return undefined;
  const required = field(target.value, 'required');
  const media = readMedia(target.value, 'content', target.place);
  return {
    required: typeof required === 'boolean' ? required : undefined,
    ...optional('description', textField(target.value, 'description')),
    media,
  };
}

/** Reads the documented answers; a dangling one is reported and left out. */
export function readResponses(operation: JsonValue, place: string, context: ReadContext): ResponseModel[] {
  const responses: ResponseModel[] = [];
  for (const [status, node] of entriesField(operation, 'responses')) {
    if (status.startsWith('x-')) continue;
    const target = context.resolver.follow(node, `${place}/responses/${escapeSegment(status)}`);
    if (!target.ok) context.warnings.add(`${place}/responses/${escapeSegment(status)}`, target.reason);
    else responses.push({ status, media: readMedia(target.value, 'content', target.place) });
  }
  return responses;
}

/** Reads `components.securitySchemes`. */
export function readSecuritySchemes({ root, resolver }: ReadContext): Map<string, SecurityScheme> {
  const schemes = new Map<string, SecurityScheme>();
  for (const [name, node] of entriesField(field(root, 'components'), 'securitySchemes')) {
    const target = resolver.follow(node, '#');
    if (target.ok) schemes.set(name, readSecurityScheme(target.value));
  }
  return schemes;
}

/** Reads one security scheme of OpenAPI 3.x or Swagger 2.0. */
export function readSecurityScheme(node: JsonValue): SecurityScheme {
  const type = textField(node, 'type')?.toLowerCase();
  const scheme = textField(node, 'scheme')?.toLowerCase();
  const name = textField(node, 'name');
  const location = textField(node, 'in');
  if (type === 'apikey' && name !== undefined) {
    if (location === 'header' || location === 'query' || location === 'cookie') {
      return { type: 'apiKey', name, in: location };
    }
  }
  if (type === 'basic' || (type === 'http' && scheme === 'basic')) return { type: 'basic' };
  if (type === 'oauth2' || type === 'openidconnect' || (type === 'http' && scheme === 'bearer')) {
    return { type: 'bearer' };
  }
  return { type: 'other', what: [type, scheme].filter((part) => part !== undefined).join(' ') || 'unnamed' };
}

/** The parameter objects of a list, references followed; dangling ones are reported and left out. */
export function locateParameters(node: JsonValue, place: string, { resolver, warnings }: ReadContext): Located[] {
  const found: Located[] = [];
  listField(node, 'parameters').forEach((parameter, index) => {
    const at = `${place}/parameters/${index}`;
    const target = resolver.follow(parameter, at);
    if (!target.ok) warnings.add(at, `${target.reason}; the parameter is left out.`);
    else found.push({ node: target.value, place: target.place });
  });
  return found;
}
