// Goods on credit, by the customer's name, and the money brought for them later.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { OWNER, SELLER, add, expect, test } from "../support/shop";

const PRODUCT = "Ail 250 g";

async function sellOnCredit(page: Page, customer: string, now = "") {
  await page.goto("/vente");
  await add(page, PRODUCT).click();
  await page.getByRole("link", { name: /^Encaisser/ }).click();
  await page.getByRole("radio", { name: "À crédit" }).check();
  await page.getByLabel("Nom du client").fill(customer);
  await page.getByLabel("Payé maintenant, en espèces").fill(now);
  await page.getByRole("button", { name: /^Vendre à crédit/ }).click();
  await expect(page.getByRole("article", { name: /^Reçu/ })).toBeVisible();
}

const account = (page: Page, customer: string | RegExp) => page.getByRole("listitem").filter({ hasText: customer });
const line = (page: Page, what: string | RegExp) => page.getByRole("region", { name: "Détail" }).getByRole("listitem").filter({ hasText: what });

test("sold on credit without network by two phones, one account; paid back by parts, on both", async ({ shop, browser }) => {
  test.slow(); // axe reads six pages, in light and in dark
  const { context, page: one } = await shop.phone(browser, "Un", OWNER);
  const { page: two } = await shop.phone(browser, "Deux", SELLER);
  await one.evaluate(() => navigator.serviceWorker.ready);
  await one.goto("/credits");
  await expect(one.getByRole("heading", { name: "Personne ne doit rien" })).toBeVisible();
  await looksRight(one, "Crédits, none");
  // Nothing is sold on credit to nobody.
  await one.goto("/vente");
  await add(one, PRODUCT).click();
  await one.getByRole("link", { name: /^Encaisser/ }).click();
  await one.getByRole("radio", { name: "À crédit" }).check();
  await expect(one.getByRole("button", { name: /^Vendre à crédit/ })).toBeDisabled();
  await expect(one.getByText("Le nom du client manque encore.")).toBeVisible();
  await looksRight(one, "Encaisser, on credit");
  await one.getByRole("link", { name: "Retour au panier" }).click();
  await one.getByRole("button", { name: /articles?$/ }).click();
  await one.getByRole("button", { name: "Vider" }).click();
  await context.setOffline(true);
  await sellOnCredit(one, "Mamadou Diallo", "4 000");
  const receipt = one.getByRole("article", { name: /^Reçu/ });
  await expect(receipt).toContainText(/Espèces\s*4\s000/);
  await expect(receipt).toContainText(/À crédit, Mamadou Diallo\s*5\s000/);
  await sellOnCredit(two, "MAMADOU  DIALLO");
  await one.goto("/credits");
  await expect(account(one, "Mamadou Diallo")).toContainText(/5\s000\sGNF/);
  await expect(account(one, "Mamadou Diallo")).toContainText("En attente");
  await context.setOffline(false);
  await two.goto("/credits");
  // One account, as who was first at the server wrote it.
  for (const page of [one, two]) {
    await expect(account(page, /mamadou diallo/i)).toHaveCount(1);
    await expect(account(page, /mamadou diallo/i)).toContainText(/14\s000\sGNF/);
    await expect(account(page, /mamadou diallo/i)).not.toContainText("En attente");
  }
  await looksRight(two, "Crédits, one");
  await account(two, /mamadou diallo/i).getByRole("link").click();
  await expect(two.getByText("doit", { exact: true })).toBeVisible();
  await expect(two.getByRole("button", { name: "Encaisser" })).toBeDisabled();
  await two.getByLabel("Montant reçu").fill("6 000");
  await expect(two.getByText(/^Reste dû : 8\s000\sGNF$/)).toBeVisible();
  await looksRight(two, "Client");
  await two.getByRole("button", { name: /^Encaisser 6\s000\sGNF$/ }).click();
  await expect(two.getByText(/^6\s000\sGNF reçus\.$/)).toBeVisible();
  const message = decodeURIComponent((await two.getByRole("link", { name: "WhatsApp" }).getAttribute("href"))!);
  expect(message.replace(/\u202f|\u00a0/g, " ")).toMatch(/Payé par Mamadou\s+Diallo : 6 000 GNF\nReste dû : 8 000 GNF$/i);
  await expect(line(two, "Payé en espèces")).toContainText(/6\s000/);
  await expect(line(two, /Vente B-000001/)).toContainText(/9\s000/);
  await expect(account(one, /mamadou diallo/i)).toContainText(/8\s000\sGNF/);
  // The rest by Orange Money, on the other phone.
  await account(one, /mamadou diallo/i).getByRole("link").click();
  await expect(line(one, "Payé en espèces")).toContainText("Ibrahima Camara");
  await one.getByRole("button", { name: /^Tout : 8\s000\sGNF$/ }).click();
  await one.getByRole("radio", { name: "Orange Money" }).check();
  await expect(one.getByRole("button", { name: /^Encaisser/ })).toBeDisabled();
  await one.getByLabel("Référence Orange Money").fill("PP9");
  await one.getByRole("button", { name: /^Encaisser 8\s000\sGNF$/ }).click();
  await expect(one.getByText("ne doit rien", { exact: true })).toBeVisible();
  await expect(two.getByText("ne doit rien", { exact: true })).toBeVisible();
  // What came in is the day's, and of no sale.
  await one.goto("/");
  const day = one.getByRole("region", { name: "Aujourd’hui" });
  await expect(day).toContainText(/18\s000\sGNF/);
  await expect(day).toContainText(/À crédit\s*14\s000\sGNF/);
  await expect(day).toContainText(/Crédits remboursés\s*14\s000\sGNF\s*Espèces 6\s000 · Orange Money 8\s000/);
  await looksRight(one, "Accueil, with credit");
  await one.goto("/ventes");
  await expect(one.getByRole("region", { name: "Aujourd’hui" })).toContainText(/Espèces 4\s000 · Orange Money 0 · À\scrédit\s14\s000\s*Crédits remboursés 14\s000/);
  await one.getByRole("searchbox").fill("diallo");
  await expect(one.getByRole("region", { name: "Aujourd’hui" })).toContainText("2 ventes trouvées");
  await one.goto("/parametres");
  const files = one.getByRole("region", { name: "Fichiers pour tableur" });
  const [download] = await Promise.all([one.waitForEvent("download"), files.getByRole("button", { name: "Crédits remboursés" }).click()]);
  const lines = readFileSync(await download.path(), "utf8").slice(1, -2).split("\r\n");
  expect(lines[0]).toBe("Date;Client;Espèces;Orange Money;Référence;Qui;État");
  expect(lines.slice(1).map((row) => row.split(";").slice(2).join(";"))).toEqual(['0;8000;"\tPP9";Mariama Diallo;Confirmé', "6000;0;;Ibrahima Camara;Confirmé"]);
});

