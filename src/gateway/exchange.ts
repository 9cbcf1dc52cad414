import type { IncomingMessage, ServerResponse } from 'node:http';
import { HubError } from '../base/errors.ts';
import { encodeEvent, KEEP_ALIVE } from '../base/event-stream.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';

/** Longest body of an MCP request, in bytes. */
export const MAX_BODY_BYTES: number = 4 * 1024 * 1024;
/** How long a client may take to send its body. */
const BODY_TIMEOUT_MS = 30_000;
/** An open stream carries a comment this often, so that proxies keep it. */
const KEEP_ALIVE_MS = 15_000;

/**
 * One HTTP request and its answer. The answer is one JSON text, unless something has to be sent earlier: then it
 * becomes an event stream by itself.
 */
export class Exchange {
  readonly request: IncomingMessage;
  readonly id: string;
  /** Fires when the client has gone before its answer was complete. */
  readonly signal: AbortSignal;
  readonly #response: ServerResponse;
  readonly #headers: Record<string, string>;
  #keepAlive: NodeJS.Timeout | undefined;
  #streaming = false;
  #onDrain: (() => void) | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, id: string, headers: Record<string, string>) {
    this.request = request;
    this.id = id;
    this.#response = response;
    this.#headers = headers;
    const gone = new AbortController();
    this.signal = gone.signal;
    response.once('close', () => {
      clearInterval(this.#keepAlive);
      if (!response.writableFinished)
        gone.abort(new HubError('request.cancelled', 'The client closed the connection.'));
    });
  }

  /** Calls back once when the answer is complete or the client has gone. */
  onOver(listener: () => void): void {
    if (this.#response.closed) listener();
    else this.#response.once('close', listener);
  }

  /** Value of a request header, or undefined. Repeated headers count as the first. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /** Whether the client takes event streams. */
  get acceptsStream(): boolean {
    const accept = this.header('accept') ?? '*/*';
    return /text\/event-stream|text\/\*|\*\/\*/.test(accept);
  }

  get isStreaming(): boolean {
    return this.#streaming;
  }

  get isOver(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  /** Adds a header to the answer that is still to come. */
  setHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  /** The whole body as text. @throws HubError `request.too_large`, `request.timeout` */
  async readBody(): Promise<string> {
    const declared = Number(this.header('content-length') ?? 0);
    if (declared > MAX_BODY_BYTES) throw tooLarge();
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => this.request.destroy(), BODY_TIMEOUT_MS);
    try {
      for await (const chunk of this.request as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MAX_BODY_BYTES) throw tooLarge();
        chunks.push(chunk);
      }
    } finally {
      clearTimeout(timer);
    }
    return (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8');
  }

  /** Answers with one JSON text, or, when the stream has begun, sends it as the last event. */
  json(status: number, body: JsonValue, headers: Record<string, string> = {}): void {
    if (this.isOver) return;
    if (this.#streaming) {
      this.event(body);
      this.end();
      return;
    }
    const text = JSON.stringify(body);
    this.#response.writeHead(status, {
      ...this.#headers,
      ...headers,
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
    });
    this.#response.end(text);
  }

  /** Answers without a body. */
  empty(status: number, headers: Record<string, string> = {}): void {
    if (this.isOver) return;
    this.#response.writeHead(status, { ...this.#headers, ...headers, 'Content-Length': 0 });
    this.#response.end();
  }

  /** Makes the answer an event stream, if it is not one already. */
  stream(): void {
    if (this.#streaming || this.isOver) return;
    this.#streaming = true;
    this.#response.writeHead(200, {
      ...this.#headers,
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    });
    this.#response.flushHeaders();
    this.#keepAlive = setInterval(() => this.#response.write(KEEP_ALIVE), KEEP_ALIVE_MS);
    this.#keepAlive.unref();
  }

  /** Sends one message as an event; begins the stream when it has not begun. */
  event(message: JsonValue | JsonObject): void {
    this.stream();
    if (!this.isOver) this.#response.write(encodeEvent({ event: 'message', data: JSON.stringify(message) }));
  }

  /** Says how a stream that would stay open for ever says farewell when the hub stops. */
  endless(farewell: () => void): void {
    this.#onDrain = farewell;
  }

  /** Ends the stream if it would stay open for ever; other answers are left to finish. */
  drain(): void {
    if (this.#onDrain === undefined || this.isOver) return;
    this.#onDrain();
    this.end();
  }

  /** Ends an event stream. */
  end(): void {
    clearInterval(this.#keepAlive);
    if (!this.isOver) this.#response.end();
  }
}

function tooLarge(): HubError {
  return new HubError('request.too_large', `The request body is larger than ${MAX_BODY_BYTES} bytes.`);
}
