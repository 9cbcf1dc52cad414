const PLACEHOLDER = /\{([^{}]+)\}/g;

/** A path key cut into what stands there and what arguments fill in. */
export interface PathTemplate {
  /** One more than there are placeholders: what stands before, between and after them. */
  literals: string[];
  placeholders: string[];
}

/** The names between braces, in order. */
export function placeholdersOf(path: string): string[] {
  return [...withoutFragment(path).matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}

/** Cuts a path key at its placeholders. What follows a `#` tells operations of one URL apart and is not sent. */
export function parseTemplate(path: string): PathTemplate {
  const parts = withoutFragment(path).split(PLACEHOLDER);
  return {
    literals: parts.filter((_, index) => index % 2 === 0),
    placeholders: parts.filter((_, index) => index % 2 === 1),
  };
}

function withoutFragment(path: string): string {
  return path.split('#', 1)[0] ?? '';
}
