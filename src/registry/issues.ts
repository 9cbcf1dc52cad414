import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** One finding about a document (registry-api.md, section 5.5). */
export interface Issue {
  type: 'json' | 'schema' | 'semantic' | 'linter';
  /** Where, e.g. `packages[0].transport.url`. */
  path: string;
  message: string;
  severity: 'error' | 'warning' | 'info';
  /** Stable name of the rule. */
  reference: string;
}

/** Takes a finding of severity `error`. */
export type Report = (path: string, reference: string, message: string) => void;

/** Which rules are relaxed. */
export interface RuleOptions {
  /** Lets remotes use http and loopback hosts, as inside a company. */
  allowInsecureRemotes: boolean;
}

/** The text of a member, empty when it has none. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The objects of a list, empty when it is none. */
export function objectsOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
