import type { JWTPayload } from 'jose';
import { isObject } from '../../base/json.ts';

/** Which values a claim must have. */
export interface ClaimCondition {
  /** Name of the claim, or a path with dots (`realm_access.roles`). */
  claim: string;
  /** One of them must be the claim's value, or in its list. A `*` at the end stands for any rest. */
  values: readonly string[];
}

/** Whether a claim, or a member of a claim that is a list, has one of the values. Numbers and booleans compare as text. */
export function claimMatches(claims: JWTPayload, { claim, values }: ClaimCondition): boolean {
  const found = claimAt(claims, claim);
  const texts = (Array.isArray(found) ? found : [found]).flatMap((value: unknown) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [],
  );
  return values.some((wanted) =>
    texts.some((text) => (wanted.endsWith('*') ? text.startsWith(wanted.slice(0, -1)) : text === wanted)),
  );
}

/** Claims may have dots in their names (`https://example.com/groups`): the whole name comes first. */
function claimAt(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const step of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}
