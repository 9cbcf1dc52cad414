import { HubError } from '../../base/errors.ts';
import { type Command, startChild } from '../../upstream/child-process.ts';

/** Most of each output that is kept: the beginning of stdout, the end of stderr. */
const MAX_STDOUT = 8 * 1024 * 1024;
const MAX_STDERR = 32 * 1024;
/** A program that is given up gets little time to leave. */
const GRACE = { stdinMs: 0, termMs: 1000 };

/** How a program ended, and what it said. */
export interface CommandOutcome {
  /** Null when it was ended by a signal. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end. Its own children are gone too when this settles.
 *
 * @throws HubError `loader.start_failed` when it cannot be started, `loader.timeout` at the deadline; the reason of the
 * signal.
 */
export async function runCommand(command: Command, timeoutMs: number, signal: AbortSignal): Promise<CommandOutcome> {
  signal.throwIfAborted();
  const child = await startChild(command);
  let stdout = '';
  let stderr = '';
  child.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (stdout.length < MAX_STDOUT) stdout += text;
  });
  child.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR);
  });
  child.process.stdin?.end();
  const closed = new Promise<void>((resolve) => child.process.once('close', () => resolve()));
  let undo = (): void => undefined;
  try {
    return await new Promise<CommandOutcome>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new HubError('loader.timeout', `"${command.command}" took longer than ${timeoutMs} ms.`)),
        timeoutMs,
      );
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      undo = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      void Promise.all([child.exited, closed]).then(([{ code }]) => resolve({ code, stdout, stderr }));
    });
  } finally {
    undo();
    await child.stop(GRACE);
  }
}
