import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** What a reference points at. `place` is the canonical pointer of the value, equal for equal targets. */
export type Resolution = { ok: true; value: JsonValue; place: string } | { ok: false; reason: string };

/** Follows references inside one document. */
export interface Resolver {
  /** Finds what a `$ref` points at; a reference found there is not followed further. */
  resolve(ref: string): Resolution;
  /** Follows `$ref` from a node until something that is none. A node without `$ref` comes back as it is. */
  follow(node: JsonValue | undefined, place: string): Resolution;
}

/** Longest chain of references to references. */
const MAX_CHAIN = 32;
/** More segments than this are no pointer into a document of the accepted depth. */
const MAX_SEGMENTS = 512;

/** Makes a resolver over a document. It never throws; dangling, external and circular references come back as reasons. */
export function createResolver(root: JsonObject): Resolver {
  const known = new Map<string, Resolution>();

  const find = (ref: string, chain: number): Resolution => {
    if (chain > MAX_CHAIN) return { ok: false, reason: `${shown(ref)} is a circle of references` };
    if (!ref.startsWith('#')) {
      return {
        ok: false,
        reason: `${shown(ref)} points into another document; only references inside the document are followed`,
      };
    }
    const segments = parsePointer(ref.slice(1));
    if (segments === undefined) return { ok: false, reason: `${shown(ref)} is not a JSON pointer` };
    let value: JsonValue = root;
    let place = '#';
    for (const segment of segments) {
      const next = step(value, segment);
      if (next !== undefined) {
        value = next;
        place += `/${escapeSegment(segment)}`;
        continue;
      }
      // A pointer may lead through a value that is itself a reference.
      const through: Resolution =
        refOf(value) === undefined ? { ok: false, reason: '' } : follow(value, place, chain + 1);
      const behind = through.ok ? step(through.value, segment) : undefined;
      if (!through.ok || behind === undefined) return { ok: false, reason: `${shown(ref)} points at nothing` };
      value = behind;
      place = `${through.place}/${escapeSegment(segment)}`;
    }
    return { ok: true, value, place };
  };

  const follow = (node: JsonValue | undefined, place: string, chain = 0): Resolution => {
    let value: JsonValue = node ?? null;
    let at = place;
    for (let link = chain; ; link++) {
      const ref = refOf(value);
      if (ref === undefined) return { ok: true, value, place: at };
      const target = find(ref, link);
      if (!target.ok) return target;
      if (link > MAX_CHAIN) return { ok: false, reason: `${shown(ref)} is a circle of references` };
      value = target.value;
      at = target.place;
    }
  };

  return {
    resolve(ref) {
      const hit = known.get(ref) ?? find(ref, 0);
      known.set(ref, hit);
      return hit;
    },
    follow: (node, place) => follow(node, place),
  };
}

/** The `$ref` of a node, when it has one that is a string. */
export function refOf(node: JsonValue | undefined): string | undefined {
  return isObject(node) && typeof node.$ref === 'string' ? node.$ref : undefined;
}

/** Writes a name as a segment of a JSON pointer (RFC 6901, section 3). */
export function escapeSegment(name: string): string {
  return name.replace(/~/g, '~0').replace(/\//g, '~1');
}

/** Segments of a pointer in a URI fragment: percent-encoding first, then `~1` and `~0` (RFC 6901, section 6). */
function parsePointer(fragment: string): string[] | undefined {
  if (fragment === '') return [];
  if (!fragment.startsWith('/')) return undefined;
  const segments = decodePercent(fragment).slice(1).split('/');
  if (segments.length > MAX_SEGMENTS) return undefined;
  return segments.map((segment) => segment.replace(/~1/g, '/').replace(/~0/g, '~'));
}

function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare `%` stands for itself in the documents that have one.
    return text;
  }
}

function step(value: JsonValue, segment: string): JsonValue | undefined {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(segment) ? value[Number(segment)] : undefined;
  return isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

function shown(ref: string): string {
  return `$ref ${JSON.stringify(ref.slice(0, 200))}`;
}
