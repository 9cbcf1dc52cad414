import type { JsonObject } from '../base/json.ts';
import type { Operation } from './model.ts';
import { cleanText } from './text.ts';

/** Longest tool description. */
export const MAX_TOOL_DESCRIPTION = 2000;
const MAX_TITLE = 120;

/** Key of a tool's `_meta` that says which operation it is. */
export const OPERATION_META = 'io.github.mcp-hub-registry/operation';

/** Methods that promise to change nothing (RFC 9110 9.2.1; QUERY of OpenAPI 3.2). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);
/** Methods that may be repeated without further effect (RFC 9110 9.2.2). */
const IDEMPOTENT = new Set([...SAFE, 'PUT', 'DELETE']);

/** The tool as `tools/list` shows it. */
export function describeTool(
  operation: Operation,
  name: string,
  inputSchema: JsonObject,
  outputSchema: JsonObject | undefined,
): JsonObject {
  const title = operation.summary === undefined ? '' : cleanText(operation.summary, MAX_TITLE).replace(/\s+/g, ' ');
  return {
    name,
    ...(title === '' ? {} : { title }),
    description: describe(operation),
    inputSchema,
    ...(outputSchema === undefined ? {} : { outputSchema }),
    annotations: annotate(operation.method, title),
    _meta: {
      [OPERATION_META]: {
        method: operation.method,
        path: operation.path,
        ...(operation.operationId === undefined ? {} : { operationId: operation.operationId }),
      },
    },
  };
}

/** What it does, that it is deprecated, and the request behind it. */
function describe({ summary = '', description = '', deprecated, method, path }: Operation): string {
  const short = cleanText(summary, 300);
  const long = cleanText(description, MAX_TOOL_DESCRIPTION - 400);
  const repeats = long.toLowerCase().startsWith(short.toLowerCase().replace(/[.!]+$/, ''));
  const parts = [deprecated ? 'Deprecated.' : '', repeats ? '' : short, long, cleanText(`${method} ${path}`, 300)];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** All four hints, always: a client takes a missing one for the worst. */
function annotate(method: string, title: string): JsonObject {
  const readOnlyHint = SAFE.has(method);
  return {
    ...(title === '' ? {} : { title }),
    readOnlyHint,
    destructiveHint: !readOnlyHint,
    idempotentHint: IDEMPOTENT.has(method),
    openWorldHint: true,
  };
}
