import type { JsonObject } from '../../base/json.ts';
import { EXTENSION_BASE, EXTENSION_LIMITS } from '../routes/registry-extensions.ts';

/** A read of the hub's own that the description lists beside the official routes. */
export interface ExtensionOperation {
  path: string;
  id: string;
  summary: string;
  description: string;
  parameters: JsonObject[];
  /** Description and name of the schema of the 200. */
  answer: [string, string];
  /** Whether the same comes as `text/event-stream` too. */
  streams?: boolean;
}

const { changes, defaultChanges, waitSeconds, facets, defaultFacets } = EXTENSION_LIMITS;
const whole = (minimum: number, fallback: number, maximum?: number): JsonObject => ({
  type: 'integer',
  minimum,
  ...(maximum !== undefined && { maximum }),
  default: fallback,
});
const query = (name: string, description: string, schema: JsonObject): JsonObject => ({
  name,
  in: 'query',
  description,
  schema,
});

/** The hub's extensions of the registry API, as the description shows them. */
export const extensionOperations: readonly ExtensionOperation[] = [
  {
    path: `${EXTENSION_BASE}/changes`,
    id: 'list_changes',
    summary: 'Which servers have changed since a place in the feed',
    description:
      'Every publish, edit, change of status and removal has a number that only grows. Send `metadata.next` as `since` for what comes after. With `wait` the answer is held back until something changes; with `Accept: text/event-stream` changes come as events, whose ids may be sent back as `Last-Event-ID`.',
    parameters: [
      query('since', 'Number of the last change that is known, or `latest` for the end of the feed.', {
        anyOf: [
          { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
          { type: 'string', enum: ['latest'] },
        ],
        default: 0,
      }),
      query('limit', 'Most changes in the answer.', whole(1, defaultChanges, changes)),
      query('wait', 'Longest time to wait for a change, in seconds.', whole(0, 0, waitSeconds)),
    ],
    answer: ['Changes, oldest first.', 'ChangeList'],
    streams: true,
  },
  {
    path: `${EXTENSION_BASE}/facets`,
    id: 'count_facets',
    summary: 'How many servers there are of each kind',
    description:
      'Counts the latest versions of all servers by package type, transport, tag, status and namespace, the most frequent first. Deleted servers count by status only.',
    parameters: [query('limit', 'Most values of each kind.', whole(1, defaultFacets, facets))],
    answer: ['The counts.', 'Facets'],
  },
];

/** The schemas of their answers. */
export function extensionSchemas(): JsonObject {
  const count: JsonObject = { type: 'integer', minimum: 0 };
  const counts = (description: string): JsonObject => ({
    type: 'array',
    description,
    items: {
      type: 'object',
      required: ['value', 'count'],
      properties: { value: { type: 'string' }, count },
    },
  });
  return {
    Change: {
      type: 'object',
      description: 'One change of one server.',
      required: ['seq', 'at', 'name'],
      properties: {
        seq: { type: 'integer', minimum: 1, description: 'Number of the change; later changes have higher ones.' },
        at: { type: 'string', format: 'date-time', description: 'When it was written.' },
        name: { type: 'string', description: 'Name of the server; ask for its versions to see what is new.' },
      },
    },
    ChangeList: {
      type: 'object',
      description: 'A part of the change feed.',
      required: ['changes', 'metadata'],
      properties: {
        changes: { type: 'array', items: { $ref: '#/components/schemas/Change' } },
        metadata: {
          type: 'object',
          description: 'About this part.',
          required: ['count', 'next'],
          properties: {
            count: { ...count, description: 'Number of changes in this answer.' },
            next: { ...count, description: 'Send it as `since` to go on.' },
          },
        },
      },
    },
    Facets: {
      type: 'object',
      description: 'Counts over the latest versions of all servers.',
      required: ['total', 'packageTypes', 'transports', 'tags', 'statuses', 'namespaces'],
      properties: {
        total: { ...count, description: 'Servers that are not deleted.' },
        packageTypes: counts('By `registryType` of their packages.'),
        transports: counts('By transport of their packages and remotes.'),
        tags: counts('By `tags` and `keywords` of their publishers.'),
        statuses: counts('By status.'),
        namespaces: counts('By namespace.'),
      },
    },
  };
}
