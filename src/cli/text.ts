import { randomBytes } from 'node:crypto';

/** A colour or weight of the terminal. */
export type Paint = (text: string) => string;

/** What a command may paint with; each leaves the text alone where there is no colour. */
export interface Palette {
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
}

/** Codes of ECMA-48 (select graphic rendition): on and off. */
const CODES: Record<keyof Palette, readonly [on: number, off: number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/**
 * Paint travels as a mark that nobody else can write, because it holds a random word. So everything that looks like
 * paint in the text of others is taken out together with all other control characters.
 */
const WORD = randomBytes(8).toString('hex');
const MARK = new RegExp(`\uE000${WORD}(\\d+)\uE001`, 'g');

/** Makes the palette; without colour every member gives back what it got. */
export function createPalette(hasColor: boolean): Palette {
  const paint = ([on, off]: readonly [number, number]): Paint =>
    hasColor ? (text) => `\uE000${WORD}${on}\uE001${text}\uE000${WORD}${off}\uE001` : (text) => text;
  return {
    bold: paint(CODES.bold),
    dim: paint(CODES.dim),
    red: paint(CODES.red),
    green: paint(CODES.green),
    yellow: paint(CODES.yellow),
    cyan: paint(CODES.cyan),
  };
}

/** Text for a terminal: harmless, and painted. */
export function forTerminal(text: string): string {
  return stripControls(text).replace(MARK, '\x1b[$1m');
}

/**
 * Takes out control characters but tab and line feed, and the marks that turn the direction of writing: the first can
 * rewrite what stands on a terminal, the second can make a name look like another.
 */
export function stripControls(text: string): string {
  let out = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (!isControl(text.charCodeAt(i))) continue;
    out += text.slice(from, i);
    from = i + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** JSON text with every control character escaped; `JSON.stringify` leaves those above 0x7e as they are. */
export function escapeControls(json: string): string {
  let out = '';
  let from = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (!isControl(code)) continue;
    out += `${json.slice(from, i)}\\u${code.toString(16).padStart(4, '0')}`;
    from = i + 1;
  }
  return from === 0 ? json : out + json.slice(from);
}

/** The text on one line, blanks and line ends as single spaces. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The text cut to a length, with an ellipsis where something is missing. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
}

function isControl(code: number): boolean {
  if (code < 0x20) return code !== 0x09 && code !== 0x0a;
  if (code < 0x7f) return false;
  return (
    code <= 0x9f ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0xfeff
  );
}
