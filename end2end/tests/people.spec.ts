// Personnes: an owner adds people, gives roles and PINs, and retires people; on every phone, at once.
import type { Page } from "@playwright/test";
import { OWNER, SELLER, expect, signIn, test } from "../support/shop";
import { looksRight } from "../support/looks";

const NEW = { name: "Fatoumata Bah", pin: "864200" };

async function people(page: Page) {
  await page.goto("/parametres");
  await page.getByRole("link", { name: "Personnes" }).click();
  await expect(page.getByRole("heading", { name: "Personnes", exact: true })).toBeVisible();
}

async function fill(page: Page, { name, pin }: { name: string; pin: string }, again = pin) {
  const form = page.getByRole("region", { name: "Ajouter une personne" });
  await form.getByLabel("Nom", { exact: true }).fill(name);
  await form.getByLabel("PIN (4 à 6 chiffres)").fill(pin);
  await form.getByLabel("Le même PIN encore une fois").fill(again);
  await form.getByRole("button", { name: "Ajouter" }).click();
}

function listed(page: Page, name: string) {
  return page.getByRole("region", { name: "Personnes de la boutique" }).getByRole("button", { name });
}

async function change(page: Page, name: string) {
  await listed(page, name).click();
  return page.getByRole("group", { name: `Changer ${name}` });
}

test("an owner adds a seller, who is on the other phones at once, gets another PIN, and leaves", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Patronne");
  const { page: other } = await shop.phone(browser, "Comptoir", SELLER);
  await people(page);
  await looksRight(page, "Personnes");
  await fill(page, NEW, "864201");
  await expect(page.getByText("Les deux PIN ne sont pas les mêmes.")).toBeVisible();
  await fill(page, { ...NEW, pin: "12" });
  await expect(page.getByText("Le PIN a 4 à 6 chiffres.", { exact: true })).toBeVisible();
  await fill(page, NEW);
  await expect(page.getByText(`${NEW.name} peut se connecter`)).toBeVisible();
  await expect(listed(page, NEW.name)).toContainText("Employé");
  await other.goto("/connexion");
  await signIn(other, NEW);
  // A new PIN ends what the old one opened.
  let card = await change(page, NEW.name);
  await card.getByLabel("Nouveau PIN (4 à 6 chiffres)").fill("975310");
  await card.getByLabel("Le même PIN encore une fois").fill("975310");
  await card.getByRole("button", { name: "Donner ce PIN" }).click();
  await expect(page.getByText(`${NEW.name} a un nouveau PIN.`)).toBeVisible();
  await expect(other.getByText("PIN demandé pour envoyer")).toBeVisible();
  await other.getByRole("link", { name: "Mon PIN" }).click();
  await other.getByRole("button", { name: NEW.name }).click();
  for (const digit of NEW.pin) await other.getByRole("button", { name: digit, exact: true }).click();
  await other.getByRole("button", { name: "Valider le PIN" }).click();
  await expect(other.getByText("PIN faux. Il reste 4 essais.")).toBeVisible();
  await other.goto("/connexion");
  await signIn(other, { ...NEW, pin: "975310" });
  // Who leaves is out at once.
  await card.getByRole("button", { name: "Retirer de la boutique" }).click();
  await expect(card.getByText(`Retirer ${NEW.name} ?`)).toBeVisible();
  await looksRight(page, "Retirer une personne");
  await card.getByRole("button", { name: "Oui, retirer" }).click();
  await expect(listed(page, NEW.name)).toHaveCount(0);
  await page.getByText("Ne travaillent plus ici").click();
  await expect(page.getByRole("listitem").filter({ hasText: NEW.name })).toBeVisible();
  await expect(other.getByText("PIN demandé pour envoyer")).toBeVisible();
  await other.goto("/connexion");
  await signIn(other, SELLER);
  await other.goto("/connexion");
  await expect(other.getByRole("button", { name: SELLER.name })).toBeVisible();
  await expect(other.getByRole("button", { name: NEW.name })).toHaveCount(0);
});

test("an answer that is lost, and asked for again, makes one person", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Patronne");
  await people(page);
  let lost = 0;
  const asked: string[] = [];
  await page.route("**/api/v1/person", async (route) => {
    asked.push(JSON.parse(route.request().postData()!).request.person);
    if (lost++ > 0) return route.continue();
    await route.fetch();
    await route.abort("connectionreset");
  });
  await fill(page, NEW);
  await expect(page.getByText("Le serveur ne répond pas. Réessayez avec le réseau.")).toBeVisible();
  await page.getByRole("button", { name: "Ajouter" }).click();
  await expect(page.getByText(`${NEW.name} peut se connecter`)).toBeVisible();
  expect(asked).toHaveLength(2);
  expect(asked[1]).toBe(asked[0]);
  await expect(listed(page, NEW.name)).toHaveCount(1);
});

test("a role is changed, and the person's phone follows; a shop keeps an owner", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Patronne");
  const { page: other } = await shop.phone(browser, "Comptoir", SELLER);
  await other.goto("/parametres");
  await expect(other.getByRole("button", { name: "Synchroniser maintenant" })).toBeVisible();
  await expect(other.getByRole("link", { name: "Personnes" })).toHaveCount(0);
  await other.goto("/parametres/personnes");
  await expect(other.getByText("Seul le propriétaire voit et change cela.")).toBeVisible();
  await people(page);
  let card = await change(page, OWNER.name);
  await card.getByRole("button", { name: "Donner le rôle d’employé" }).click();
  await expect(page.getByText("La boutique garde au moins un propriétaire")).toBeVisible();
  card = await change(page, SELLER.name);
  await card.getByRole("button", { name: "Donner le rôle de propriétaire" }).click();
  await expect(listed(page, SELLER.name)).toContainText("Propriétaire");
  // Without signing in again.
  await expect(other.getByRole("heading", { name: "Ajouter une personne" })).toBeVisible();
  card = await change(other, OWNER.name);
  await card.getByRole("button", { name: "Donner le rôle d’employé" }).click();
  await expect(page.getByText("Seul le propriétaire voit et change cela.")).toBeVisible();
});

test("without network the screen says what it needs, and changes nothing", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Patronne");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await people(page);
  await expect(page.getByText("Il faut le réseau")).toBeVisible();
  await expect(page.getByRole("button", { name: "Ajouter" })).toBeDisabled();
  await expect(listed(page, OWNER.name)).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("button", { name: "Ajouter" })).toBeEnabled();
});
