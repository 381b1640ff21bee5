// Téléphones: an owner lets a phone in, names it, and takes its right away.
import type { Page } from "@playwright/test";
import { SELLER, add, expect, sellExact, signIn, test } from "../support/shop";
import { looksRight } from "../support/looks";

async function phones(page: Page) {
  await page.goto("/parametres");
  await page.getByRole("link", { name: "Téléphones" }).click();
  await expect(page.getByRole("heading", { name: "Téléphones", exact: true })).toBeVisible();
}

function listed(page: Page, name: string) {
  return page.getByRole("region", { name: "Téléphones de la boutique" }).getByRole("listitem").filter({ hasText: name });
}

test("a code from the owner's phone enrols one more, by the address that its drawing holds", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Patronne");
  await phones(page);
  await expect(listed(page, "Patronne")).toContainText("ce téléphone");
  const asked = page.waitForRequest("**/api/v1/device");
  await page.getByRole("button", { name: "Obtenir un code" }).click();
  expect(JSON.parse((await asked).postData()!).request.act.code).toEqual({ holds_costs: false, page: `${shop.url}/connexion` });
  await expect(page.getByRole("img", { name: "Code QR avec l’adresse et le code" })).toBeVisible();
  await looksRight(page, "Ajouter un téléphone");
  const shown = page.getByText(/^\d{3}\s\d{3}$/);
  const code = (await shown.textContent())!.replace(/\s/g, "");
  const context = await browser.newContext({ baseURL: shop.url });
  const sent: string[] = [];
  context.on("request", (request) => sent.push(request.url()));
  const other = await context.newPage();
  await other.goto(`/connexion#code=${code}`);
  await expect(other.getByLabel("Code à six chiffres")).toHaveValue(code);
  expect(sent.filter((url) => url.split("#")[0].includes(code))).toEqual([]);
  await other.getByLabel("Nom de ce téléphone").fill("Nouveau");
  await other.getByRole("button", { name: "Inscrire ce téléphone" }).click();
  await signIn(other, SELLER);
  await page.getByRole("button", { name: "Actualiser" }).click();
  await expect(listed(page, "Nouveau")).toContainText("(B)");
  await expect(listed(page, "Nouveau")).not.toContainText("prix d’achat");
  // Once, and for one phone.
  const third = await (await browser.newContext({ baseURL: shop.url })).newPage();
  await third.goto(`/connexion#code=${code}`);
  await third.getByLabel("Nom de ce téléphone").fill("Un de trop");
  await third.getByRole("button", { name: "Inscrire ce téléphone" }).click();
  await expect(third.getByText("Ce code n’est pas valable.")).toBeVisible();
  // One for an owner's.
  await page.getByRole("switch", { name: "Avec les prix d’achat" }).check();
  await page.getByRole("button", { name: "Un autre code" }).click();
  await expect(shown).not.toHaveText(new RegExp(`${code.slice(0, 3)}\\s${code.slice(3)}`));
  await third.getByLabel("Code à six chiffres").fill((await shown.textContent())!);
  await third.getByRole("button", { name: "Inscrire ce téléphone" }).click();
  await expect(third.getByRole("heading", { name: "Qui êtes-vous ?" })).toBeVisible();
  await page.getByRole("button", { name: "Actualiser" }).click();
  await expect(listed(page, "Un de trop")).toContainText("prix d’achat");
});

test("a phone is named, and one whose right is taken away reads nothing more; what it held is kept apart", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Patronne");
  const { context, page: other } = await shop.phone(browser, "Comptoir", SELLER);
  await phones(page);
  await page.getByRole("button", { name: "Modifier Patronne" }).click();
  await page.getByLabel("Nom de ce téléphone").fill("Bureau");
  await page.getByRole("button", { name: "Renommer" }).click();
  await expect(page.getByText("Le téléphone s’appelle Bureau.")).toBeVisible();
  await expect(listed(page, "Bureau")).toBeVisible();
  await page.getByRole("button", { name: "Modifier Bureau" }).click();
  await expect(page.getByRole("button", { name: "Retirer ce téléphone" })).toHaveCount(0);
  await context.setOffline(true);
  await add(other, "Ail 250 g").click();
  await sellExact(other);
  await expect(other.getByText("En attente de synchronisation")).toBeVisible();
  await page.getByRole("button", { name: "Modifier Comptoir" }).click();
  await page.getByRole("button", { name: "Retirer ce téléphone" }).click();
  await expect(page.getByText("Retirer Comptoir ?")).toBeVisible();
  await looksRight(page, "Retirer un téléphone");
  await page.getByRole("button", { name: "Oui, retirer" }).click();
  await expect(listed(page, "Comptoir")).toContainText("retiré");
  await expect(page.getByRole("button", { name: "Retirer ce téléphone" })).toHaveCount(0);
  await context.setOffline(false);
  await other.goto("/parametres");
  const waiting = other.locator("dl > div").filter({ has: other.getByText("En attente d’envoi", { exact: true }) });
  await expect(waiting.getByRole("definition")).toHaveText("0");
  expect(await shop.sales()).toEqual([]);
  // Its own screen says its new name.
  await page.goto("/parametres");
  const name = page.getByRole("region", { name: "Ce téléphone" }).locator("dl > div").filter({ has: page.getByText("Nom", { exact: true }) });
  await expect(name.getByRole("definition")).toHaveText("Bureau");
});

test("purchase prices are given to a phone, and taken from it", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Patronne");
  const { page: other } = await shop.phone(browser, "Deux");
  const margin = other.getByText("Marge brute");
  await other.goto("/");
  await expect(other.getByText("Espèces")).toBeVisible();
  await expect(margin).toHaveCount(0);
  await phones(page);
  await page.getByRole("button", { name: "Modifier Deux" }).click();
  await listed(page, "Deux").getByRole("switch", { name: "Avec les prix d’achat" }).check();
  await expect(page.getByText("Deux reçoit les prix d’achat.")).toBeVisible();
  await expect(listed(page, "Deux")).toContainText("prix d’achat");
  // At once, without a tap on the other.
  await expect(margin).toBeVisible();
  await page.getByRole("button", { name: "Modifier Deux" }).click();
  await listed(page, "Deux").getByRole("switch", { name: "Avec les prix d’achat" }).uncheck();
  await expect(page.getByText("Deux n’a plus les prix d’achat.")).toBeVisible();
  await expect(margin).toHaveCount(0);
});

test("a seller is shown no phones, and without network nothing is changed", async ({ shop, browser }) => {
  const { page: seller } = await shop.phone(browser, "Comptoir", SELLER);
  await seller.goto("/parametres/telephones");
  await expect(seller.getByText("Seul le propriétaire voit et change cela.")).toBeVisible();
  const { context, page } = await shop.phone(browser, "Patronne");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await phones(page);
  await expect(page.getByText("Il faut le réseau")).toBeVisible();
  await expect(page.getByRole("button", { name: "Obtenir un code" })).toBeDisabled();
});
