import { CURRENT_SCHEMA_VERSION, SCHEMA_VERSIONS } from '../schema-version.ts';

/** In what the published revisions of the server.json schema differ (registry-api.md, section 7.8). */
export interface Revision {
  /** The members are spelled `registry_type`, not `registryType`. */
  snakeCase: boolean;
  /** A document may say its `status`, and carry the registry's own block in `_meta`. */
  statusInDocument: boolean;
  /** A package must have a `version` and no members of its own invention. */
  strictPackages: boolean;
  /** `title`, `icons` and `placeholder` are known. */
  presentation: boolean;
  /** URLs of transports may be templates, remotes have `variables`, versions of packages have a longest length. */
  urlTemplates: boolean;
}

const FIRST: Revision = {
  snakeCase: true,
  statusInDocument: true,
  strictPackages: true,
  presentation: false,
  urlTemplates: false,
};

/** What each revision changed, oldest first; a revision without changes of meaning is an empty step. */
const STEPS: Readonly<Record<string, Partial<Revision>>> = {
  '2025-07-09': {},
  '2025-09-16': { snakeCase: false },
  '2025-09-29': { statusInDocument: false },
  '2025-10-11': { strictPackages: false, presentation: true },
  '2025-10-17': {},
  [CURRENT_SCHEMA_VERSION]: { urlTemplates: true },
};

/** The rules of one published revision; undefined for a version that was never published. */
export function revisionOf(version: string): Revision | undefined {
  const last = SCHEMA_VERSIONS.indexOf(version);
  if (last < 0) return undefined;
  return Object.assign({ ...FIRST }, ...SCHEMA_VERSIONS.slice(0, last + 1).map((step) => STEPS[step]));
}
