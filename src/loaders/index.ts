import { commandLoader } from './command.ts';
import type { ServerLoader } from './loader.ts';
import { moduleLoader } from './module.ts';
import { npmLoader } from './npm.ts';
import { ociLoader } from './oci.ts';
import { openapiLoader } from './openapi.ts';
import { pypiLoader } from './pypi.ts';
import { remoteLoader } from './remote.ts';

/**
 * The built-in loaders in the order in which they are asked. An entry that offers both a remote and a package is used
 * as a remote: nothing of somebody else's runs here then.
 */
export const builtInLoaders: readonly ServerLoader[] = [
  openapiLoader,
  moduleLoader,
  commandLoader,
  remoteLoader,
  npmLoader,
  pypiLoader,
  ociLoader,
];
