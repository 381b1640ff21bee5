// What the chip says of the server: "À jour" only once the server has said so.
import { looksRight } from "../support/looks";
import { Held } from "../support/network";
import { expect, test } from "../support/shop";

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
