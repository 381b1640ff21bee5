// What the chip says of the server: "À jour" only once the server has said so.
import { looksRight } from "../support/looks";
import { Held } from "../support/network";
import { SELLER, add, expect, row, sellExact, test } from "../support/shop";

test("a network that leads nowhere is not taken for the server's word", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const chip = (said: string) => page.getByRole("banner").getByRole("link", { name: said });
  await expect(chip("À jour")).toBeVisible();
  const held = await Held.sync(page);
  const asked = page.waitForRequest(/\/api\/v1\/pull/);
  await page.reload();
  await asked;
  await expect(chip("Connexion…")).toBeVisible();
  await looksRight(page, "Vendre, before the server has answered");
  await held.release();
  await expect(chip("À jour")).toBeVisible();
});

test("a server that does not answer is told, until it does", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const chip = (said: string) => page.getByRole("banner").getByRole("link", { name: said });
  await expect(chip("À jour")).toBeVisible();
  await shop.stop();
  await expect(chip("Pas de réponse")).toBeVisible();
  await looksRight(page, "Vendre, a server that does not answer");
  // Opened while it is away: it stays said, however often nobody answers.
  const failed = () => page.waitForEvent("requestfailed", (request) => request.url().includes("/api/v1/pull"));
  const twice = failed().then(failed);
  await page.reload();
  await twice; // what it said before it was loaded anew is over
  await expect(chip("Pas de réponse")).toBeVisible();
  const said = await page.evaluateHandle(() => {
    const said: string[] = [];
    new MutationObserver(() => said.push(document.querySelector(".chip")!.textContent!)).observe(document.querySelector(".chip")!, { characterData: true, childList: true, subtree: true });
    return said;
  });
  for (let n = 0; n < 2; n++) await failed();
  expect(await said.jsonValue()).toEqual([]);
  await shop.start();
  await page.evaluate(() => window.dispatchEvent(new Event("focus"))); // somebody looks again
  await expect(chip("À jour")).toBeVisible();
});

test("a phone whose disk takes nothing more does not say it holds all there is", async ({ shop, browser }) => {
  const { page: other } = await shop.phone(browser, "Autre", SELLER);
  const { page } = await shop.phone(browser, "Un");
  const chip = (said: string) => page.getByRole("banner").getByRole("link", { name: said });
  await expect(chip("À jour")).toBeVisible();
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    const full = (IDBObjectStore.prototype.put = () => {
      throw new DOMException("no room", "QuotaExceededError");
    });
    (window as any).room = () => IDBObjectStore.prototype.put === full && (IDBObjectStore.prototype.put = put);
  });
  await add(other, "Ail 250 g").click();
  await sellExact(other);
  await expect(page.getByText("La mémoire du téléphone est pleine.")).toBeVisible();
  await expect(chip("À vérifier")).toBeVisible();
  await expect(row(page, "Ail 250 g", "12 en stock")).toBeVisible();
  await looksRight(page, "Vendre, a disk that takes nothing more");
  await page.evaluate(() => {
    (window as any).room();
    window.dispatchEvent(new Event("focus")); // somebody looks again
  });
  await expect(row(page, "Ail 250 g", "11 en stock")).toBeVisible();
  await expect(chip("À jour")).toBeVisible();
  await expect(page.getByText("La mémoire du téléphone est pleine.")).toHaveCount(0);
});
