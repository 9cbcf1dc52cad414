#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommanderError } from 'commander';
import { createHubClient, type HubClient } from './api-client.ts';
import type { CliContext, CommandInput, CommandSpec } from './command.ts';
import { type Connection, findHub } from './connection.ts';
import { describeFailure, EXIT, UsageError } from './failure.ts';
import { createHubHttp } from './hub-http.ts';
import { type CliIo, processIo } from './io.ts';
import { createOutput } from './output.ts';
import { createProgram } from './program.ts';

/**
 * Runs one command line (without the program's own name) and returns its exit code: 0 done, 1 failed, 2 the command
 * line is wrong. Never rejects: what goes wrong is told on stderr.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram(io, async (spec, input) => {
    code = await runCommand(spec, input, io);
  });
  // `mcp-hub --version` is what people type before they know the commands.
  const words = argv.length === 1 && /^(-V|-v|--version)$/.test(argv[0] ?? '') ? ['version'] : argv;
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return tell(error, io);
    if (error.exitCode === 0) return EXIT.ok;
    // Without a command the help was shown; it needs no further words.
    if (error.code !== 'commander.help') {
      const message = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
      createOutput(io, false).error(message, 'mcp-hub --help, or --help after a command');
    }
    return EXIT.usage;
  }
}

async function runCommand(spec: CommandSpec, input: CommandInput, io: CliIo): Promise<number> {
  const output = createOutput(io, input.options.json === true);
  const stop = new AbortController();
  // `serve` drains when it is told to stop, and follows the signals itself.
  const forget = spec.name === 'serve' ? () => undefined : io.onStop(() => stop.abort());
  const resources: { close(): Promise<void> }[] = [];
  let connection: Promise<Connection> | undefined;
  let client: Promise<HubClient> | undefined;
  const connect = (): Promise<Connection> => {
    const { url, token, config } = input.options;
    connection ??= findHub(io, { url: text(url), token: text(token), config: text(config) });
    return connection;
  };
  const open = async (): Promise<HubClient> => {
    const [{ createNet }, { hubVersion }] = await Promise.all([
      import('../net/client.ts'),
      import('../telemetry/version.ts'),
    ]);
    const net = createNet({ allow: [], userAgent: `mcp-hub/${hubVersion()}` });
    resources.push(net);
    return createHubClient(createHubHttp(net, await connect()));
  };
  const context: CliContext = {
    io,
    output,
    signal: stop.signal,
    connection: connect,
    hub: () => {
      client ??= open();
      return client;
    },
  };
  try {
    const run = await spec.load();
    return (await run(context, input)) ?? EXIT.ok;
  } catch (error) {
    if (stop.signal.aborted) return EXIT.failed;
    return tell(error, io);
  } finally {
    forget();
    for (const resource of resources) await resource.close();
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function tell(error: unknown, io: CliIo): number {
  const { message, next } = describeFailure(error);
  createOutput(io, false).error(message, next);
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** How to start this program again from the same folder. */
function programText(script: string, cwd: string): string {
  if (path.basename(script) === 'mcp-hub') return 'mcp-hub';
  // In a checkout npm knows the command by its name.
  if (path.join(cwd, 'dist/cli/main.js') === realpathSync(script)) return 'npx mcp-hub';
  const relative = path.relative(cwd, script);
  return `node ${relative.startsWith('..') ? script : relative}`;
}

const script = process.argv[1];
if (script !== undefined && import.meta.url === pathToFileURL(realpathSync(script)).href) {
  // `mcp-hub servers list | head` closes the pipe early, which is no failure.
  process.stdout.on('error', () => process.exit(EXIT.ok));
  const code = await runCli(process.argv.slice(2), processIo(programText(script, process.cwd())));
  process.stdout.write('', () => process.exit(code));
}
