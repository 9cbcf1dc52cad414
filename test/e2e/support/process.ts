import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const COMMAND = resolve(import.meta.dirname, '../../../dist/cli/main.js');

/** Whether the project is compiled; `npm test` does that first. */
export const isBuilt: boolean = existsSync(COMMAND);
if (!isBuilt) console.log('skipped: tests of the command itself, because dist/ is missing (npm run build)');

/** A hub that runs as a process of its own. */
export interface HubProcess {
  child: ChildProcess;
  url: string;
  /** All that it printed so far. */
  output(): string;
  /** Ends it with a signal and waits. @returns exit code, or the signal's name. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

/** Runs `mcp-hub serve` in a folder, on a free port, and waits until it says where it is. */
export async function startHubProcess(
  cwd: string,
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<HubProcess> {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', ...args], {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const exited = new Promise<number | string>((done) =>
    child.once('exit', (code, signal) => done(code ?? signal ?? '')),
  );
  const url = await new Promise<string>((found, reject) => {
    const look = (chunk: Buffer): void => {
      printed += chunk.toString();
      const match = /(http:\/\/127\.0\.0\.1:\d+)\/servers/.exec(printed);
      if (match?.[1] !== undefined) found(match[1]);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    void exited.then((code) => reject(new Error(`mcp-hub serve ended with ${code}:\n${printed}`)));
  });
  return {
    child,
    url,
    output: () => printed,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}

/** Runs a command of the CLI to its end. */
export function runCommand(
  cwd: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; command?: string[] } = {},
): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const [file = '', ...first] = options.command ?? [process.execPath, COMMAND];
  const child = spawn(file, [...first, ...args], { cwd, env: { ...cleanEnvironment(), ...options.env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  child.stdin.end(options.input ?? '');
  return new Promise((done) =>
    child.once('close', (code, signal) => done({ code: code ?? signal ?? '', stdout, stderr })),
  );
}

/** The test runner's own variables would change what the command does. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) if (/^(MCP_HUB_|VITEST|NODE_ENV$|NODE_OPTIONS$)/.test(name)) delete env[name];
  return env;
}

/** Path of a file of the project. */
export function projectFile(...parts: string[]): string {
  return join(resolve(import.meta.dirname, '../../..'), ...parts);
}
