import type { Readable } from 'node:stream';

/** Where text goes. */
export interface TextSink {
  write(text: string): unknown;
  /** True on a terminal: colours, tables and progress bars make sense. */
  isTTY?: boolean | undefined;
  /** Width of the terminal in characters. */
  columns?: number | undefined;
}

/** All that a command knows of the outside. Tests hand in streams of their own. */
export interface CliIo {
  stdout: TextSink;
  stderr: TextSink;
  stdin: Readable & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** How the user started this program, for lines to copy: `mcp-hub` or `node dist/cli/main.js`. */
  program: string;
  /** Calls back for each request to end (Ctrl-C, SIGTERM); returns a function that stops listening. */
  onStop(listener: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** The {@link CliIo} of this process. */
export function processIo(program: string): CliIo {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    program,
    onStop(listener) {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    exit: (code) => process.exit(code),
  };
}
