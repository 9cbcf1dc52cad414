import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { SchemaCheck } from './validate.ts';

const MAX_ROUNDS = 5;
const MAX_DRIFT = 20;

/**
 * Makes an answer fit an output schema that demands no property: what differs is left out. The text beside it still
 * holds everything. `drift` lists the places (JSON pointers).
 */
export function conform(answer: JsonObject, check: SchemaCheck): { value: JsonObject; drift: string[] } {
  const drift = new Set<string>();
  let value = answer;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const places = check.places(value);
    if (places.length === 0) return { value, drift: [...drift] };
    if (round === 0) value = structuredClone(value);
    for (const place of places) if (drift.size < MAX_DRIFT) drift.add(place === '' ? '/' : place);
    if (places.includes('')) break;
    // Last first, so that the positions of list members before it stay true.
    for (const place of [...new Set(places)].sort(byPosition).reverse()) remove(value, place);
  }
  return check.places(value).length === 0 ? { value, drift: [...drift] } : { value: {}, drift: [...drift] };
}

function byPosition(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]];
    if (x === y) continue;
    return /^\d+$/.test(x) && /^\d+$/.test(y) ? Number(x) - Number(y) : x < y ? -1 : 1;
  }
  return left.length - right.length;
}

function remove(root: JsonObject, pointer: string): void {
  const segments = pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replace(/~1/g, '/').replace(/~0/g, '~'));
  const last = segments.pop();
  let node: JsonValue | undefined = root;
  for (const segment of segments) {
    if (Array.isArray(node)) node = node[Number(segment)];
    else node = isObject(node) && Object.hasOwn(node, segment) ? node[segment] : undefined;
  }
  if (last === undefined) return;
  if (Array.isArray(node)) node.splice(Number(last), 1);
  else if (isObject(node)) delete node[last];
}
