import { HubError } from '../base/errors.ts';
import type { ServerLoader } from './loader.ts';
import { isSelected, stdioPackage } from './selection.ts';

/** Knows servers that are container images, and says that this version cannot run them. */
export const ociLoader: ServerLoader = {
  kind: 'oci',
  accepts: (document, deployment) =>
    isSelected('oci', document, deployment, (entry) => stdioPackage(entry, 'oci') !== undefined),
  load({ deployment, document }) {
    const image = deployment.settings.oci?.image ?? stdioPackage(document, 'oci')?.identifier ?? document.name;
    return Promise.reject(
      new HubError(
        'loader.missing_runtime',
        `"${String(image)}" is a container image. It needs Docker or Podman, and this version of the hub cannot run images yet. With either installed, the operator can run it as a command: "docker run -i --rm ${String(image)}".`,
        { data: { needs: ['docker', 'podman'] } },
      ),
    );
  },
};
