import type { JsonValue } from '../base/json.ts';

/** Which rules a document's schemas follow; 3.2 has those of 3.1. */
export type Dialect = '2.0' | '3.0' | '3.1';

/** A schema as the document has it, and where it stands. */
export interface SchemaSource {
  schema: JsonValue;
  place: string;
}

/** Where a parameter travels; `querystring` (3.2) is the whole query. */
export type ParameterLocation = 'path' | 'query' | 'header' | 'cookie' | 'querystring';

/** How a value becomes text; `tabDelimited` is the `tsv` of Swagger 2.0. */
export type ParameterStyle =
  | 'simple'
  | 'label'
  | 'matrix'
  | 'form'
  | 'spaceDelimited'
  | 'pipeDelimited'
  | 'tabDelimited'
  | 'deepObject'
  | 'cookie';

/** One parameter of an operation, of any version of OpenAPI. */
export interface Parameter {
  name: string;
  in: ParameterLocation;
  required: boolean;
  deprecated: boolean;
  description?: string;
  schema?: SchemaSource;
  style: ParameterStyle;
  explode: boolean;
  allowReserved: boolean;
  /** Set when the value is written as this media type (`content`) instead of by a style. */
  mediaType?: string;
  example?: JsonValue;
}

/** How one property of a form or multipart body is written. */
export interface Encoding {
  contentType?: string;
  style?: ParameterStyle;
  explode?: boolean;
  allowReserved: boolean;
}

/** One representation of a body. */
export interface MediaType {
  /** As written in the document, parameters included. */
  type: string;
  schema?: SchemaSource;
  encoding: ReadonlyMap<string, Encoding>;
}

/** What an operation takes as its body. */
export interface RequestBody {
  /** Undefined when the document does not say. */
  required: boolean | undefined;
  description?: string;
  media: readonly MediaType[];
}

/** One documented answer. */
export interface ResponseModel {
  /** `200`, `2XX`, `default`. */
  status: string;
  media: readonly MediaType[];
}

/** Schemes that must be satisfied together, with the scopes asked for. */
export type SecurityAlternative = readonly { scheme: string; scopes: readonly string[] }[];

/** A way to authenticate. OAuth 2 and OpenID Connect end in a bearer token as well. */
export type SecurityScheme =
  | { type: 'apiKey'; name: string; in: 'header' | 'query' | 'cookie' }
  | { type: 'basic' }
  | { type: 'bearer' }
  | { type: 'other'; what: string };

/** One operation. */
export interface Operation {
  operationId?: string;
  /** In upper case. */
  method: string;
  /** Key of the path as the document has it. */
  path: string;
  place: string;
  summary?: string;
  description?: string;
  tags: readonly string[];
  deprecated: boolean;
  parameters: readonly Parameter[];
  body?: RequestBody;
  responses: readonly ResponseModel[];
  /** Any one of these; undefined when the document says nothing, an empty list when it says that none is needed. */
  security: readonly SecurityAlternative[] | undefined;
  /** Base URLs of its own, variables filled in; may be relative. Empty: those of the document. */
  servers: readonly string[];
}

/** A document of any version in one shape. */
export interface Api {
  title: string;
  version: string;
  description?: string;
  /** `openapi` or `swagger` as written. */
  specification: string;
  dialect: Dialect;
  /** Base URLs, variables filled in; may be relative to where the document came from. */
  servers: readonly string[];
  securitySchemes: ReadonlyMap<string, SecurityScheme>;
  operations: readonly Operation[];
}
