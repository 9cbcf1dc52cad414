import type { ObjectShape, Shape, StringShape } from './shape.ts';

/** Key of `_meta` in a `server.json` under which a publisher may put what it likes. */
export const PUBLISHER_META = 'io.modelcontextprotocol.registry/publisher-provided';
/** Key of the response-level `_meta` with status, dates and the latest flag. */
export const OFFICIAL_META = 'io.modelcontextprotocol.registry/official';
/** Prefix of the hub's own keys in any `_meta`. */
export const HUB_META_PREFIX = 'io.github.mcp-hub-registry/';
/** Key of the response-level `_meta` with the stable id of the entry. */
export const ENTRY_META = `${HUB_META_PREFIX}entry`;
/** Key of the response-level `_meta` with what a publisher should know although nothing was refused: lines of text. */
export const WARNINGS_META = `${HUB_META_PREFIX}warnings`;
/** Key of `_meta` in a published document that asks the hub to deploy the server at once; never stored. */
export const DEPLOY_META = `${HUB_META_PREFIX}deploy`;

/** Most code points of a name. */
export const MAX_NAME_LENGTH = 200;
/** Most code points of a version. */
export const MAX_VERSION_LENGTH = 255;
/** Most code points of a description where the limit is relaxed. */
export const RELAXED_DESCRIPTION_LENGTH = 100_000;

const text: StringShape = { kind: 'string' };
const flag: Shape = { kind: 'boolean' };
const uri: StringShape = { kind: 'string', isUri: true };
const someText: StringShape = { kind: 'string', minLength: 1 };
const list = (items: Shape): Shape => ({ kind: 'array', items });

const inputFields: ObjectShape['fields'] = {
  description: { shape: text, description: 'What the value is for.' },
  isRequired: { shape: flag, description: 'Whether the server cannot run without it. Default false.' },
  format: {
    shape: { kind: 'string', values: ['string', 'number', 'boolean', 'filepath'] },
    description: 'How the value reads. Default `string`.',
  },
  value: { shape: text, description: 'A fixed value. `{name}` is replaced by the variable of that name.' },
  isSecret: { shape: flag, description: 'Whether the value must be kept secret. Default false.' },
  default: { shape: text, description: 'A value that may be used when none is given.' },
  placeholder: { shape: text, description: 'A hint how the value looks; never used as a value.' },
  choices: { shape: list(text), description: 'The only values that are allowed.' },
};

const input: ObjectShape = {
  kind: 'object',
  name: 'Input',
  description: 'A value that a user may have to give.',
  fields: inputFields,
};

const inputWithVariables: ObjectShape['fields'] = {
  ...inputFields,
  variables: { shape: { kind: 'map', values: input }, description: 'The variables that `value` names in braces.' },
};

const keyValueInput: ObjectShape = {
  kind: 'object',
  name: 'KeyValueInput',
  description: 'An environment variable or an HTTP header.',
  fields: { ...inputWithVariables, name: { shape: text, required: true, description: 'Its name.' } },
};

const argument: ObjectShape = {
  kind: 'object',
  name: 'Argument',
  description: 'One command-line argument.',
  fields: {
    ...inputWithVariables,
    type: { shape: text, required: true, description: '`positional` or `named`.' },
    name: { shape: text, description: 'Of a named argument: the flag with its dashes.' },
    valueHint: { shape: text, description: 'Of a positional argument: a label for its value.' },
    isRepeated: { shape: flag, description: 'Whether it may stand several times. Default false.' },
  },
};

const transport: ObjectShape = {
  kind: 'object',
  name: 'Transport',
  description: 'How a client talks to the server.',
  fields: {
    type: { shape: text, required: true, description: '`stdio` (packages only), `streamable-http` or `sse`.' },
    url: { shape: text, description: 'Address, not for `stdio`. `{name}` stands for a variable.' },
    headers: { shape: list(keyValueInput), description: 'HTTP headers that the server wants.' },
    variables: { shape: { kind: 'map', values: input }, description: 'Of a remote: the variables that `url` names.' },
  },
};

