const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** How much of both ends of an oversized line is kept to find out what it was. */
const KEPT_OF_OVERSIZED = 512;

/** The first characters of a text in pieces, without putting all of it together. */
function beginningOf(pieces: readonly Buffer[]): string {
  const few: Buffer[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    if (bytes >= KEPT_OF_OVERSIZED) break;
    few.push(piece.subarray(0, KEPT_OF_OVERSIZED - bytes));
    bytes += piece.length;
  }
  return Buffer.concat(few).toString('utf8');
}

/** What a {@link LineSplitter} calls back. Lines come without their line break and as UTF-8 text. */
export interface LineHandlers {
  line(text: string): void;
  /** A line that went over the limit has ended; its first and last characters are what is left of it. */
  oversized(head: string, tail: string, bytes: number): void;
}

/** Cuts a stream of bytes into lines. */
export interface LineSplitter {
  push(chunk: Uint8Array): void;
  /** Gives out what stands behind the last line break, if anything. */
  end(): void;
}

/** Makes a {@link LineSplitter}. A line longer than `maxBytes` is dropped as it comes, never held in memory. */
export function createLineSplitter(maxBytes: number, handlers: LineHandlers): LineSplitter {
  let held: Buffer[] = [];
  let bytes = 0;
  let head = '';
  let tail: Buffer = Buffer.alloc(0);

  const keep = (part: Buffer): void => {
    bytes += part.length;
    if (bytes <= maxBytes) {
      held.push(part);
      return;
    }
    if (head === '') head = beginningOf([...held, part]);
    held = [];
    tail = Buffer.concat([tail, part]).subarray(-KEPT_OF_OVERSIZED);
  };

  const finish = (): void => {
    if (bytes > maxBytes) handlers.oversized(head, tail.toString('utf8'), bytes);
    else if (bytes > 0) {
      const line = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held, bytes);
      const length = line[line.length - 1] === CARRIAGE_RETURN ? line.length - 1 : line.length;
      if (length > 0) handlers.line(line.toString('utf8', 0, length));
    }
    held = [];
    bytes = 0;
    head = '';
    tail = Buffer.alloc(0);
  };

  return {
    push(chunk) {
      const data = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      let start = 0;
      for (;;) {
        const at = data.indexOf(NEWLINE, start);
        if (at < 0) break;
        if (at > start) keep(data.subarray(start, at));
        finish();
        start = at + 1;
      }
      if (start < data.length) keep(data.subarray(start));
    },
    end: finish,
  };
}
