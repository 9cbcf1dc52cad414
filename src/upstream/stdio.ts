import { sleep } from '../base/abort.ts';
import { HubError, messageOf } from '../base/errors.ts';
import { type Child, type Command, type ExitReport, type StopGrace, startChild } from './child-process.ts';
import { Connection, MAX_MESSAGE_BYTES, type Wire } from './connection.ts';
import type { RpcOneWay, RpcRequest } from './json-rpc.ts';
import { createLineSplitter } from './lines.ts';
import { excerpt, MAX_OUTPUT_LINE, NO_OUTPUT, type OutputSink } from './output.ts';
import { createPipeUpstream, type NegotiationOptions, negotiatePipe, type Pipe } from './pipe.ts';
import { processEnvironment } from './process-environment.ts';
import type { Upstream } from './upstream.ts';

/** Bytes that may wait to be read by the server before further requests are refused. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;
/** Lines of stderr that the reason of an unexpected end quotes. */
const QUOTED_LINES = 5;

/** How long the pipes of a process that has left may take to run empty. */
const LAST_WORDS_MS = 200;

/** Options of {@link connectStdio}. */
export interface StdioOptions extends NegotiationOptions {
  /** The program: a path, or a name on the PATH. Never a shell line. */
  command: string;
  args?: readonly string[];
  cwd?: string;
  /** Added to the short list of variables that every server gets. */
  env?: Readonly<Record<string, string>>;
  /** Names the server in messages; default: the command. */
  label?: string;
  output?: OutputSink;
  /** Waits of a stop. */
  grace?: StopGrace;
}

/**
 * Starts a program that speaks MCP over stdin and stdout, and opens a session with it (specification, stdio
 * transport). Its stderr goes to `output`.
 *
 * @throws HubError `loader.start_failed` when the program cannot be started or leaves before it answered, `upstream.*`
 * when it answers wrongly or not in time. The program and its children are gone then.
 */
export async function connectStdio(options: StdioOptions): Promise<Upstream> {
  try {
    const { pipe, session } = await negotiatePipe(() => openStdioPipe(options), options);
    return createPipeUpstream(pipe, session);
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'upstream.closed') throw error;
    throw new HubError('loader.start_failed', error.message, { cause: error });
  }
}

async function openStdioPipe(options: StdioOptions): Promise<Pipe> {
  options.signal?.throwIfAborted();
  const command: Command = {
    command: options.command,
    args: options.args ?? [],
    cwd: options.cwd,
    env: processEnvironment(options.env),
  };
  const child = await startChild(command);
  const output = options.output ?? NO_OUTPUT;
  const connection = new Connection({ label: options.label ?? `"${options.command}"`, output });
  connection.attach(createStdioWire(child, connection));
  const lastLines = readStderr(child, output);
  readStdout(child, connection);
  let isStopping = false;

  // `close` comes after `exit` when the pipes are empty too, so the last words are in the reason; a grandchild may
  // hold the pipes open for ever, so `exit` decides after a short wait.
  const pipesClosed = new Promise<void>((resolve) => child.process.once('close', () => resolve()));
  void child.exited.then(async (report) => {
    await Promise.race([pipesClosed, sleep(LAST_WORDS_MS)]);
    connection.close(endOf(connection.label, report, isStopping, lastLines));
    await child.stop(options.grace);
  });

  return {
    connection,
    async close() {
      isStopping = true;
      connection.close(new HubError('upstream.closed', `${connection.label} was stopped by the hub.`));
      await child.stop(options.grace);
    },
  };
}

function createStdioWire(child: Child, connection: Connection): Wire {
  const { stdin } = child.process;
  const write = (message: RpcRequest | RpcOneWay): void => {
    if (stdin?.writable) stdin.write(`${JSON.stringify(message)}\n`);
  };
  return {
    request(message) {
      if (stdin !== null && stdin.writableLength > MAX_UNREAD_BYTES) {
        const text = `${connection.label} does not read its requests; ${stdin.writableLength} bytes are waiting.`;
        connection.fail(message.id, new HubError('upstream.overloaded', text, { retryAfterSeconds: 5 }));
      } else write(message);
    },
    async oneWay(message) {
      write(message);
    },
    cancel(id, reason) {
      write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } });
    },
    settled: () => undefined,
  };
}

function readStdout(child: Child, connection: Connection): void {
  const splitter = createLineSplitter(MAX_MESSAGE_BYTES, {
    line(text) {
      // A server that prints to stdout what belongs on stderr is common; its words are worth keeping.
      if (text.trimStart().startsWith('{') || text.startsWith('[')) connection.receiveText(text);
      else if (text.trim() !== '') connection.odd.note(`Printed to stdout, where only MCP belongs: ${excerpt(text)}`);
    },
    oversized(head, tail, bytes) {
      const text = `${connection.label} sent a message of ${bytes} bytes; the limit is ${MAX_MESSAGE_BYTES}.`;
      connection.odd.note(text);
      const id = answeredId(head, tail);
      if (id !== undefined) connection.fail(id, new HubError('upstream.protocol', text));
    },
  });
  child.process.stdout?.on('data', (chunk: Buffer) => splitter.push(chunk));
  child.process.stdout?.on('end', () => splitter.end());
  child.process.stdout?.on('error', () => undefined);
}

/** The request that an oversized answer belongs to: SDKs put `id` right at the beginning or at the end. */
function answeredId(head: string, tail: string): number | undefined {
  const found = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d{1,15})\s*,/.exec(head)?.[1];
  const id = found ?? /,\s*"id"\s*:\s*(\d{1,15})\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/.exec(tail)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Passes stderr on line by line and remembers the last lines. */
function readStderr(child: Child, output: OutputSink): readonly string[] {
  const last: string[] = [];
  const take = (text: string): void => {
    output.line('stderr', text);
    last.push(excerpt(text, 300));
    if (last.length > QUOTED_LINES) last.shift();
  };
  const splitter = createLineSplitter(MAX_OUTPUT_LINE, {
    line: take,
    oversized: (head, _tail, bytes) => take(`${head}... (${bytes} bytes)`),
  });
  child.process.stderr?.on('data', (chunk: Buffer) => splitter.push(chunk));
  child.process.stderr?.on('end', () => splitter.end());
  child.process.stderr?.on('error', (error) => output.line('hub', `stderr broke off: ${messageOf(error)}`));
  return last;
}

function endOf(label: string, report: ExitReport, isStopping: boolean, lastLines: readonly string[]): HubError {
  if (isStopping) return new HubError('upstream.closed', `${label} was stopped by the hub.`);
  const how = report.signal === null ? `exited with code ${report.code}` : `was ended by ${report.signal}`;
  const words = lastLines.length === 0 ? '' : ` Its last words: ${lastLines.join(' | ')}`;
  return new HubError('upstream.closed', `${label} ${how}.${words}`);
}