const packageShape: ObjectShape = {
  kind: 'object',
  name: 'Package',
  description: 'A package that holds the server, and how to start it.',
  fields: {
    registryType: {
      shape: someText,
      required: true,
      description: 'Where the package is kept: `npm`, `pypi`, `nuget`, `cargo`, `oci` or `mcpb`.',
    },
    registryBaseUrl: { shape: uri, description: 'Base URL of that package registry.' },
    identifier: { shape: someText, required: true, description: 'Package name, image reference or download URL.' },
    version: {
      shape: { kind: 'string', minLength: 1, maxLength: MAX_VERSION_LENGTH },
      description: 'Exact version of the package.',
    },
    fileSha256: {
      shape: { kind: 'string', pattern: /^[a-f0-9]{64}$/ },
      description: 'SHA-256 of the file, lower-case hex; for `mcpb`.',
    },
    runtimeHint: {
      shape: text,
      description: 'Program that runs the package, such as `npx`, `uvx`, `docker` or `dnx`.',
    },
    transport: { shape: transport, required: true },
    runtimeArguments: { shape: list(argument), description: 'Arguments of the program that runs the package.' },
    packageArguments: { shape: list(argument), description: 'Arguments of the server itself.' },
    environmentVariables: { shape: list(keyValueInput), description: 'Environment variables of the server.' },
  },
};

const icon: ObjectShape = {
  kind: 'object',
  name: 'Icon',
  description: 'A picture for the server.',
  fields: {
    src: { shape: { kind: 'string', isUri: true, maxLength: 255 }, required: true, description: 'An https URL.' },
    mimeType: {
      shape: { kind: 'string', values: ['image/png', 'image/jpeg', 'image/jpg', 'image/svg+xml', 'image/webp'] },
      description: 'Its media type.',
    },
    sizes: {
      shape: list({ kind: 'string', pattern: /^(\d+x\d+|any)$/ }),
      description: 'Sizes such as `48x48`, or `any`.',
    },
    theme: { shape: { kind: 'string', values: ['light', 'dark'] }, description: 'The background it is made for.' },
  },
};

const repository: ObjectShape = {
  kind: 'object',
  name: 'Repository',
  description: 'Where the source of the server is.',
  fields: {
    url: { shape: uri, description: 'Address of the repository.' },
    source: { shape: text, description: '`github` or `gitlab`.' },
    id: { shape: text, description: 'Id of the repository at its host.' },
    subfolder: { shape: text, description: 'Relative path of the server inside the repository.' },
  },
};

/** A foreign key of a document's `_meta` is kept unless it claims to be the registry's or the hub's own word. */
function isForeignMetaKey(key: string): boolean {
  return !key.startsWith('io.modelcontextprotocol.registry/') && !key.startsWith(HUB_META_PREFIX);
}

const meta: ObjectShape = {
  kind: 'object',
  name: 'ServerMeta',
  description: 'Extension metadata under reverse-DNS keys.',
  fields: {
    [PUBLISHER_META]: { shape: { kind: 'free' }, description: 'Free content of the publisher, at most 4 KiB.' },
  },
  acceptsKey: isForeignMetaKey,
};

/**
 * The shape of a `server.json` (registry-api.md, sections 7.1 to 7.7). Members stand in the order in which they are
 * written back.
 *
 * @param maxDescriptionLength - code points; the official value is 100.
 */
export function serverShape(maxDescriptionLength: number): ObjectShape {
  return {
    kind: 'object',
    name: 'ServerJSON',
    description: 'The description of one version of an MCP server.',
    fields: {
      $schema: {
        shape: { kind: 'string', minLength: 1, isUri: true },
        required: true,
        description: 'URL of the server.json schema that the document follows.',
      },
      name: {
        shape: {
          kind: 'string',
          minLength: 3,
          maxLength: MAX_NAME_LENGTH,
          pattern: /^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/,
        },
        required: true,
        description: 'Reverse-DNS namespace, one slash, name: `io.github.user/weather`.',
      },
      description: {
        shape: { kind: 'string', minLength: 1, maxLength: maxDescriptionLength },
        required: true,
        description: 'What the server does, in one sentence.',
      },
      title: { shape: { kind: 'string', minLength: 1, maxLength: 100 }, description: 'Name for people.' },
      repository: { shape: repository },
      version: {
        shape: { kind: 'string', minLength: 1, maxLength: MAX_VERSION_LENGTH },
        required: true,
        description: 'Exact version, best a semantic one. Not `latest`, not a range.',
      },
      websiteUrl: { shape: uri, description: 'An https page about the server.' },
      icons: { shape: list(icon), description: 'Pictures for the server.' },
      packages: { shape: list(packageShape), description: 'Packages that hold the server.' },
      remotes: { shape: list(transport), description: 'Addresses where the server runs already.' },
      _meta: { shape: meta },
    },
  };
}
