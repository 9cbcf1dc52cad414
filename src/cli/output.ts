import type { CliIo } from './io.ts';
import { createPalette, escapeControls, forTerminal, oneLine, type Palette, stripControls } from './text.ts';

/** Shows how far something is, on stderr. */
export interface Progress {
  /** `total` undefined: not known yet. */
  update(done: number, total: number | undefined): void;
  /** Takes the bar away. */
  end(): void;
}

/** The only place that knows the terminal. Everything a command says goes through here. */
export interface Output {
  /** Whether the user wants JSON. */
  readonly isJson: boolean;
  readonly paint: Palette;
  /** The result as JSON, on stdout. */
  json(value: unknown): void;
  /** One line of the result. */
  line(text?: string): void;
  /** A part of the result without a line end of its own. */
  raw(text: string): void;
  /** Rows with a head: a table on a terminal, tab-separated lines elsewhere. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): Promise<void>;
  /** Something to know besides the result, on stderr. */
  note(text: string): void;
  /** The same, more urgent. */
  warn(text: string): void;
  /** What went wrong, and what to do next. */
  error(message: string, next?: string): void;
  progress(what: string): Progress;
}

const BAR_WIDTH = 30;
/** Off a terminal one line is written each time so many more are done. */
const ROWS_PER_LINE = 500;
const DEFAULT_COLUMNS = 100;

/**
 * Makes the output of a command. Tables and colours are for terminals only, colours not with `NO_COLOR` (no-color.org).
 * On a terminal everything loses its control characters: names, descriptions and results come from others.
 */
export function createOutput(io: CliIo, isJson: boolean): Output {
  const { stdout, stderr } = io;
  const isTerminal = stdout.isTTY === true;
  const mayColor = (io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb';
  const paint = createPalette(isTerminal && mayColor);
  const errorPaint = createPalette(stderr.isTTY === true && mayColor);
  const shown = isTerminal ? forTerminal : (text: string) => text;
  const say = (text: string): void => {
    stderr.write(`${stderr.isTTY === true ? forTerminal(text) : text}\n`);
  };
  return {
    isJson,
    paint,
    json(value) {
      stdout.write(`${escapeControls(JSON.stringify(value, null, isTerminal ? 2 : undefined) ?? 'null')}\n`);
    },
    line(text = '') {
      stdout.write(`${shown(text)}\n`);
    },
    raw(text) {
      stdout.write(shown(text));
    },
    async table(head, rows) {
      if (isTerminal)
        stdout.write(`${await drawTable(head.map(paint.bold), rows, stdout.columns ?? DEFAULT_COLUMNS)}\n`);
      else
        for (const row of [head.map((title) => title.toUpperCase()), ...rows])
          stdout.write(`${row.map(oneLine).join('\t')}\n`);
    },
    note: (text) => say(errorPaint.dim(text)),
    warn: (text) => say(`${errorPaint.yellow('warning:')} ${oneLine(text)}`),
    error(message, next) {
      say(`${errorPaint.red('error:')} ${oneLine(message)}`);
      if (next !== undefined) say(`  next: ${oneLine(next)}`);
    },
    progress: (what) => createProgress(stripControls(what), stderr),
  };
}

async function drawTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const none = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const edges = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
  const cells = [head, ...rows].map((row) => row.map((cell) => forTerminal(oneLine(cell))));
  const table = new Table({
    chars: { ...Object.fromEntries([...none, ...edges].map((part) => [part, ''])), middle: ' ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
    wordWrap: true,
    colWidths: widthsFor(cells, columns),
  });
  for (const row of cells) table.push(row);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Every column as wide as its widest cell; when that is too much, the last one takes what is left. */
function widthsFor(cells: readonly (readonly string[])[], columns: number): number[] {
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map((row) => visibleLength(row[i] ?? ''))) + 1);
  const last = widths.length - 1;
  const others = widths.slice(0, -1).reduce((sum, width) => sum + width + 1, 0);
  const MIN_LAST = 20;
  if (last >= 0)
    widths[last] = Math.max(Math.min(widths[last] ?? 0, columns - others), Math.min(MIN_LAST, widths[last] ?? 0));
  return widths;
}

function visibleLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: our own paint is not visible
  return [...text.replace(/\x1b\[\d+m/g, '')].length;
}

function createProgress(what: string, stderr: CliIo['stderr']): Progress {
  let written = 0;
  const isTerminal = stderr.isTTY === true;
  return {
    update(done, total) {
      if (isTerminal) {
        const share = total === undefined || total === 0 ? 0 : Math.min(1, done / total);
        const bar = '#'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '-');
        stderr.write(`\r\x1b[K${what} [${bar}] ${done}${total === undefined ? '' : `/${total}`}`);
      } else if (done - written >= ROWS_PER_LINE || (done === total && done > written)) {
        written = done;
        stderr.write(`${what}: ${done}${total === undefined ? '' : ` of ${total}`}\n`);
      }
    },
    end() {
      if (isTerminal) stderr.write('\r\x1b[K');
    },
  };
}
