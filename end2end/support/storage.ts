// The device's disk, read past the app.
import type { Page } from "@playwright/test";

export type Rows = Record<string, unknown>;

/** What a store of the device holds. */
export function stored(page: Page, store: string): Promise<Rows> {
  return page.evaluate(
    (store) =>
      new Promise<Rows>((done, fail) => {
        const opening = indexedDB.open("comptoir");
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const of = opening.result.transaction(store).objectStore(store);
          const [keys, values] = [of.getAllKeys(), of.getAll()];
          values.onsuccess = () => {
            opening.result.close();
            done(Object.fromEntries(keys.result.map((key, at) => [String(key), values.result[at]])));
          };
        };
      }),
    store,
  );
}

/** Puts something else in a row's place, past the app. */
export async function damage(page: Page, store: string, key: string, value: unknown) {
  await page.evaluate(
    ([store, key, value]) =>
      new Promise<void>((done, fail) => {
        const opening = indexedDB.open("comptoir");
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const writing = opening.result.transaction(store, "readwrite", { durability: "strict" });
          writing.objectStore(store).put(value, key);
          writing.oncomplete = () => {
            opening.result.close();
            done();
          };
        };
      }),
    [store, key, value] as const,
  );
}
