import { type ErrorCode, HubError } from '../base/errors.ts';
import type { ConfigPath } from './document.ts';

/** One thing that is wrong in a configuration. `message` says what is wrong and what is allowed. */
export interface ConfigProblem {
  code: Extract<ErrorCode, `config.${string}`>;
  path: ConfigPath;
  message: string;
}

/** Says where the value at a path came from: `mcp-hub.yaml:12`, `environment MCP_HUB_API_PORT`. */
export type Locate = (path: ConfigPath) => string;

/** Longest line of a message, in characters. */
const MAX_LINE = 500;

/**
 * The error for a configuration that cannot be used. Its message is one line for the first problem,
 * `file:line: path: what is wrong; what is allowed`; `data.problems` holds such a line for each.
 */
export function configError(problems: readonly ConfigProblem[], locate: Locate): HubError {
  const first = problems[0];
  const lines = problems.map((problem) => problemLine(problem, locate));
  return new HubError(first?.code ?? 'config.bad_value', lines[0] ?? 'The configuration is not usable.', {
    data: { problems: lines },
  });
}

function problemLine(problem: ConfigProblem, locate: Locate): string {
  const parts = [locate(problem.path), pathText(problem.path), problem.message].filter((part) => part !== '');
  const line = parts.join(': ').replace(/\s*[\r\n]+\s*/g, ' ');
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line;
}

/** `servers[1].openapi.document`; keys with odd characters are quoted. */
export function pathText(path: ConfigPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** The candidate that the word was probably meant to be: at most two letters off, or only written differently. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(word);
  let best: string | undefined;
  let bestDistance = Math.min(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, plain(candidate), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function plain(word: string): string {
  return word.slice(0, 100).toLowerCase().replace(/[_-]/g, '');
}

/** Damerau-Levenshtein (adjacent letters may be swapped); `limit` and above all count alike. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length] ?? limit;
}
