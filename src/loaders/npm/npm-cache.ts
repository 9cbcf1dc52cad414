/** Where packages come from and go to. */
export interface NpmCache {
  /** Folder for npm packages. */
  dir: string;
  /** Another registry than the operator's npm configuration names. */
  registry?: string | undefined;
}

/** The option that makes the npm client use the cache's registry. */
export function registryOption({ registry }: NpmCache): string[] {
  return registry === undefined ? [] : [`--registry=${registry}`];
}
