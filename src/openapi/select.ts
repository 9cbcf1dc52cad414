import type { Warnings } from './warnings.ts';

/** What a selection looks at. */
export interface Selectable {
  operationId?: string;
  method: string;
  path: string;
}

/** Whether an operation becomes a tool. */
export type Selector = (operation: Selectable, toolName: string) => boolean;

/**
 * Reads `include` and `exclude`. A line is an operationId, a tool name or `METHOD /path`; a trailing `*` matches the
 * rest. Without `include` everything is in; `exclude` has the last word.
 */
export function createSelector(
  include: readonly string[] | undefined,
  exclude: readonly string[] | undefined,
): { select: Selector; reportUnused(warnings: Warnings): void } {
  const included = (include ?? []).map(toMatcher);
  const excluded = (exclude ?? []).map(toMatcher);
  const hits = (matchers: readonly Matcher[], texts: readonly string[]): boolean => {
    let hit = false;
    for (const matcher of matchers) {
      if (!texts.some(matcher.matches)) continue;
      matcher.used = true;
      hit = true;
    }
    return hit;
  };
  return {
    select(operation, toolName) {
      const texts = [toolName, `${operation.method} ${operation.path}`];
      if (operation.operationId !== undefined) texts.push(operation.operationId);
      const isIn = included.length === 0 || hits(included, texts);
      return !hits(excluded, texts) && isIn;
    },
    reportUnused(warnings) {
      for (const [setting, matchers] of [
        ['include', included],
        ['exclude', excluded],
      ] as const) {
        for (const { line, used } of matchers) {
          if (!used) warnings.add('#/paths', `openapi.${setting}: ${JSON.stringify(line)} matches no operation.`);
        }
      }
    },
  };
}

interface Matcher {
  line: string;
  used: boolean;
  matches(text: string): boolean;
}

function toMatcher(line: string): Matcher {
  // `get  /pets` and `GET /pets` mean the same.
  const text = line.trim().replace(/^([A-Za-z]+)\s+(?=\/)/, (_, method: string) => `${method.toUpperCase()} `);
  const prefix = text.endsWith('*') ? text.slice(0, -1) : undefined;
  return {
    line,
    used: false,
    matches: prefix === undefined ? (other) => other === text : (other) => other.startsWith(prefix),
  };
}
