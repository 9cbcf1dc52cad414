import type { Running } from '../hub/running.ts';

/** How many clients want to hear of each resource of a server; the server itself is asked once. */
const interests = new WeakMap<Running, Map<string, number>>();

/** Notes that one more client wants updates of a resource. @returns true when it is the first: the server must be asked. */
export function addInterest(running: Running, uri: string): boolean {
  const counts = interests.get(running) ?? new Map<string, number>();
  interests.set(running, counts);
  const count = counts.get(uri) ?? 0;
  counts.set(uri, count + 1);
  return count === 0;
}

/** Notes that a client wants no more updates. @returns true when it was the last: the server may be told to stop. */
export function dropInterest(running: Running, uri: string): boolean {
  const counts = interests.get(running);
  const count = counts?.get(uri) ?? 0;
  if (count > 1) counts?.set(uri, count - 1);
  else counts?.delete(uri);
  return count === 1;
}
