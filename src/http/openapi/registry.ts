import type { JsonObject } from '../../base/json.ts';
import { MAX_NAME_LENGTH, MAX_VERSION_LENGTH } from '../../registry/document-shape.ts';
import { MAX_SEARCH_LENGTH } from '../../store/search-text.ts';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../routes/registry-query.ts';
import { SEARCH_PATH } from '../routes/registry-search.ts';
import { extensionOperations, extensionSchemas } from './registry-extensions.ts';
import { loginOperations } from './registry-login.ts';
import { registrySchemas, schemaRef } from './registry-schemas.ts';
import { searchParameters } from './registry-search.ts';

/** What the description says of the hub that serves it. */
export interface RegistryOpenApiOptions {
  title: string;
  version: string;
  /** Base URL of the hub without a trailing slash. */
  serverUrl: string;
  /** Limit of descriptions on publish; default 100. */
  maxDescriptionLength?: number;
}

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The request cannot be done; `detail` and `errors` say why.',
  401: 'A bearer token is missing or not valid.',
  403: 'The token does not permit this.',
  404: 'There is no such server or version.',
  405: 'Another method is needed; `Allow` lists those that are taken.',
  408: 'The body did not arrive in time.',
  413: 'The body is larger than 1 MiB.',
  415: 'The body is not sent as JSON.',
  422: 'A value breaks a constraint; `errors` says which and where.',
  429: 'This client asks too often.',
  500: 'The hub failed.',
  503: 'The database cannot be reached.',
};
/** Answers that every operation may give: a name without its slash makes another path, and clients may ask too often. */
const ANYWHERE = [405, 429];
const READ = [400, 404, 422, 500, 503];
const BODY = [400, 408, 413, 415, 422, 500, 503];
const WRITE = [...BODY, 401, 403];

const serverName: JsonObject = {
  name: 'serverName',
  in: 'path',
  required: true,
  description:
    'Full name of the server, e.g. `io.github.user/weather` (sent as `io.github.user%2Fweather`), or the id of one of its versions.',
  schema: { type: 'string', minLength: 1, maxLength: MAX_NAME_LENGTH },
};
const exactVersion: JsonObject = {
  name: 'version',
  in: 'path',
  required: true,
  description: 'Exact version, e.g. `1.0.2`.',
  schema: { type: 'string', minLength: 1, maxLength: MAX_VERSION_LENGTH },
};
const anyVersion: JsonObject = { ...exactVersion, description: 'Exact version, e.g. `1.0.2`, or `latest`.' };
const includeDeleted: JsonObject = {
  name: 'include_deleted',
  in: 'query',
  description: 'Whether versions with the status `deleted` are shown.',
  schema: { type: 'boolean', default: false },
};

/**
 * The registry API as an OpenAPI 3.1 document (registry-api.md, sections 1 to 6). It describes `/v0.1`; `/v0` answers
 * the same. It is also what agents see as tools, so each operation says when to use it.
 */
export function registryOpenApi(options: RegistryOpenApiOptions): JsonObject {
  const { title, version, serverUrl, maxDescriptionLength = 100 } = options;
  return {
    openapi: '3.1.0',
    info: {
      title: `${title}: registry API`,
      version,
      summary: 'Find, read and publish MCP servers.',
      description:
        'The catalogue of MCP servers of this hub. It speaks the API of the official MCP Registry; every path is also served below `/v0` with the same answers.',
    },
    servers: [{ url: serverUrl }],
    tags: [
      { name: 'servers', description: 'Read the catalogue.' },
      { name: 'publish', description: 'Change the catalogue; needs a bearer token.' },
      { name: 'login', description: 'Prove who you are and get a token for publishing.' },
      { name: 'extensions', description: 'What this hub tells beyond the official API.' },
      { name: 'operations', description: 'The state of the hub.' },
    ],
    paths: { ...readPaths(), ...writePaths(), ...loginPaths(), ...operationPaths(), ...extensionPaths() },
    components: {
      schemas: { ...registrySchemas(maxDescriptionLength), ...extensionSchemas() },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A token of this hub.' } },
    },
  };
}

