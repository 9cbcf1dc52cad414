const SLOT = /\{([^{}]+)\}/g;

/** A path key cut into what stands there and the slots that arguments fill. */
export interface PathTemplate {
  /** One more than there are slots: what stands before, between and after them. */
  literals: string[];
  slots: string[];
}

/** The names between braces, in order. */
export function slotsOf(path: string): string[] {
  return [...withoutFragment(path).matchAll(SLOT)].map((match) => match[1] ?? '');
}

/** Cuts a path key at its slots. What follows a `#` tells operations of one URL apart and is not sent. */
export function parseTemplate(path: string): PathTemplate {
  const parts = withoutFragment(path).split(SLOT);
  return {
    literals: parts.filter((_, index) => index % 2 === 0),
    slots: parts.filter((_, index) => index % 2 === 1),
  };
}

function withoutFragment(path: string): string {
  return path.split('#', 1)[0] ?? '';
}
