import { TextDecoder } from 'node:util';
import { messageOf } from '../base/errors.ts';
import { createEventStreamParser, type EventStreamParser, type StreamEvent } from '../base/event-stream.ts';
import { type Backoff, backoffDelay } from '../base/limiter.ts';
import { type Connection, MAX_MESSAGE_BYTES } from './connection.ts';
import { type ExchangeHandler, type HttpExchange, mediaTypeOf } from './http-exchange.ts';
import type { HttpWire } from './http-wire.ts';
import { MAX_RETRY_MS } from './reply-stream.ts';

const BACKOFF: Backoff = { delayMs: 1000, factor: 2, maxDelayMs: 30_000 };
/** Silence after which a stream counts as half open and is opened anew. */
const SILENCE_MS = 300_000;

/** The stream on which a legacy server speaks unasked. */
export interface ServerStream {
  /** Resolves when the server has said whether it offers one. */
  readonly decided: Promise<void>;
  /** Ends it; may be called twice. */
  stop(): void;
}

/**
 * Opens the server's own event stream (revision 2025-11-25, listening for messages) and keeps it open: a broken one
 * is taken up again after its last event. A server that offers none answers with a 4xx status, and that is final.
 */
export function openServerStream(wire: HttpWire, connection: Connection): ServerStream {
  let exchange: HttpExchange | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let lastEventId: string | undefined;
  let retryMs: number | undefined;
  let failures = 0;
  let decide: () => void = () => undefined;
  const decided = new Promise<void>((resolve) => {
    decide = resolve;
  });

  const stop = (): void => {
    isStopped = true;
    clearTimeout(timer);
    exchange?.abort();
    decide();
  };

  const onEvent = (event: StreamEvent): void => {
    failures = 0;
    if (event.id !== undefined) lastEventId = event.id;
    if (event.retry !== undefined) retryMs = Math.min(event.retry, MAX_RETRY_MS);
    const isMessage = event.event === undefined || event.event === 'message';
    if (isMessage && event.data !== '') connection.receiveText(event.data);
  };

  const reopen = (): void => {
    decide();
    if (isStopped) return;
    failures++;
    timer = setTimeout(open, Math.max(retryMs ?? 0, backoffDelay(BACKOFF, failures)));
    timer.unref();
  };

  const open = (): void => {
    let parser: EventStreamParser | undefined;
    const decoder = new TextDecoder();
    const handler: ExchangeHandler = {
      head(status, headers) {
        if (status < 300 && mediaTypeOf(headers) === 'text/event-stream') {
          parser = createEventStreamParser(onEvent, MAX_MESSAGE_BYTES);
          decide();
        } else if (status < 500) stop();
      },
      data(chunk) {
        try {
          parser?.push(decoder.decode(chunk, { stream: true }));
        } catch (error) {
          connection.odd.note(`${connection.label} sent an unusable event: ${messageOf(error)}`);
          exchange?.abort();
          reopen();
        }
      },
      end: reopen,
      error: reopen,
    };
    const resume: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    exchange = wire.get(resume, SILENCE_MS, handler);
  };

  open();
  return { decided, stop };
}
