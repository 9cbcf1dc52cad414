import { createRequire } from 'node:module';

/** Version of this package, e.g. `0.1.0`. */
export function hubVersion(): string {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return version;
}
