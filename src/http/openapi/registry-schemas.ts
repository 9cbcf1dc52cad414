import type { JsonObject } from '../../base/json.ts';
import { deployBlockShape } from '../../registry/deploy-block.ts';
import {
  DEPLOY_META,
  ENTRY_META,
  OFFICIAL_META,
  RELAXED_DESCRIPTION_LENGTH,
  WARNINGS_META,
} from '../../registry/document-shape.ts';
import { shapeFor } from '../../registry/server-json.ts';
import type { ObjectShape } from '../../registry/shape.ts';
import { toJsonSchema } from '../../registry/shape-schema.ts';
import { statusChangeShape } from '../routes/registry-writes.ts';
import { loginSchemas } from './registry-login.ts';

const dateTime = (description: string): JsonObject => ({ type: 'string', format: 'date-time', description });
const text = (description: string): JsonObject => ({ type: 'string', description });
const object = (required: string[], properties: JsonObject, description: string): JsonObject => ({
  type: 'object',
  description,
  required,
  properties,
});

/** A reference to a schema of the description. */
export function schemaRef(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * The schemas of the registry's API description. Those of documents are made from the shapes that check them, so they
 * cannot differ from what is accepted.
 */
export function registrySchemas(maxDescriptionLength: number): JsonObject {
  const schemas: JsonObject = {};
  const published = publishedShape(maxDescriptionLength);
  toJsonSchema(published, schemas);
  toJsonSchema(wrapperShape(published), schemas);
  // Imported documents may be longer than what may be published today.
  toJsonSchema({ ...shapeFor(RELAXED_DESCRIPTION_LENGTH), name: 'Server' }, schemas);
  toJsonSchema(deployBlockShape, schemas);
  toJsonSchema(statusChangeShape, schemas);
  const request = { anyOf: [schemaRef(published.name), schemaRef('PublishAndDeploy')] };
  return { ...schemas, PublishRequest: request, ...answerSchemas() };
}

/** The other form of a publish: the document beside the wish to deploy it. */
function wrapperShape(server: ObjectShape): ObjectShape {
  return {
    kind: 'object',
    name: 'PublishAndDeploy',
    description: 'A server.json beside the wish to deploy it at once.',
    fields: { server: { shape: server, required: true }, ...deployBlockShape.fields },
  };
}

/** A document on its way in may carry a deploy block, which answers never have. */
function publishedShape(maxDescriptionLength: number): ObjectShape {
  const shape = shapeFor(maxDescriptionLength);
  const meta = shape.fields._meta;
  if (meta?.shape.kind !== 'object') return shape;
  const fields = { ...meta.shape.fields, [DEPLOY_META]: { shape: deployBlockShape } };
  return {
    ...shape,
    fields: { ...shape.fields, _meta: { shape: { ...meta.shape, name: 'PublishedMeta', fields } } },
  };
}

function answerSchemas(): JsonObject {
  return {
    OfficialMeta: object(
      ['status', 'statusChangedAt', 'publishedAt', 'updatedAt', 'isLatest'],
      {
        status: { type: 'string', enum: ['active', 'deprecated', 'deleted'], description: 'Life-cycle status.' },
        statusChangedAt: dateTime('When the status last changed.'),
        statusMessage: { type: 'string', maxLength: 500, description: 'Why the server has this status.' },
        publishedAt: dateTime('When this version was published.'),
        updatedAt: dateTime('When anything of this version last changed.'),
        isLatest: { type: 'boolean', description: 'Whether this is the latest version of the server.' },
      },
      'What the registry knows of a version.',
    ),
    ServerResponse: object(
      ['server', '_meta'],
      {
        server: schemaRef('Server'),
        _meta: {
          ...object(
            [OFFICIAL_META, ENTRY_META],
            {
              [OFFICIAL_META]: schemaRef('OfficialMeta'),
              [ENTRY_META]: object(
                ['id'],
                { id: { type: 'string', format: 'uuid', description: 'Stable id of this version.' } },
                'What identifies the entry in this hub.',
              ),
              [WARNINGS_META]: {
                type: 'array',
                items: { type: 'string' },
                description:
                  'In the answer to a publish or an edit: what was not refused, but the publisher should know.',
              },
              'io.github.mcp-hub-registry/runtime': {
                type: 'object',
                description:
                  'Present when the server runs in this hub: its state, its MCP endpoint, the names of its tools, resources and prompts.',
                additionalProperties: true,
              },
            },
            'Metadata of the registry under reverse-DNS keys.',
          ),
          additionalProperties: true,
        },
      },
      'One version of one server.',
    ),
    ServerList: object(
      ['servers', 'metadata'],
      {
        servers: { type: 'array', items: schemaRef('ServerResponse') },
        metadata: object(
          ['count'],
          {
            nextCursor: text('Send it as `cursor` for the next page. Absent on the last page.'),
            count: { type: 'integer', minimum: 0, description: 'Number of servers on this page.' },
          },
          'About this page.',
        ),
      },
      'A page of servers.',
    ),
    AllVersionsStatusResponse: object(
      ['updatedCount', 'servers'],
      {
        updatedCount: { type: 'integer', minimum: 0, description: 'Number of versions in `servers`.' },
        servers: { type: 'array', items: schemaRef('ServerResponse') },
      },
      'All versions of the server, newest first.',
    ),
    DeletedServersResponse: object(
      ['deletedCount', 'servers'],
      {
        deletedCount: { type: 'integer', minimum: 1, description: 'Number of versions that were removed.' },
        servers: { type: 'array', items: schemaRef('ServerResponse') },
      },
      'What was removed, newest first.',
    ),
    ...validationSchemas(),
    ...loginSchemas,
    Health: {
      ...object(['status'], { status: { type: 'string', enum: ['ok'] } }, 'The process lives.'),
      additionalProperties: true,
    },
    Ping: object(['pong'], { pong: { type: 'boolean', enum: [true] } }, 'The answer to a ping.'),
    Version: object(
      ['version', 'git_commit', 'build_time'],
      {
        version: text('Version of the hub.'),
        git_commit: text('Commit it was built from.'),
        build_time: text('When.'),
      },
      'Which build answers.',
    ),
  };
}

function validationSchemas(): JsonObject {
  return {
    Issue: object(
      ['type', 'path', 'message', 'severity', 'reference'],
      {
        type: { type: 'string', enum: ['json', 'schema', 'semantic', 'linter'] },
        path: text('Where in the document, e.g. `packages[0].transport.url`.'),
        message: text('What is wrong and what would be right.'),
        severity: { type: 'string', enum: ['error', 'warning', 'info'] },
        reference: text('Stable name of the rule.'),
      },
      'One finding about a document.',
    ),
    ValidationResult: object(
      ['valid', 'issues'],
      {
        valid: { type: 'boolean', description: 'False when an issue is an error.' },
        issues: { type: 'array', items: schemaRef('Issue') },
      },
      'The verdict on a document.',
    ),
    Problem: object(
      ['title', 'status', 'detail', 'error', 'code'],
      {
        title: text('Reason phrase of the status.'),
        status: { type: 'integer', minimum: 400, maximum: 599 },
        detail: text('What was wrong.'),
        error: text('The same as `detail`.'),
        code: text('Stable code of the error.'),
        errors: {
          type: 'array',
          items: object(
            ['message'],
            { message: text('What was wrong.'), location: text('Where, e.g. `body.version`.'), value: {} },
            'One thing that was wrong.',
          ),
        },
        data: { type: 'object', additionalProperties: true, description: 'Machine-readable detail.' },
        requestId: text('Finds the log line that tells more.'),
      },
      'Why a request failed (RFC 9457).',
    ),
  };
}
