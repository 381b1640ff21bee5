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

/** Queues a mutation past the app, as a phone would that this one was copied from; it is sent when the page is opened anew. */
export async function queue(page: Page, kind: string, body: object) {
  const meta = await stored(page, "meta");
  const id = (row: string) => JSON.parse(String(meta[row])).id as string;
  const [key, sequence] = [crypto.randomUUID(), Number(meta.sequence ?? 0) + 1];
  const origin = { installation: id("installation"), sequence, actor: id("actor") };
  const made = { device_ms: Date.now(), skew_ms: 0, contact_ms: Date.now() };
  const mutation = { key, origin, made, kind, version: 1, body };
  await damage(page, "meta", "sequence", String(sequence));
  await damage(page, "outbox", `${String(sequence).padStart(16, "0")}/${key}`, JSON.stringify({ mutation, standing: "queued" }));
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
