import type { JsonObject, JsonValue } from '../base/json.ts';
import type { ArgumentPlan } from './argument-plan.ts';
import { createBodyWriter } from './body.ts';
import { encodeLiteral } from './encode.ts';
import { essence, mediaKind } from './media.ts';
import type { Operation } from './model.ts';
import { successMedia } from './output.ts';
import { createParameterWriter, hasDotSegment, type ParameterWriter, type RequestSink } from './parameters.ts';
import { parseTemplate } from './template.ts';

/** A request without the base URL and the credentials that its deployment adds. */
export interface ToolRequest {
  method: string;
  /** Encoded, begins with `/`. */
  path: string;
  /** Encoded `name=value` pairs. */
  query: readonly string[];
  /** Names in lower case. */
  headers: Record<string, string>;
  cookies: readonly string[];
  body?: string | Buffer;
}

/** A request, or why the arguments make none: sentences that name the argument. */
export type BuildResult = { ok: true; request: ToolRequest } | { ok: false; problems: string[] };

/** Turns validated arguments into a request. */
export type RequestBuilder = (values: JsonObject) => BuildResult;

interface Prepared {
  argument: string;
  required: boolean;
  fallback: JsonValue | undefined;
  write: ParameterWriter;
}

/**
 * Prepares the requests of one operation: template, parameter writers, body writer and headers are decided here, once.
 *
 * @throws Error when the path of the operation can never be requested safely.
 */
export function createRequestBuilder(operation: Operation, plan: ArgumentPlan): RequestBuilder {
  const { literals, slots } = parseTemplate(operation.path);
  const pieces = literals.map(encodeLiteral);
  if (pieces[0]?.startsWith('/') !== true) pieces[0] = `/${pieces[0] ?? ''}`;
  if (hasDotSegment(operation.path)) throw new Error('its path holds a "." or ".." segment');
  const prepared: Prepared[] = plan.parameters.map(({ parameter, argument, required, fallback }) => ({
    argument,
    required,
    fallback,
    write: createParameterWriter(parameter),
  }));
  const writeBody = plan.body === undefined ? undefined : createBodyWriter(plan.body);
  const accept = acceptOf(operation);

  return (values) => {
    const sink: RequestSink = { path: new Map(), query: [], headers: { accept }, cookies: [] };
    const problems: string[] = [];
    for (const { argument, required, fallback, write } of prepared) {
      const value = values[argument] ?? fallback ?? values[argument];
      if (value === undefined) {
        if (required) problems.push(`\`${argument}\` is missing.`);
        continue;
      }
      const problem = write(value, sink);
      if (problem !== undefined) problems.push(`\`${argument}\`: ${problem}.`);
    }
    const body = writeBody?.(values);
    if (body !== undefined && 'problem' in body) problems.push(`\`${body.argument ?? 'body'}\`: ${body.problem}.`);
    if (problems.length > 0) return { ok: false, problems };

    let path = pieces[0] ?? '/';
    for (const [index, name] of slots.entries()) path += (sink.path.get(name) ?? '') + (pieces[index + 1] ?? '');
    const mark = path.indexOf('?');
    if (mark >= 0) {
      sink.query.unshift(path.slice(mark + 1));
      path = path.slice(0, mark);
    }
    // Values that are harmless alone may be harmful side by side: `{a}{b}` with two dots.
    if (slots.length > 0 && hasDotSegment(path)) {
      return { ok: false, problems: ['The path arguments together would lead to another path.'] };
    }
    const request: ToolRequest = {
      method: operation.method,
      path,
      query: sink.query,
      headers: sink.headers,
      cookies: sink.cookies,
    };
    if (body !== undefined && 'content' in body) {
      request.body = body.content;
      request.headers['content-type'] = body.contentType;
    }
    return { ok: true, request };
  };
}

/** The declared types of a success, JSON first, and anything else as the last choice. */
function acceptOf(operation: Operation): string {
  const types = successMedia(operation.responses)
    .map(({ type }) => essence(type))
    .filter((type) => /^[\x21-\x7e]+\/[\x21-\x7e]+$/.test(type) && type !== '*/*')
    .slice(0, 8);
  const isJson = (type: string): boolean => mediaKind(type) === 'json';
  const sorted = [...types.filter(isJson), ...types.filter((type) => !isJson(type))];
  if (sorted.length === 0) return 'application/json, */*;q=0.5';
  return [...sorted.map((type, index) => (index === 0 ? type : `${type};q=0.9`)), '*/*;q=0.5'].join(', ');
}
