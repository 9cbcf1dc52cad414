import { readFileSync } from 'node:fs';

/** What this build is. */
export interface BuildInfo {
  version: string;
  gitCommit: string;
  /** RFC 3339. */
  buildTime: string;
}

function readJson(url: URL): Partial<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(url, 'utf8'));
  } catch {
    return {};
  }
}

/** Version of this package, e.g. `0.1.0`. */
export function hubVersion(): string {
  return String(readJson(new URL('../../package.json', import.meta.url)).version ?? '0.0.0');
}

/** What `npm run build` noted of this build; `unknown` when the sources run uncompiled. */
export function buildInfo(): BuildInfo {
  const { gitCommit = 'unknown', buildTime = 'unknown' } = readJson(new URL('../build.json', import.meta.url));
  return { version: hubVersion(), gitCommit: String(gitCommit), buildTime: String(buildTime) };
}
