import type { DeploymentLog } from '../loaders/loader.ts';

/** One line that a server or its loader wrote. */
export interface LogLine {
  at: string;
  stream: 'stderr' | 'stdout' | 'hub';
  text: string;
}

/** The last lines of a deployment, and a way to follow them. */
export interface LogRing extends DeploymentLog {
  /** The newest `count` lines, oldest first. */
  tail(count: number): LogLine[];
  /** Calls back for each new line; returns a function that ends this. */
  follow(listener: (line: LogLine) => void): () => void;
}

/** Lines kept for each deployment. */
export const LOG_LINES = 1_000;
/** Characters kept of one line. */
export const LOG_LINE_LENGTH = 2_000;

/** Makes an empty {@link LogRing}. */
export function createLogRing(): LogRing {
  const lines: LogLine[] = [];
  const followers = new Set<(line: LogLine) => void>();
  return {
    line(stream, text) {
      const line = { at: new Date().toISOString(), stream, text: text.slice(0, LOG_LINE_LENGTH) };
      lines.push(line);
      if (lines.length > LOG_LINES) lines.shift();
      for (const follower of followers) follower(line);
    },
    tail: (count) => lines.slice(-count),
    follow(listener) {
      followers.add(listener);
      return () => followers.delete(listener);
    },
  };
}
