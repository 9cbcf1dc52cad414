/** Something in a document that could not be used; the rest of the document still is. */
export interface Warning {
  /** JSON pointer into the document, e.g. `#/paths/~1pets/get`. */
  place: string;
  reason: string;
}

/** More are counted, not kept: a broken document can hold one problem per line. */
export const MAX_WARNINGS = 1000;
const MAX_REASON_LENGTH = 500;

/** Collects warnings; the same one is kept once. */
export interface Warnings {
  add(place: string, reason: string): void;
  list(): Warning[];
}

/** Makes an empty collection of warnings. */
export function createWarnings(): Warnings {
  const kept: Warning[] = [];
  const known = new Set<string>();
  let left = 0;
  return {
    add(place, reason) {
      if (kept.length >= MAX_WARNINGS) {
        left++;
        return;
      }
      const cut = reason.slice(0, MAX_REASON_LENGTH);
      const key = `${place}\n${cut}`;
      if (known.has(key)) return;
      known.add(key);
      kept.push({ place, reason: cut });
    },
    list() {
      return left === 0 ? [...kept] : [...kept, { place: '#', reason: `${left} more warnings are not shown.` }];
    },
  };
}
