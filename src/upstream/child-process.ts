import type { ChildProcess } from 'node:child_process';
import spawn from 'cross-spawn';
import { HubError, messageOf } from '../base/errors.ts';
import { holdGroup, isGroupAlive, releaseGroup, signalGroup } from './process-group.ts';

/** How long each step of the stop ladder waits for the processes to leave, in milliseconds. */
export interface StopGrace {
  /** After stdin was closed. */
  stdinMs: number;
  /** After SIGTERM. */
  termMs: number;
}

/** The grace that servers get by default. */
export const DEFAULT_GRACE: StopGrace = { stdinMs: 1500, termMs: 1500 };

/** How often a group is looked at until it is empty, and how long after SIGKILL. */
const GROUP_POLL_MS = 20;
const KILL_WAIT_MS = 2000;

/** How a process ended. */
export interface ExitReport {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A program, its arguments and its surroundings. Never a shell line. */
export interface Command {
  command: string;
  args: readonly string[];
  cwd?: string | undefined;
  /** The whole environment. */
  env: Readonly<Record<string, string>>;
}

/** A started process at the head of a process group of its own. */
export interface Child {
  readonly process: ChildProcess;
  /** Resolves when the process itself has left. */
  readonly exited: Promise<ExitReport>;
  /** Stops the whole group: closes stdin, then SIGTERM, then SIGKILL. Resolves when it is gone; may be called twice. */
  stop(grace?: StopGrace): Promise<void>;
}

/**
 * Starts a program in a process group of its own, so that its own children can be stopped with it.
 *
 * @throws HubError `loader.start_failed` when it cannot be started at all.
 */
export async function startChild(command: Command): Promise<Child> {
  const child = spawn(command.command, [...command.args], {
    env: { ...command.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
  });
  const exited = new Promise<ExitReport>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  // Writing to a process that has left is an expected event; `exit` tells the story.
  child.stdin?.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(new HubError('loader.start_failed', `"${command.command}" cannot be started: ${why(cause)}`, { cause }));
    });
  });
  child.on('error', () => undefined);
  const { pid } = child;
  if (pid !== undefined) holdGroup(pid);
  let stopping: Promise<void> | undefined;
  return {
    process: child,
    exited,
    stop(grace = DEFAULT_GRACE) {
      stopping ??= stopGroup(child, exited, grace).finally(() => {
        if (pid !== undefined) releaseGroup(pid);
      });
      return stopping;
    },
  };
}

function why(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such program or working folder. Is it installed and on the PATH?';
  if (code === 'EACCES') return 'it is not executable.';
  return messageOf(cause);
}

async function stopGroup(child: ChildProcess, exited: Promise<ExitReport>, grace: StopGrace): Promise<void> {
  const { pid } = child;
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  child.stdin?.end();
  if (isRunning()) await within(grace.stdinMs, exited);
  if (pid !== undefined && (isRunning() || isGroupAlive(pid))) {
    signalGroup(pid, 'SIGTERM');
    await groupGone(pid, grace.termMs);
    signalGroup(pid, 'SIGKILL');
    await groupGone(pid, KILL_WAIT_MS);
  }
  await exited;
  // A grandchild may hold the other ends of the pipes; the hub lets go of its own.
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** Waits until nobody of the group runs, at most `ms`. */
async function groupGone(pid: number, ms: number): Promise<void> {
  const end = Date.now() + ms;
  while (isGroupAlive(pid) && Date.now() < end) await pause(GROUP_POLL_MS);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function within(ms: number, event: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([event, limit]);
  clearTimeout(timer);
}