function readPaths(): JsonObject {
  return {
    '/v0.1/servers': {
      get: operation('list_servers', 'servers', 'List or search the servers of the registry', {
        description:
          'Gives one row per server version, page by page. Use `version=latest` for one row per server, and `search` to find servers by words of their name, title, description, packages, addresses and tags; all words must occur.',
        parameters: [
          query('cursor', 'Where the page begins: `metadata.nextCursor` of the page before.', { type: 'string' }),
          query('limit', 'Most rows on the page.', {
            type: 'integer',
            minimum: 1,
            maximum: MAX_LIMIT,
            default: DEFAULT_LIMIT,
          }),
          query('search', 'Words to search for.', { type: 'string', maxLength: MAX_SEARCH_LENGTH }),
          query('updated_since', 'Only versions changed after this instant; deleted ones are then shown too.', {
            type: 'string',
            format: 'date-time',
          }),
          query('version', '`latest`, or one exact version.', { type: 'string' }),
          includeDeleted,
        ],
        answer: ['A page of servers.', 'ServerList'],
        problems: [400, 422, 500, 503],
      }),
    },
    [`/v0.1${SEARCH_PATH}`]: {
      get: operation('search_servers', 'servers', 'Search the servers of the registry, best first', {
        description:
          'Finds words, their other forms and, with one wrong letter, their near spellings in name, title, description, packages, hosts and tags. Exact names come first, then names that begin with the text.',
        parameters: [...searchParameters],
        answer: ['A page of servers.', 'ServerList'],
        problems: [400, 422, 500, 503],
      }),
    },
    '/v0.1/servers/{serverName}': {
      parameters: [serverName],
      get: operation('get_server', 'servers', 'Get the latest version of a server', {
        description:
          'Gives the server.json of the latest version: its packages, remote addresses, arguments and environment variables, and whether it runs in this hub.',
        parameters: [includeDeleted],
        answer: ['The latest version.', 'ServerResponse'],
        problems: READ,
      }),
      delete: operation('delete_server', 'publish', 'Remove all versions of a server for good', {
        description: 'For administrators. To hide a server instead, set its status to `deleted`.',
        answer: ['What was removed.', 'DeletedServersResponse'],
        problems: [400, 401, 403, 404, 500, 503],
        isProtected: true,
      }),
    },
    '/v0.1/servers/{serverName}/versions': {
      parameters: [serverName],
      get: operation('list_server_versions', 'servers', 'List all versions of a server, newest first', {
        parameters: [includeDeleted],
        answer: ['All versions.', 'ServerList'],
        problems: READ,
      }),
    },
    '/v0.1/servers/{serverName}/versions/{version}': versionPath(),
  };
}

function versionPath(): JsonObject {
  return {
    parameters: [serverName],
    get: operation('get_server_version', 'servers', 'Get one version of a server', {
      parameters: [anyVersion, includeDeleted],
      answer: ['The version.', 'ServerResponse'],
      problems: READ,
    }),
    put: operation('edit_server_version', 'publish', 'Replace the server.json of a published version', {
      description: 'Name and version stay. Needs the permission `edit` for the server.',
      parameters: [exactVersion],
      body: 'ServerJSON',
      answer: ['The version as it is now.', 'ServerResponse'],
      problems: [...WRITE, 404],
      isProtected: true,
    }),
    delete: operation('delete_server_version', 'publish', 'Remove one version of a server for good', {
      description: 'For administrators. To hide a version instead, set its status to `deleted`.',
      parameters: [exactVersion],
      answer: ['What was removed.', 'ServerResponse'],
      problems: [400, 401, 403, 404, 500, 503],
      isProtected: true,
    }),
  };
}

