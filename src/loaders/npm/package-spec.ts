import semver from 'semver';
import { HubError } from '../../base/errors.ts';

/** A package by name, with a version or something that stands for one. */
export interface PackageSpec {
  name: string;
  /** An exact version, a range, or a tag such as `latest`. */
  version: string;
}

/**
 * Grammar of package names. Nothing that begins with `-`, `.`, `/` or `~`, holds a colon, or ends like an archive can
 * pass: the npm client would take it for an option, a path, a URL or a file.
 */
const NAME = /^(?:@[A-Za-z0-9][A-Za-z0-9._~-]*\/)?[A-Za-z0-9][A-Za-z0-9._~-]*$/;
const ARCHIVE = /\.(?:tgz|tar|tar\.gz)$/i;
const MAX_NAME_LENGTH = 214;
const RANGE = /^[0-9A-Za-z.*^~<>=|+ -]{1,128}$/;
const TAG = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

/**
 * Checks a package name and version before the npm client sees them.
 *
 * @throws HubError `deployment.invalid`
 */
export function parsePackageSpec(name: string, version: string): PackageSpec {
  if (name.length > MAX_NAME_LENGTH || !NAME.test(name) || ARCHIVE.test(name)) {
    throw new HubError(
      'deployment.invalid',
      `"${name.slice(0, 100)}" is not the name of an npm package; right are names like "server-memory" or "@scope/name".`,
    );
  }
  const trimmed = version.trim();
  const isRange = RANGE.test(trimmed) && !trimmed.startsWith('-') && semver.validRange(trimmed) !== null;
  if (!isRange && !(TAG.test(trimmed) && !ARCHIVE.test(trimmed))) {
    throw new HubError(
      'deployment.invalid',
      `"${version.slice(0, 100)}" is not a version of an npm package; right are an exact version like "1.2.3", a range like "^1.2.0", or a tag like "latest".`,
    );
  }
  return { name, version: trimmed };
}

/** The version in its normal form when it is an exact one. */
export function exactVersion(version: string): string | undefined {
  return semver.valid(version) === null ? undefined : (semver.parse(version)?.version ?? undefined);
}

/** The highest of several versions; releases before pre-releases only by their order. */
export function highestVersion(versions: readonly string[]): string | undefined {
  return semver.rsort(versions.filter((version) => semver.valid(version) !== null))[0];
}
