import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { type ParamHeader, paramHeaders, scanParamHeaders } from './param-headers.ts';

/** Bounds of a listing that is made to learn the headers. */
const MAX_PAGES = 100;
const MAX_TOOLS = 10_000;

const NONE: readonly ParamHeader[] = [];

/** What the tools of one server want mirrored into headers, learnt from their listing. */
export interface ToolHeaders {
  /**
   * Reads a page of `tools/list` and leaves out the tools that cannot be called over HTTP because their
   * `x-mcp-header` is wrong (specification 2026-07-28: a client must exclude them).
   */
  learn(result: JsonObject): JsonObject;
  /** Headers for a call, or undefined when the tool is not known yet. */
  headersFor(params: JsonObject): Record<string, string> | undefined;
  /** Lists all tools unless that has been done since the last change; never rejects. */
  refresh(listPage: (cursor: string | undefined) => Promise<JsonObject | undefined>): Promise<void>;
  /** The list has changed: what was learnt is out of date. */
  forget(): void;
}

/** Makes the {@link ToolHeaders} of a server. `onExcluded` is told of each tool that is left out, once. */
export function createToolHeaders(onExcluded: (name: string, reason: string) => void): ToolHeaders {
  const known = new Map<string, readonly ParamHeader[]>();
  const reported = new Set<string>();
  let isComplete = false;
  let refreshing: Promise<void> | undefined;

  const learnTool = (tool: JsonValue): boolean => {
    if (!isObject(tool) || typeof tool.name !== 'string') return true;
    const scan = scanParamHeaders(tool.inputSchema);
    if (!scan.ok) {
      if (!reported.has(tool.name) && reported.size < MAX_TOOLS) onExcluded(tool.name, scan.reason);
      reported.add(tool.name);
      return false;
    }
    if (known.size < MAX_TOOLS || known.has(tool.name)) known.set(tool.name, scan.headers);
    return true;
  };

  const learn = (result: JsonObject): JsonObject => {
    if (!Array.isArray(result.tools)) return result;
    const usable = result.tools.filter(learnTool);
    return usable.length === result.tools.length ? result : { ...result, tools: usable };
  };

  return {
    learn,
    headersFor(params) {
      const headers = typeof params.name === 'string' ? known.get(params.name) : NONE;
      if (headers === undefined) return isComplete ? {} : undefined;
      return paramHeaders(headers, params.arguments);
    },
    refresh(listPage) {
      refreshing ??= (async () => {
        let cursor: string | undefined;
        for (let page = 0; page < MAX_PAGES; page++) {
          const result = await listPage(cursor).catch(() => undefined);
          if (result === undefined) break;
          learn(result);
          if (typeof result.nextCursor !== 'string') break;
          cursor = result.nextCursor;
        }
        // A listing that failed is not tried again before each call: the server's own check is the safety net.
        isComplete = true;
        refreshing = undefined;
      })();
      return refreshing;
    },
    forget() {
      known.clear();
      isComplete = false;
    },
  };
}
