import { compareInstants } from './instant.ts';

/** What a version is compared by: its text, and its date for versions that are not semantic. */
export interface DatedVersion {
  version: string;
  /** RFC 3339. */
  publishedAt: string;
}

interface Semver {
  core: string[];
  prerelease: string[];
}

const NUMBER = '(?:0|[1-9]\\d*)';
const IDENTIFIER = `(?:${NUMBER}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const SEMVER = new RegExp(
  `^v?(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

/** A full SemVer 2.0.0 version, with at most one leading `v` (registry-api.md, section 6.1). */
export function isSemver(version: string): boolean {
  return SEMVER.test(version);
}

function parseSemver(version: string): Semver | undefined {
  const match = SEMVER.exec(version);
  if (!match) return undefined;
  return { core: [match[1] ?? '', match[2] ?? '', match[3] ?? ''], prerelease: match[4]?.split('.') ?? [] };
}

/** Numbers of any length, written without leading zeros. */
function compareNumbers(a: string, b: string): number {
  return Math.sign(a.length - b.length) || compareText(a, b);
}

/** Order of code units; for the ASCII texts compared here the same as the order of bytes. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareIdentifiers(a: string, b: string): number {
  const aIsNumber = /^\d+$/.test(a);
  const bIsNumber = /^\d+$/.test(b);
  if (aIsNumber && bIsNumber) return compareNumbers(a, b);
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return compareText(a, b);
}

function compareSemver(a: Semver, b: Semver): number {
  for (let i = 0; i < 3; i++) {
    const order = compareNumbers(a.core[i] ?? '', b.core[i] ?? '');
    if (order !== 0) return order;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    return Math.sign(b.prerelease.length - a.prerelease.length);
  }
  const shared = Math.min(a.prerelease.length, b.prerelease.length);
  for (let i = 0; i < shared; i++) {
    const order = compareIdentifiers(a.prerelease[i] ?? '', b.prerelease[i] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(a.prerelease.length - b.prerelease.length);
}

/**
 * Orders two versions of one server: semantic versions by precedence (build ignored), others by their date, and a
 * semantic one above one that is not (registry-api.md, section 6.2).
 *
 * @returns -1, 0 or 1. 0 means equal precedence, not equal text.
 */
export function compareVersions(a: DatedVersion, b: DatedVersion): number {
  const left = parseSemver(a.version);
  const right = parseSemver(b.version);
  if (left && right) return compareSemver(left, right);
  if (left || right) return left ? 1 : -1;
  return compareInstants(a.publishedAt, b.publishedAt);
}

const CORE = 'v?\\d+(?:\\.\\d+){0,3}(?:-[0-9A-Za-z.-]+)?';
const COMPARATOR = new RegExp(`^(?:\\^|~|>=|<=|>|<|=)\\s*${CORE}$`);
const HYPHEN = new RegExp(`^${CORE}\\s-\\s*${CORE}$`);
const OR = new RegExp(`^${CORE}\\s*(?:\\|\\|\\s*${CORE}\\s*)+$`);
const WILDCARD = /^((?:v?\d+|[xX*])(?:\.(?:\d+|[xX*])){1,2})(?:-[0-9A-Za-z.-]+)?$/;

/**
 * Tells whether a text names many versions (`^1.2.0`, `1.x`, `1 - 2`) instead of one (registry-api.md, section 6).
 * A wildcard must be a whole dotted part, so `1.0.0-next.1` is an honest version here (section 13.5).
 */
export function looksLikeRange(version: string): boolean {
  const text = version.trim();
  if (COMPARATOR.test(text) || HYPHEN.test(text) || OR.test(text)) return true;
  const core = WILDCARD.exec(text)?.[1];
  return core?.split('.').some((part) => part === 'x' || part === 'X' || part === '*') ?? false;
}
