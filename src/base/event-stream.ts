/** One event of a `text/event-stream` (WHATWG HTML, section 9.2). */
export interface StreamEvent {
  event?: string;
  id?: string;
  data: string;
  /** Reconnection time in milliseconds, when the event carried one. */
  retry?: number;
}

/** A line that keeps a stream alive and means nothing. */
export const KEEP_ALIVE = ': keep-alive\n\n';

/** Largest event that a parser takes, in UTF-16 units; beyond it the stream is given up. */
export const MAX_EVENT_LENGTH: number = 64 * 1024 * 1024;

/** Frames one event. Line breaks in `data` become several `data:` lines. */
export function encodeEvent(event: StreamEvent): string {
  let text = '';
  if (event.event !== undefined) text += `event: ${event.event}\n`;
  if (event.id !== undefined) text += `id: ${event.id}\n`;
  if (event.retry !== undefined) text += `retry: ${event.retry}\n`;
  for (const line of event.data.split(/\r\n|\r|\n/)) text += `data: ${line}\n`;
  return `${text}\n`;
}

/** Takes text as it arrives and calls back for each complete event. */
export interface EventStreamParser {
  push(chunk: string): void;
}

/**
 * Makes a parser of an event stream. Chunks may end anywhere, inside a line break too.
 *
 * @throws RangeError from `push` when one event is longer than `maxLength`.
 */
export function createEventStreamParser(
  onEvent: (event: StreamEvent) => void,
  maxLength: number = MAX_EVENT_LENGTH,
): EventStreamParser {
  let buffer = '';
  let scanned = 0;
  let held = 0;
  let atStart = true;
  let data: string[] = [];
  let event: string | undefined;
  let id: string | undefined;
  let retry: number | undefined;

  const dispatch = (): void => {
    if (data.length > 0) {
      onEvent({
        data: data.join('\n'),
        ...(event === undefined ? {} : { event }),
        ...(id === undefined ? {} : { id }),
        ...(retry === undefined ? {} : { retry }),
      });
    }
    data = [];
    event = undefined;
    retry = undefined;
    held = 0;
  };

  const takeLine = (line: string): void => {
    if (line.startsWith(':')) return;
    if (line === '') {
      dispatch();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') {
      data.push(value);
      held += value.length;
    } else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) retry = Number(value);
  };

  return {
    push(chunk) {
      buffer += atStart && chunk.startsWith('\uFEFF') ? chunk.slice(1) : chunk;
      if (chunk !== '') atStart = false;
      let start = 0;
      for (let i = scanned; i < buffer.length; i++) {
        const code = buffer.charCodeAt(i);
        if (code !== 0x0a && code !== 0x0d) continue;
        // A carriage return at the very end may be the first half of a pair: wait for the next chunk.
        if (code === 0x0d && i + 1 === buffer.length) {
          scanned = i - start;
          buffer = buffer.slice(start);
          return;
        }
        takeLine(buffer.slice(start, i));
        if (code === 0x0d && buffer.charCodeAt(i + 1) === 0x0a) i++;
        start = i + 1;
      }
      buffer = buffer.slice(start);
      scanned = buffer.length;
      if (buffer.length + held > maxLength) throw new RangeError(`An event is longer than ${maxLength} characters.`);
    },
  };
}
