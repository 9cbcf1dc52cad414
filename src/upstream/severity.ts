/** Log levels of MCP (RFC 5424), least severe first. */
export const LEVELS: readonly string[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

/** Place of a level among the others, 0 is `debug`. An unknown level counts as `info`. */
export function severityOf(level: unknown): number {
  const index = typeof level === 'string' ? LEVELS.indexOf(level) : -1;
  return index < 0 ? 1 : index;
}

/** Whether a message of `level` is wanted by somebody who asked for `minimum` and above. */
export function isSevereEnough(level: unknown, minimum: string): boolean {
  return severityOf(level) >= severityOf(minimum);
}
