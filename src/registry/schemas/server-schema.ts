import type { JsonObject, JsonValue } from '../../base/json.ts';
import { MAX_NAME_LENGTH, MAX_VERSION_LENGTH, OFFICIAL_META, PUBLISHER_META } from '../document-shape.ts';
import { schemaUrl } from '../schema-version.ts';
import type { Revision } from './revisions.ts';

const text: JsonObject = { type: 'string' };
const uri: JsonObject = { type: 'string', format: 'uri' };
const flag: JsonObject = { type: 'boolean' };
const oneOf = (...values: string[]): JsonObject => ({ type: 'string', enum: values });
const list = (items: JsonObject): JsonObject => ({ type: 'array', items });
const mapOf = (values: JsonObject): JsonObject => ({ type: 'object', additionalProperties: values });
const ref = (name: string): JsonObject => ({ $ref: `#/definitions/${name}` });
const object = (required: string[], properties: JsonObject): JsonObject => ({ type: 'object', required, properties });

/**
 * The JSON Schema (draft-07) of server.json in one revision. It gives the same verdicts as the published file; members
 * that depend on a `type` are told apart by it, so that a finding names one thing that is wrong.
 *
 * @param maxDescriptionLength - code points; the published value is 100.
 */
export function serverSchema(version: string, revision: Revision, maxDescriptionLength: number): JsonObject {
  const schema: JsonObject = {
    $id: schemaUrl(version),
    $ref: '#/definitions/ServerDetail',
    definitions: {
      ...valueDefinitions(revision),
      ...transportDefinitions(revision),
      ...packageDefinitions(revision),
      ...serverDefinitions(revision, maxDescriptionLength),
    },
  };
  return revision.snakeCase ? snakeCased(schema) : schema;
}

function valueDefinitions({ presentation }: Revision): JsonObject {
  const input: JsonObject = {
    description: text,
    isRequired: flag,
    format: oneOf('string', 'number', 'boolean', 'filepath'),
    value: text,
    isSecret: flag,
    default: text,
    ...(presentation && { placeholder: text }),
    choices: list(text),
  };
  const withVariables: JsonObject = { ...input, variables: mapOf(ref('Input')) };
  return {
    Input: object([], input),
    KeyValueInput: object(['name'], { ...withVariables, name: text }),
    Argument: {
      ...object(['type'], { ...withVariables, type: oneOf('positional', 'named'), isRepeated: flag }),
      ...whenType(
        ['named'],
        { required: ['name'], properties: { name: text } },
        {
          properties: { valueHint: text },
          anyOf: [{ required: ['valueHint'] }, { required: ['value'] }],
        },
      ),
    },
  };
}

function transportDefinitions({ urlTemplates }: Revision): JsonObject {
  const template: JsonObject = { type: 'string', pattern: '^https?://[^\\s]+$' };
  const web = (url: JsonObject): JsonObject => ({
    required: ['url'],
    properties: { url, headers: list(ref('KeyValueInput')) },
  });
  const byType: JsonObject = whenType(
    ['sse'],
    web(urlTemplates ? template : uri),
    whenType(['streamable-http'], web(urlTemplates ? template : text)),
  );
  return {
    LocalTransport: { ...object(['type'], { type: oneOf('stdio', 'streamable-http', 'sse') }), ...byType },
    RemoteTransport: {
      ...object(['type'], {
        type: oneOf('streamable-http', 'sse'),
        ...(urlTemplates && { variables: mapOf(ref('Input')) }),
      }),
      ...byType,
    },
  };
}

function packageDefinitions({ strictPackages, urlTemplates }: Revision): JsonObject {
  return {
    Package: {
      ...object(['registryType', 'identifier', ...(strictPackages ? ['version'] : []), 'transport'], {
        registryType: text,
        registryBaseUrl: uri,
        identifier: text,
        version: {
          type: 'string',
          minLength: 1,
          ...(urlTemplates && { maxLength: MAX_VERSION_LENGTH }),
          not: { const: 'latest' },
        },
        fileSha256: { type: 'string', pattern: '^[a-f0-9]{64}$' },
        runtimeHint: text,
        transport: ref('LocalTransport'),
        runtimeArguments: list(ref('Argument')),
        packageArguments: list(ref('Argument')),
        environmentVariables: list(ref('KeyValueInput')),
      }),
      ...(strictPackages && { additionalProperties: false }),
    },
  };
}

function serverDefinitions(revision: Revision, maxDescriptionLength: number): JsonObject {
  const free: JsonObject = { type: 'object' };
  const presentation: JsonObject = {
    title: { type: 'string', minLength: 1, maxLength: 100 },
    icons: list(ref('Icon')),
  };
  return {
    Repository: object(['url', 'source'], { url: uri, source: text, id: text, subfolder: text }),
    ...(revision.presentation && {
      Icon: object(['src'], {
        src: { ...uri, maxLength: 255 },
        mimeType: oneOf('image/png', 'image/jpeg', 'image/jpg', 'image/svg+xml', 'image/webp'),
        sizes: list({ type: 'string', pattern: '^(\\d+x\\d+|any)$' }),
        theme: oneOf('light', 'dark'),
      }),
    }),
    ServerDetail: object(['name', 'description', 'version'], {
      $schema: uri,
      name: { type: 'string', minLength: 3, maxLength: MAX_NAME_LENGTH, pattern: '^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$' },
      description: { type: 'string', minLength: 1, maxLength: maxDescriptionLength },
      version: { type: 'string', maxLength: MAX_VERSION_LENGTH },
      ...(revision.statusInDocument && { status: oneOf('active', 'deprecated', 'deleted') }),
      ...(revision.presentation && presentation),
      repository: ref('Repository'),
      websiteUrl: uri,
      packages: list(ref('Package')),
      remotes: list(ref('RemoteTransport')),
      _meta: object([], { [PUBLISHER_META]: free, ...(revision.statusInDocument && { [OFFICIAL_META]: free }) }),
    }),
  };
}

/** Rules for objects whose `type` is one of these, and for the others. */
function whenType(types: string[], then: JsonObject, otherwise?: JsonObject): JsonObject {
  const condition: JsonObject = { required: ['type'], properties: { type: { enum: types } } };
  return { if: condition, then, ...(otherwise && { else: otherwise }) };
}

/** The schema with the names of members in the spelling of the first revision. */
function snakeCased(schema: JsonObject): JsonObject {
  const spell = (name: string): string => (/^[a-z0-9]+[A-Z]/.test(name) ? toSnakeCase(name) : name);
  const walk = (value: JsonValue, key: string): JsonValue => {
    if (Array.isArray(value))
      return value.map((item) => (typeof item === 'string' && key === 'required' ? spell(item) : walk(item, '')));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, member]): [string, JsonValue] => [
      key === 'properties' ? spell(name) : name,
      walk(member ?? null, key === 'properties' ? '' : name),
    ]);
    return Object.fromEntries(members);
  };
  return Object.fromEntries(Object.entries(schema).map(([name, member]) => [name, walk(member ?? null, name)]));
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z0-9]+/g, (part, at: number) =>
    /[A-Z]/.test(part) && at > 0 ? `_${part.toLowerCase()}` : part,
  );
}
