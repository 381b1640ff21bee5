// Verrouiller: one hands the phone over by two taps and a PIN, without network too; until then nothing is reached.
import type { Page } from "@playwright/test";
import { Held } from "../support/network";
import { OWNER, SELLER, add, expect, sellExact, signIn, test } from "../support/shop";
import { looksRight } from "../support/looks";

async function lock(page: Page) {
  await page.getByRole("link", { name: "Accueil" }).first().click();
  await page.getByRole("button", { name: "Verrouiller" }).click();
  await expect(page.getByText("Comptoir est verrouillé")).toBeVisible();
}

async function unlock(page: Page, who: { name: string; pin: string }) {
  await page.getByRole("button", { name: who.name }).click();
  for (const digit of who.pin) await page.getByRole("button", { name: digit, exact: true }).click();
  await page.getByRole("button", { name: "Valider le PIN" }).click();
}

/** Nothing of the shop is there to be seen, read out or reached by the keyboard. */
async function shut(page: Page) {
  await expect(page.getByText("Comptoir est verrouillé")).toBeVisible();
  await expect(page.getByRole("link")).toHaveCount(0);
  await expect(add(page, "Ail 250 g")).toHaveCount(0);
  await expect(page.getByText("Ail 250 g").filter({ visible: true })).toHaveCount(0);
}

test("a locked phone shows who may unlock it, at every address and after a reload; the cart stays", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Comptoir");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await add(page, "Ail 250 g").click();
  await context.setOffline(true);
  await lock(page);
  await looksRight(page, "Verrouillé");
  await page.reload();
  await shut(page);
  for (const address of ["/vente", "/vente/paiement", "/parametres", "/stock", "/connexion", "/"]) {
    await page.goto(address);
    await shut(page);
  }
  // The first in the list is who locked it.
  await expect(page.getByRole("main").getByRole("listitem").first()).toContainText(OWNER.name);
  await unlock(page, { ...OWNER, pin: "0000" });
  await expect(page.getByText("PIN faux. Il reste 4 essais.")).toBeVisible();
  await page.goto("/vente");
  await unlock(page, OWNER);
  await expect(add(page, "Ail 250 g")).toBeVisible();
  await expect(page.getByRole("link", { name: /^Encaisser/ })).toBeVisible();
  await page.reload();
  await expect(add(page, "Ail 250 g")).toBeVisible();
});

test("not even the moment until the app is there shows anything", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await lock(page);
  // The server's own page, whose script never comes.
  await page.evaluate(async () => {
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
  });
  await page.route("**/*.{js,wasm}", (route) => route.abort());
  await page.goto("/vente");
  await expect(page.getByText("Ail 250 g").first()).toBeAttached();
  await expect(page.getByText("Ail 250 g").first()).toBeHidden();
  await expect(page.getByRole("link")).toHaveCount(0);
});

test("another seller takes over without network, with the cart that is there, and the sale is theirs", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Comptoir", SELLER);
  await page.goto("/connexion");
  await signIn(page, OWNER);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.goto("/parametres");
  await page.getByRole("button", { name: "Verrouiller" }).click();
  await context.setOffline(true);
  await unlock(page, OWNER);
  await expect(page.getByRole("heading", { name: "Paramètres" })).toBeVisible(); // where they were
  await page.getByRole("link", { name: "Vendre", exact: true }).click();
  await add(page, "Ail 250 g").click();
  await lock(page);
  await unlock(page, SELLER);
  await expect(add(page, "Ail 250 g")).toBeVisible();
  await sellExact(page);
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  await expect(page.getByRole("article")).toContainText(SELLER.name);
  await context.setOffline(false);
  await expect.poll(() => shop.sales()).toEqual(["A-000001"]);
});

test("what waits is sent while the phone is locked", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Comptoir");
  const held = await Held.pushes(context);
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await page.getByRole("button", { name: "Ne pas attendre" }).click();
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  await page.getByRole("link", { name: "Nouvelle vente" }).click();
  await lock(page);
  await held.release();
  await expect.poll(() => shop.sales()).toEqual(["A-000001"]);
  await shut(page);
});

test("a phone that nobody uses locks itself after the time that was chosen, in every window, and over a restart", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Comptoir", OWNER, { clock: true });
  await page.goto("/parametres");
  const times = page.getByRole("group", { name: "Verrouiller après un temps sans usage" });
  await expect(times.getByRole("radio", { name: "Jamais" })).toBeChecked();
  await times.getByRole("radio", { name: "5 min", exact: true }).check();
  const second = await context.newPage();
  await second.goto("/vente");
  await expect(add(second, "Ail 250 g")).toBeVisible();
  await context.clock.runFor("04:50");
  await page.getByRole("link", { name: "Vendre", exact: true }).click(); // used
  await context.clock.runFor("04:50");
  await expect(add(page, "Ail 250 g")).toBeVisible();
  await context.clock.runFor("00:15");
  await shut(page);
  await shut(second);
  await unlock(page, OWNER);
  await expect(add(page, "Ail 250 g")).toBeVisible();
  await expect(add(second, "Ail 250 g")).toBeVisible();
  // Away for longer than that: the app opens locked.
  await second.close();
  await page.close();
  await context.clock.fastForward("06:00");
  const later = await context.newPage();
  await later.goto("/vente");
  await shut(later);
});

test("where nobody is signed in there is nobody to recognise", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await page.goto("/parametres");
  await page.getByRole("button", { name: "Se déconnecter" }).click();
  await expect(page.getByRole("heading", { name: "Qui êtes-vous ?" })).toBeVisible();
  await page.evaluate(() => localStorage.setItem("comptoir-locked", "1"));
  await page.reload();
  await expect(page.getByText("Comptoir est verrouillé")).toHaveCount(0);
  await signIn(page, SELLER);
});