test("a name is offered while it is typed, with what it owes; what was taken by mistake is taken back", async ({ shop, browser }) => {
  const { page: owner } = await shop.phone(browser, "Un", OWNER);
  const { page: seller } = await shop.phone(browser, "Deux", SELLER);
  await sellOnCredit(owner, "Fatoumata Béavogui");
  await seller.goto("/vente");
  await add(seller, PRODUCT).click();
  await seller.getByRole("link", { name: /^Encaisser/ }).click();
  await seller.getByRole("radio", { name: "À crédit" }).check();
  await seller.getByLabel("Nom du client").fill("beav");
  await seller.getByRole("button", { name: "Fatoumata Béavogui" }).click();
  await expect(seller.getByLabel("Nom du client")).toHaveValue("Fatoumata Béavogui");
  await expect(seller.getByText(/^Doit déjà 9\s000\sGNF$/)).toBeVisible();
  await seller.getByRole("button", { name: /^Vendre à crédit : 9\s000\sGNF$/ }).click();
  await expect(seller.getByText("Vente confirmée")).toBeVisible();
  // What is half typed of one customer's is there again, and never another's.
  await seller.getByRole("link", { name: "Nouvelle vente" }).click();
  await sellOnCredit(seller, "Awa Bah");
  await seller.getByRole("link", { name: "Nouvelle vente" }).click();
  await seller.getByRole("link", { name: "Accueil" }).first().click();
  await seller.getByRole("link", { name: /^Crédits/ }).click();
  await account(seller, "Fatoumata Béavogui").getByRole("link").click();
  await seller.getByLabel("Montant reçu").fill("3000");
  await seller.getByRole("link", { name: "Retour aux crédits" }).click();
  await account(seller, "Fatoumata Béavogui").getByRole("link").click();
  await expect(seller.getByLabel("Montant reçu")).toHaveValue("3000");
  await seller.getByRole("link", { name: "Retour aux crédits" }).click();
  await account(seller, "Awa Bah").getByRole("link").click();
  await expect(seller.getByRole("heading", { name: "Awa Bah" })).toBeVisible();
  await expect(seller.getByLabel("Montant reçu")).toHaveValue("");
  await owner.goto("/credits/client?nom=fatoumata%20beavogui");
  await owner.getByLabel("Montant reçu").fill("20000");
  await expect(owner.getByText(/^2\s000\sGNF d’avance$/)).toBeVisible();
  await owner.getByRole("button", { name: /^Encaisser 20/ }).click();
  await expect(owner.getByText("a payé d’avance")).toBeVisible();
  // A seller does not take back what the owner took.
  await seller.goto("/credits/client?nom=Fatoumata%20B%C3%A9avogui");
  await expect(line(seller, "Payé en espèces")).toBeVisible();
  await expect(seller.getByRole("button", { name: /^Supprimer/ })).toHaveCount(0);
  await owner.getByRole("button", { name: /^Supprimer ce remboursement/ }).click();
  const asks = owner.getByRole("region", { name: "Supprimer le remboursement" });
  await expect(asks.getByRole("button", { name: "Oui, supprimer" })).toBeDisabled();
  await looksRight(owner, "Client, taking back");
  await asks.getByRole("button", { name: "Autre client" }).click();
  await asks.getByRole("button", { name: "Oui, supprimer" }).click();
  for (const page of [owner, seller]) {
    await expect(page.getByText("doit", { exact: true })).toBeVisible();
    await expect(line(page, "Payé en espèces")).toHaveCount(0);
    await expect(line(page, /^Vente/)).toHaveCount(2);
  }
  // A sale that is voided is not owed.
  await line(owner, /Vente A-000001/).getByRole("link").click();
  await owner.getByRole("button", { name: "Annuler la vente" }).click();
  await owner.getByRole("button", { name: "Article rendu" }).click();
  await owner.getByRole("button", { name: "Oui, annuler la vente" }).click();
  await expect(line(seller, /^Vente/)).toHaveCount(1);
  await expect(seller.getByRole("main")).toContainText(/9\s000\sGNF\s*doit/);
  await owner.goto("/credits/client?nom=Personne");
  await expect(owner.getByText("Ce client n’a pas de compte sur ce téléphone")).toBeVisible();
});
