/** Takes the lines that a server writes besides the protocol, and the notes of its connection (`hub`). */
export interface OutputSink {
  line(stream: 'stderr' | 'stdout' | 'hub', text: string): void;
}

/** An output that nobody reads. */
export const NO_OUTPUT: OutputSink = { line: () => undefined };

/** Longest line of free text that is kept; the rest of a longer one is cut off. */
export const MAX_OUTPUT_LINE = 4096;

/** How many notes about odd messages of one connection are written before they are only counted. */
const MAX_NOTES = 20;

/** Writes notes about a misbehaving server: the first few in words, all of them into the count. */
export interface OddityNotes {
  note(text: string): void;
  /** How many there were. */
  readonly count: number;
}

/** Makes {@link OddityNotes} for one connection. */
export function createOddityNotes(output: OutputSink): OddityNotes {
  let count = 0;
  return {
    note(text) {
      count++;
      if (count <= MAX_NOTES) output.line('hub', text);
      if (count === MAX_NOTES) output.line('hub', `${MAX_NOTES} odd messages so far; further ones are only counted.`);
    },
    get count() {
      return count;
    },
  };
}

/** One line of text for a note: control characters become spaces, and it is cut to `length`. */
export function excerpt(text: string, length = 120): string {
  const line = text
    .slice(0, length * 4)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > length ? `${line.slice(0, length)}...` : line;
}
