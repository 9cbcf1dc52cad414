import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HubError } from '../../base/errors.ts';
import { type JsonValue, parseJson } from '../../base/json.ts';
import type { HubEnv } from '../hub-context.ts';
import { problemAnswers } from './schemas.ts';

/** One route of the hub's API: what it is called, what it takes, what it answers. */
export interface RouteSpec<Body, Query> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With `{name}` for path parameters. */
  path: string;
  tag: string;
  operationId: string;
  summary: string;
  body?: z.ZodType<Body>;
  query?: z.ZodObject & z.ZodType<Query>;
  /** Status, meaning and schema of the good answer; no schema: no body. */
  answer: { status: 200 | 201 | 204; description: string; schema?: z.ZodType; mediaType?: string };
}

/** What a handler gets after the checks. */
export interface RouteInput<Body, Query> {
  body: Body;
  query: Query;
}

/** Longest body of a request to the hub's API, in bytes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Adds a route together with its description, so that the two cannot disagree about names and schemas. */
export function addRoute<Body = undefined, Query = undefined>(
  app: OpenAPIHono<HubEnv>,
  spec: RouteSpec<Body, Query>,
  handle: (c: Context<HubEnv>, input: RouteInput<Body, Query>) => Response | Promise<Response>,
): void {
  const { method, path, answer, body, query } = spec;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  const params = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  app.openAPIRegistry.registerPath({
    method,
    path,
    tags: [spec.tag],
    operationId: spec.operationId,
    summary: spec.summary,
    request: {
      ...(names.length > 0 && { params }),
      ...(query && { query }),
      ...(body && { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.schema && { content: { [answer.mediaType ?? 'application/json']: { schema: answer.schema } } }),
      },
      ...problemAnswers,
    },
  });
  app.on(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1'), async (c) => {
    const input = {
      query: query === undefined ? undefined : checked(query, c.req.query(), 'query'),
      body: body === undefined ? undefined : checked(body, await readJson(c), 'body'),
    };
    return handle(c, input as RouteInput<Body, Query>);
  });
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 50).map((issue) => ({
    message: issue.message,
    location: [where, ...issue.path].join('.'),
  }));
  const shown = errors.slice(0, 3).map(({ location, message }) => `${location}: ${message}`);
  throw new HubError('request.invalid', `The request is not valid. ${shown.join('; ')}`, { data: { errors } });
}

async function readJson(c: Context<HubEnv>): Promise<JsonValue> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new HubError('request.media_type', `Content-Type must be application/json, not "${type.slice(0, 100)}".`);
  }
  if (Number(c.req.header('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks).toString('utf8'), { maxBytes: MAX_BODY_BYTES, maxDepth: 64 });
}

function tooLarge(): HubError {
  return new HubError('request.too_large', `The request body is larger than ${MAX_BODY_BYTES} bytes.`);
}
