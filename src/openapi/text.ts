/** Invisible and steering characters: controls, zero-width, bidirectional overrides, tags, lone surrogates. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes.
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/gu;

/**
 * Makes text of a document fit for a model's eyes: a document is written by somebody else, so characters that hide or
 * reorder text are removed, blank runs shrink, and what is too long is cut at a word.
 */
export function cleanText(text: string, maxLength: number): string {
  // The cut before the cleaning bounds the work on a text of megabytes.
  const clean = text
    .slice(0, maxLength * 4)
    .replace(/\r\n?/g, '\n')
    .replace(UNSAFE, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (clean.length <= maxLength) return clean;
  const cut = clean.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '');
  const space = cut.search(/\s\S*$/);
  return `${(space > maxLength / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

/** A value on one line for a message, cut when it is long. */
export function showValue(value: unknown, maxLength = 80): string {
  const text = typeof value === 'string' ? value.slice(0, maxLength * 2) : value;
  const json = JSON.stringify(text) ?? String(value);
  return json.length <= maxLength ? json : `${json.slice(0, maxLength - 1)}…`;
}