function writePaths(): JsonObject {
  const description = 'Needs the permission `publish` or `edit` for the server.';
  return {
    '/v0.1/servers/{serverName}/versions/{version}/status': {
      parameters: [serverName, exactVersion],
      patch: operation('set_server_version_status', 'publish', 'Set the status of one version', {
        description,
        body: 'StatusUpdateRequest',
        answer: ['The version as it is now.', 'ServerResponse'],
        problems: [...WRITE, 404],
        isProtected: true,
      }),
    },
    '/v0.1/servers/{serverName}/status': {
      parameters: [serverName],
      patch: operation('set_server_status', 'publish', 'Set the status of all versions of a server', {
        description: `All or nothing. ${description}`,
        body: 'StatusUpdateRequest',
        answer: ['All versions as they are now.', 'AllVersionsStatusResponse'],
        problems: [...WRITE, 404],
        isProtected: true,
      }),
    },
    '/v0.1/publish': {
      post: operation('publish_server', 'publish', 'Publish a version of a server', {
        description:
          'Adds a version that does not exist yet. The same document again gives the stored version. Needs the permission `publish` for the name, and `deploy` when the server is to be loaded at once.',
        body: 'PublishRequest',
        answer: ['The stored version.', 'ServerResponse'],
        problems: WRITE,
        isProtected: true,
      }),
    },
    '/v0.1/validate': {
      post: operation('validate_server', 'publish', 'Check a server.json without publishing it', {
        body: 'ServerJSON',
        answer: ['The verdict; a document that breaks a constraint is a 422 instead.', 'ValidationResult'],
        problems: BODY,
      }),
    },
  };
}

function loginPaths(): JsonObject {
  return Object.fromEntries(
    loginOperations.map(({ path, id, summary, description, body }) => {
      const problems = [401, 404, 500, 503, ...(body === undefined ? [] : BODY)];
      const answer: [string, string] = ['The token.', 'LoginResponse'];
      const options = { description, answer, problems, ...(body === undefined ? {} : { body }) };
      return [path, { post: operation(id, 'login', summary, options) }];
    }),
  );
}

function operationPaths(): JsonObject {
  const get = (id: string, summary: string, schema: string): JsonObject => ({
    get: operation(id, 'operations', summary, { answer: [`${summary}.`, schema], problems: [500] }),
  });
  return {
    '/v0.1/health': get('get_health', 'Whether the hub lives', 'Health'),
    '/v0.1/ping': get('ping', 'An answer as quick as can be', 'Ping'),
    '/v0.1/version': get('get_version', 'Which build of the hub answers', 'Version'),
  };
}

function extensionPaths(): JsonObject {
  return Object.fromEntries(
    extensionOperations.map(({ path, id, summary, description, parameters, answer, streams }) => {
      const problems = [400, 422, 500, 503];
      const get = operation(id, 'extensions', summary, { description, parameters, answer, problems, streams });
      return [path, { get }];
    }),
  );
}

interface OperationOptions {
  description?: string;
  parameters?: JsonObject[];
  /** Name of the schema of the JSON body. */
  body?: string;
  /** Description and schema of the 200. */
  answer: [string, string];
  problems: number[];
  isProtected?: boolean;
  /** Whether the 200 comes as `text/event-stream` too. */
  streams?: boolean | undefined;
}

function operation(operationId: string, tag: string, summary: string, options: OperationOptions): JsonObject {
  const { description, parameters, body, answer, problems, isProtected, streams } = options;
  const failures = [...new Set([...problems, ...ANYWHERE])].sort((a, b) => a - b);
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaRef(body) } } } }),
    responses: {
      200: {
        description: answer[0],
        content: {
          'application/json': { schema: schemaRef(answer[1]) },
          ...(streams && { 'text/event-stream': { schema: { type: 'string' } } }),
        },
      },
      ...Object.fromEntries(failures.map((status) => [status, problemOf(status)])),
    },
    ...(isProtected ? { security: [{ bearer: [] }] } : {}),
  };
}

function problemOf(status: number): JsonObject {
  return {
    description: PROBLEMS[status] ?? 'The request failed.',
    content: {
      'application/problem+json': { schema: schemaRef('Problem') },
      // Section 1.2 wants the refusal of NUL bytes with the plain type.
      ...(status === 400 && { 'application/json': { schema: schemaRef('Problem') } }),
    },
    ...(status === 401 ? { headers: { 'WWW-Authenticate': { schema: { type: 'string' } } } } : {}),
    ...(status === 503 || status === 429 ? { headers: { 'Retry-After': { schema: { type: 'integer' } } } } : {}),
  };
}

function query(name: string, description: string, schema: JsonObject): JsonObject {
  return { name, in: 'query', description, schema };
}
