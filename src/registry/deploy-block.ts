import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { DEPLOY_META } from './document-shape.ts';
import { type ConstraintError, checkShape, type ObjectShape, type Shape } from './shape.ts';

/** A wish to deploy the server that is being published. */
export interface DeployBlock {
  slug?: string;
  /** Loader kind; absent: the first that accepts the entry. */
  kind?: string;
  env?: Record<string, string>;
  args?: string[];
  variables?: Record<string, string>;
  headers?: Record<string, string>;
  /** Settings of the `openapi` loader, not yet checked. */
  openapi?: JsonObject;
}

/** A publish body taken apart. */
export interface PublishBody {
  /** What claims to be a server.json. */
  document: JsonValue;
  /** Where it stands in the body, for errors. */
  location: string;
  /** Present when the server is to be loaded at once. */
  deploy?: DeployBlock;
  errors: ConstraintError[];
}

const text: Shape = { kind: 'string', maxLength: 65_536 };
const texts: Shape = { kind: 'map', values: text };

const fields: ObjectShape['fields'] = {
  load_immediately: { shape: { kind: 'boolean' }, description: 'Whether to deploy the server at once. Default false.' },
  slug: { shape: { kind: 'string', minLength: 1, maxLength: 63 }, description: 'Slug of the deployment.' },
  kind: {
    shape: { kind: 'string', values: ['openapi', 'remote', 'npm', 'pypi', 'oci'] },
    description: 'Which loader to use. Default: the first that accepts the entry.',
  },
  env: { shape: texts, description: 'Values for the environment variables.' },
  args: { shape: { kind: 'array', items: text }, description: 'Further arguments.' },
  variables: { shape: texts, description: 'Values for the variables that arguments, headers and URLs name.' },
  headers: { shape: texts, description: 'Values for the headers that the remote declares.' },
  openapi: { shape: { kind: 'free' }, description: 'Settings of the openapi loader.' },
};

/** The shape of a deploy block in the `_meta` of a published document. */
export const deployBlockShape: ObjectShape = {
  kind: 'object',
  name: 'DeployBlock',
  description: 'Asks the hub to deploy the server that is being published. It is not stored with the document.',
  fields,
};

const wrapperShape: ObjectShape = {
  kind: 'object',
  name: 'PublishAndDeploy',
  fields: { server: { shape: { kind: 'free' }, required: true }, ...fields },
};

/**
 * Takes a publish body apart: a server.json, one with a deploy block in its `_meta`, or `{server, load_immediately, …}`.
 * The document itself is not checked here.
 */
export function parsePublishBody(body: JsonValue): PublishBody {
  if (isObject(body) && isObject(body.server) && body.name === undefined) {
    const { server, ...block } = body;
    const errors = checkShape(wrapperShape, { ...block, server: {} }, 'body');
    return { document: server, location: 'body.server', errors, ...(errors.length > 0 ? {} : deployOf(block)) };
  }
  const block = isObject(body) && isObject(body._meta) ? body._meta[DEPLOY_META] : undefined;
  if (block === undefined) return { document: body, location: 'body', errors: [] };
  const errors = checkShape(deployBlockShape, block, `body._meta.${DEPLOY_META}`);
  const deploy = errors.length === 0 && isObject(block) ? deployOf(block) : {};
  return { document: body, location: 'body', errors, ...deploy };
}

/** The members have the types of {@link DeployBlock}: the shape was checked. */
function deployOf(block: JsonObject): { deploy?: DeployBlock } {
  if (block.load_immediately !== true) return {};
  const { slug, kind, env, args, variables, headers, openapi } = block;
  return {
    deploy: {
      ...(typeof slug === 'string' ? { slug } : {}),
      ...(typeof kind === 'string' ? { kind } : {}),
      ...(isObject(env) ? { env: textsOf(env) } : {}),
      ...(Array.isArray(args) ? { args: args.filter((item) => typeof item === 'string') } : {}),
      ...(isObject(variables) ? { variables: textsOf(variables) } : {}),
      ...(isObject(headers) ? { headers: textsOf(headers) } : {}),
      ...(isObject(openapi) ? { openapi } : {}),
    },
  };
}

function textsOf(value: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
