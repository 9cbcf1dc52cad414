import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import { HubError, messageOf } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import { Connection, MAX_MESSAGE_BYTES, type Wire } from './connection.ts';
import { createLineSplitter } from './lines.ts';
import { excerpt, MAX_OUTPUT_LINE, NO_OUTPUT, type OutputSink } from './output.ts';
import { createPipeUpstream, type NegotiationOptions, negotiatePipe, type Pipe } from './pipe.ts';
import { processEnvironment } from './process-environment.ts';
import type { Upstream } from './upstream.ts';

/** Memory that a worker may use by default, in MiB. Beyond it the worker ends, and only it. */
export const DEFAULT_WORKER_MEMORY_MB = 256;
/** How long a server may take to close in an orderly way before its thread is ended. */
const CLOSE_GRACE_MS = 1000;

/** Options of {@link startWorker}. */
export interface WorkerOptions extends NegotiationOptions {
  /** `file:` URL of an ES module whose default export makes an MCP server: `({options, env}) => server`. */
  moduleUrl: string;
  /** Handed to the factory. */
  options?: JsonObject;
  /** Handed to the factory, and added to the short environment of the thread. */
  env?: Readonly<Record<string, string>>;
  memoryMb?: number;
  label?: string;
  output?: OutputSink;
}

/**
 * Runs a module's MCP server in a worker thread and opens a session with it. The server may be anything with a
 * `connect(transport)` like the official SDKs' `Server` and `McpServer`. A crash, an endless loop or too much memory
 * there ends that server, not the hub.
 *
 * @throws HubError `loader.start_failed` when the module cannot be imported or makes no server, `upstream.*` when the
 * server answers wrongly or not in time. The thread is gone then.
 */
export async function startWorker(options: WorkerOptions): Promise<Upstream> {
  try {
    const { pipe, session } = await negotiatePipe(() => openWorkerPipe(options), options);
    return createPipeUpstream(pipe, session);
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'upstream.closed') throw error;
    throw new HubError('loader.start_failed', error.message, { cause: error });
  }
}

async function openWorkerPipe(options: WorkerOptions): Promise<Pipe> {
  options.signal?.throwIfAborted();
  const output = options.output ?? NO_OUTPUT;
  const label = options.label ?? options.moduleUrl;
  const connection = new Connection({ label, output });
  const { port1: port, port2 } = new MessageChannel();
  const env = { ...options.env };
  const resourceLimits: ResourceLimits = { maxOldGenerationSizeMb: options.memoryMb ?? DEFAULT_WORKER_MEMORY_MB };
  const worker = new Worker(new URL('./worker-entry.mjs', import.meta.url), {
    name: label,
    workerData: { moduleUrl: options.moduleUrl, options: options.options ?? {}, env, port: port2 },
    transferList: [port2],
    env: processEnvironment(env),
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits,
  });
  connection.attach(createPortWire(port));
  readLines(worker.stdout, 'stdout', output);
  readLines(worker.stderr, 'stderr', output);
  port.on('message', (text: unknown) => receive(connection, text));
  // A thread that is stopped while it boots may never report its end; none of them keeps the process alive.
  port.unref();
  worker.unref();

  let trouble: string | undefined;
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      port.close();
      connection.close(
        new HubError('upstream.closed', `${label} ended: ${trouble ?? `its thread left with code ${code}`}.`),
      );
      resolve();
    });
  });
  worker.on('error', (error) => {
    trouble = excerpt(messageOf(error), 500).replace(/\.$/, '');
    output.line('stderr', error instanceof Error ? (error.stack ?? trouble).slice(0, MAX_OUTPUT_LINE) : trouble);
  });

  const close = async (): Promise<void> => {
    connection.close(new HubError('upstream.closed', `${label} was stopped by the hub.`));
    worker.postMessage('close');
    const timer = setTimeout(() => void worker.terminate(), CLOSE_GRACE_MS);
    await exited;
    clearTimeout(timer);
  };

  try {
    await whenReady(worker, connection, options);
    return { connection, close };
  } catch (error) {
    connection.close(new HubError('upstream.closed', `${label} did not start.`));
    port.close();
    await worker.terminate();
    throw error;
  }
}

function createPortWire(port: MessagePort): Wire {
  return {
    request: (message) => port.postMessage(JSON.stringify(message)),
    async oneWay(message) {
      port.postMessage(JSON.stringify(message));
    },
    cancel(id, reason) {
      const params = { requestId: id, reason };
      port.postMessage(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
    },
    settled: () => undefined,
  };
}

function receive(connection: Connection, text: unknown): void {
  if (typeof text !== 'string') connection.odd.note(`${connection.label} sent something that is not text.`);
  else if (text.length > MAX_MESSAGE_BYTES) connection.odd.note(`${connection.label} sent ${text.length} characters.`);
  else connection.receiveText(text);
}

/** Waits for the entry's word that the server is connected, its failure, the thread's end or the deadline. */
async function whenReady(worker: Worker, connection: Connection, options: WorkerOptions): Promise<void> {
  const { label } = connection;
  let undo = (): void => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const onMessage = (message: unknown): void => {
        if (!isObject(message)) return;
        if (message.type === 'ready') resolve();
        else reject(new HubError('loader.start_failed', `${label} does not start: ${String(message.message)}`));
      };
      const onAbort = (): void => reject(options.signal?.reason);
      const timer = setTimeout(
        () => reject(new HubError('loader.timeout', `${label} was not ready within ${options.timeoutMs} ms.`)),
        options.timeoutMs,
      );
      worker.on('message', onMessage);
      options.signal?.addEventListener('abort', onAbort, { once: true });
      const unsubscribe = connection.events.subscribe((event) => {
        if (event.type === 'closed') reject(new HubError('loader.start_failed', event.reason));
      });
      undo = () => {
        clearTimeout(timer);
        worker.off('message', onMessage);
        options.signal?.removeEventListener('abort', onAbort);
        unsubscribe();
      };
    });
  } finally {
    undo();
  }
}

function readLines(stream: NodeJS.ReadableStream, name: 'stdout' | 'stderr', output: OutputSink): void {
  const splitter = createLineSplitter(MAX_OUTPUT_LINE, {
    line: (text) => output.line(name, text),
    oversized: (head, _tail, bytes) => output.line(name, `${head}... (${bytes} bytes)`),
  });
  stream.on('data', (chunk: Buffer) => splitter.push(chunk));
  stream.on('end', () => splitter.end());
}
