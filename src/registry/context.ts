import type { ServerDocument } from '../store/entry.ts';
import type { RegistryStore } from '../store/store.ts';
import type { RegistrySettings } from './server-json.ts';

/**
 * Looks whether the publisher owns what the document names. Called before the transaction of a publish or an edit,
 * in order; the first refusal ends it.
 *
 * @param warn - tells the publisher something that does not stop the publish.
 * @returns why not, in the words of registry-api.md, section 5.1.5b; undefined when all is well.
 */
export type OwnershipHook = (document: ServerDocument, warn: Warn) => Promise<string | undefined>;

/** Takes a finding that the publisher should know, as one line. */
export type Warn = (message: string) => void;

/** What the parts of the catalogue work with. */
export interface CatalogContext {
  store: RegistryStore;
  settings: RegistrySettings;
  ownership: readonly OwnershipHook[];
  /** The present in the form of `instant.ts`. */
  now(): string;
}
