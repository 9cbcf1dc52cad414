import { afterEach, beforeEach, describe } from 'vitest';
import type { RegistryStore } from '../../src/store/store.ts';
import { changeContract } from './store-changes.ts';
import { entryContract } from './store-entries.ts';
import type { StoreUnderTest } from './store-fixtures.ts';
import { modelContract } from './store-model.ts';
import { partsContract } from './store-parts.ts';
import { searchContract } from './store-search.ts';

/**
 * The contract of {@link RegistryStore}, as cases that every driver passes.
 *
 * @param name - The driver, for the titles.
 * @param open - Opens an empty store; called before each case.
 * @param reopen - Opens the data of the last `open` again, after the store was closed. Left out for a driver that keeps
 * nothing.
 */
export function storeContract(
  name: string,
  open: () => Promise<RegistryStore>,
  reopen?: () => Promise<RegistryStore>,
): void {
  describe(`the ${name} store`, () => {
    let opened: RegistryStore[] = [];
    const current = (): RegistryStore => {
      const store = opened.at(-1);
      if (store === undefined) throw new Error('No store is open.');
      return store;
    };
    const again = async (): Promise<RegistryStore> => {
      await current().close();
      if (reopen === undefined) throw new Error(`The ${name} store keeps nothing.`);
      opened.push(await reopen());
      return current();
    };

    beforeEach(async () => {
      opened = [await open()];
    });
    afterEach(async () => {
      for (const store of opened) await store.close();
    });

    const subject: StoreUnderTest = { store: current, reopen: reopen === undefined ? undefined : again };
    entryContract(subject);
    changeContract(subject);
    searchContract(subject);
    modelContract(subject);
    partsContract(subject);
  });
}
