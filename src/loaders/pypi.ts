import { HubError } from '../base/errors.ts';
import type { ServerLoader } from './loader.ts';
import { isSelected, stdioPackage } from './selection.ts';

/** Knows servers that are Python packages, and says that this version cannot run them. */
export const pypiLoader: ServerLoader = {
  kind: 'pypi',
  accepts: (document, deployment) =>
    isSelected('pypi', document, deployment, (entry) => stdioPackage(entry, 'pypi') !== undefined),
  load({ deployment, document }) {
    const name = deployment.settings.pypi?.package ?? stdioPackage(document, 'pypi')?.identifier ?? document.name;
    return Promise.reject(
      new HubError(
        'loader.missing_runtime',
        `"${String(name)}" is a Python package. It needs Python with the tool "uv", and this version of the hub cannot run Python packages yet. With uv installed, the operator can run it as a command: "uvx ${String(name)}".`,
        { data: { needs: ['uv'] } },
      ),
    );
  },
};
