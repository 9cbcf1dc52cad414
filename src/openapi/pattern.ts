/** Steps that one test of a regular expression may take, roughly. */
const MAX_STEPS = 20_000_000;
/** Longest text for an expression whose cost may double with each character. */
const MAX_EXPONENTIAL_LENGTH = 16;
/** A counted repetition of this many counts as one without end. */
const MANY = 16;

/** What ajv needs of a regular expression. */
export interface BoundedPattern {
  test(text: string): boolean;
  /** Tells expressions apart: ajv keeps one for each text. */
  toString(): string;
}

/**
 * A regular expression of a document, used on a caller's arguments. Together they could keep the process busy for
 * hours (catastrophic backtracking), so a text that is too long for the shape of the expression passes unchecked; the
 * API that wrote the expression still checks it.
 */
export function boundedPattern(pattern: string, flags: string): BoundedPattern {
  const expression = new RegExp(pattern, flags);
  const maxLength = longestText(pattern);
  return {
    test: (text) => text.length > maxLength || expression.test(text),
    toString: () => expression.toString(),
  };
}

/** The length up to which an expression is harmless. */
export function longestText(pattern: string): number {
  const { repetitions, isExponential } = shapeOf(pattern);
  if (isExponential) return MAX_EXPONENTIAL_LENGTH;
  const exponent = repetitions + (pattern.startsWith('^') ? 0 : 1);
  return exponent === 0 ? Number.POSITIVE_INFINITY : Math.floor(MAX_STEPS ** (1 / exponent));
}

/** Counts repetitions without end; a repeated group that itself repeats or chooses may backtrack exponentially. */
function shapeOf(pattern: string): { repetitions: number; isExponential: boolean } {
  const groups: boolean[] = [false];
  let repetitions = 0;
  let isExponential = false;
  let closed = false;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i];
    const wasClosed = closed;
    closed = false;
    if (character === '\\') {
      i++;
      if (/[1-9k]/.test(pattern[i] ?? '')) isExponential = true;
    } else if (character === '[') {
      i = endOfClass(pattern, i);
    } else if (character === '(') {
      groups.push(false);
    } else if (character === ')') {
      closed = groups.pop() === true;
      if (closed && groups.length > 0) groups[groups.length - 1] = true;
    } else if (character === '|') {
      groups[groups.length - 1] = true;
    } else if (isRepetition(pattern, i)) {
      repetitions++;
      groups[groups.length - 1] = true;
      if (wasClosed) isExponential = true;
    }
  }
  return { repetitions, isExponential };
}

function endOfClass(pattern: string, start: number): number {
  for (let i = start + 1; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === ']') return i;
  }
  return pattern.length;
}

function isRepetition(pattern: string, at: number): boolean {
  if (pattern[at] === '*' || pattern[at] === '+') return true;
  const counted = pattern[at] === '{' ? /^\{(\d+)(,(\d*))?\}/.exec(pattern.slice(at, at + 24)) : null;
  if (counted === null) return false;
  const most = counted[2] === undefined ? counted[1] : counted[3];
  return most === '' || Number(most) >= MANY;
}
