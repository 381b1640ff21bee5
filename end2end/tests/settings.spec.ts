// Paramètres: what the dashboard says of this phone, and of the shop.
import type { Page } from "@playwright/test";
import { Held } from "../support/network";
import { OWNER, SELLER, add, expect, row, sellExact, test } from "../support/shop";

/** What stands beside a name. */
function fact(page: Page, name: string) {
  return page.locator("dl > div").filter({ has: page.getByText(name, { exact: true }) }).getByRole("definition");
}

test("the dashboard says what waits and since when, what came and went, and what it cost", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.getByRole("link", { name: "Paramètres" }).click();
  await expect(fact(page, "Dernière réception")).toHaveText(/^(à l’instant|il y a \d+\ss)$/);
  await expect(fact(page, "Dernier envoi")).toHaveText("jamais");
  await expect(fact(page, "En attente d’envoi")).toHaveText("0");
  await expect(fact(page, "Temps de réponse")).toHaveText(/^\d+(,\d)?\ss$/);
  await expect(fact(page, "Internet aujourd’hui")).toHaveText(/^[1-9]\d*\s(o|ko) envoyés, [1-9]\d*\s(ko|Mo) reçus$/);
  await expect(fact(page, "Mémoire utilisée")).toHaveText(/^[1-9][\d,]*\s(ko|Mo) sur [1-9][\d,\s]*\sGo permis$/);
  await expect(fact(page, "Horloge")).toHaveText("à l’heure");
  await expect(fact(page, "Version des échanges")).toHaveText("1");
  await context.setOffline(true);
  await page.goto("/vente");
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  await page.goto("/parametres");
  await expect(fact(page, "En attente d’envoi")).toHaveText("1");
  await expect(fact(page, "Vente")).toHaveText(/^1, depuis \d+(,\d)?\ss$/);
  await context.setOffline(false);
  await expect(fact(page, "En attente d’envoi")).toHaveText("0");
  await expect(fact(page, "Vente")).toHaveCount(0);
  await expect(fact(page, "Dernier envoi")).toHaveText(/^(à l’instant|il y a \d+\ss)$/);
});

test("measuring costs no strict write and no request, and no sale notices when it fails", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  await page.evaluate(() => {
    const durabilities: string[] = ((window as any).durabilities = []);
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, key) {
      if (key !== "measured") return put.call(this, value, key);
      durabilities.push(this.transaction.durability);
      if ((window as any).full) throw new DOMException("no room", "QuotaExceededError");
      return put.call(this, value, key);
    };
  });
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  for (const full of [false, true]) {
    await page.evaluate((full) => ((window as any).full = full), full);
    await add(page, "Ail 250 g").click();
    await sellExact(page);
    await expect(page.getByText("Vente confirmée")).toBeVisible();
    await page.getByRole("link", { name: "Nouvelle vente" }).click();
  }
  const durabilities = await page.evaluate(() => (window as any).durabilities as string[]);
  expect(durabilities.length).toBeGreaterThanOrEqual(2);
  expect(new Set(durabilities)).toEqual(new Set(["relaxed"]));
  expect(asked.filter((path) => path.startsWith("/api/"))).toEqual(["/api/v1/push", "/api/v1/push"]);
  expect(await shop.sales()).toEqual(["A-000001", "A-000002"]);
});

test("fourteen days are drawn, and the same figures are a table", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.goto("/parametres");
  const days = page.getByRole("region", { name: "Les 14 derniers jours" });
  await expect(days).toContainText(/Attente avant la réponse du serveur : au plus \d+,\d\ss/);
  await expect(days).toContainText("Aucun envoi n’a échoué.");
  await days.getByText("En chiffres").click();
  const table = days.getByRole("table", { name: "Envois des 14 derniers jours" });
  await expect(table.getByRole("row")).toHaveCount(15);
  await expect(table.getByRole("row").nth(1)).toHaveText(/^\d\d\/\d\d1\d+,\d\ss\d+,\d\ss0$/);
  // A request that fails is one bar the day it fails.
  await page.route("**/api/v1/pull", (route) => route.abort("connectionreset"));
  await page.getByRole("button", { name: "Synchroniser maintenant" }).click();
  await expect(days).toContainText(/échecs? du réseau, sans perte/);
});

test("Tout relire reads the shop from its start, and keeps what waits to be sent", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  const held = await Held.pushes(context);
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await page.getByRole("button", { name: "Ne pas attendre" }).click();
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  await page.goto("/parametres");
  await expect(fact(page, "En attente d’envoi")).toHaveText("1");
  const anew = page.getByRole("button", { name: "Tout relire" });
  const asked = page.waitForRequest((request) => !!request.postData()?.includes('"start":{"position":null}'));
  await anew.click();
  // What was handed in may be counted in what is read: it has its answer first.
  await expect(page.getByText("La boutique sera relue dès que ce qui attend est envoyé.")).toBeVisible();
  await expect(anew).toBeDisabled();
  await expect(fact(page, "En attente d’envoi")).toHaveText("1");
  await held.release();
  await asked;
  await expect(anew).toBeEnabled();
  await page.goto("/vente");
  await expect(row(page, "Ail 250 g", "11 en stock")).toBeVisible();
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  await expect(row(page, "Ail 250 g", "11 en stock")).toBeVisible();
  expect(await shop.sales()).toEqual(["A-000001"]);
});

test("a report for who helps is copied, or shown where the browser does not copy; it names nobody", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Téléphone de Mariama");
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/parametres");
  await expect(fact(page, "Horloge")).toHaveText("à l’heure");
  await page.getByRole("button", { name: "Copier un rapport" }).click();
  await expect(page.getByText("Rapport copié : collez-le dans un message.")).toBeVisible();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toMatch(/^Comptoir \d+\.\d+\.\d+, échanges version 1\n/);
  expect(report).toContain("lettre A");
  const secrets = await page.evaluate(() => {
    const opening = indexedDB.open("comptoir");
    return new Promise<string>((done) => {
      opening.onsuccess = () => {
        const asked = opening.result.transaction("meta").objectStore("meta").get("installation");
        asked.onsuccess = () => (opening.result.close(), done(JSON.parse(asked.result).secret));
      };
    });
  });
  expect(secrets).toHaveLength(64);
  for (const hidden of [secrets, OWNER.name, "Mariama"]) expect(report).not.toContain(hidden);
  await page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error("not allowed"))));
  await page.getByRole("button", { name: "Copier un rapport" }).click();
  await expect(page.getByRole("textbox", { name: "Copiez ce texte dans un message" })).toHaveValue(/^Comptoir /);
});

test("an owner sees every device, what it made and what arrived, where there is a network; a seller does not", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Comptoir de gauche");
  const { page: other } = await shop.phone(browser, "Comptoir de droite", SELLER);
  await add(other, "Ail 250 g").click();
  await sellExact(other);
  await expect(other.getByText("Vente confirmée")).toBeVisible();
  await page.getByRole("link", { name: "Paramètres" }).click();
  const devices = page.getByRole("region", { name: "Téléphones de la boutique" });
  const device = (name: string) => devices.getByRole("listitem").filter({ hasText: name });
  await expect(device("Comptoir de gauche")).toContainText("ce téléphone");
  await expect(device("Comptoir de droite")).toContainText("1 fait, 1 reçu");
  await expect(device("Comptoir de droite")).toContainText(/vu (à l’instant|il y a \d+\ss) · version \d/);
  await expect(devices).toContainText("Rien n’a été refusé ces 14 derniers jours.");
  // More than there is: refused, and counted.
  await other.getByRole("link", { name: "Nouvelle vente" }).click();
  const held = await Held.pushes(context);
  for (const seller of [page, other]) {
    await seller.goto("/vente");
    for (let n = 0; n < 11; n++) await add(seller, "Ail 250 g").click();
    await sellExact(seller);
    if (seller === page) await page.getByRole("button", { name: "Ne pas attendre" }).click();
    else await expect(other.getByText("Vente confirmée")).toBeVisible();
  }
  await held.release();
  await expect(page.getByText("Refusée : à décider")).toBeVisible();
  await page.goto("/parametres");
  const table = devices.getByRole("table", { name: "Refus et désaccords" });
  await expect(table.getByRole("row").nth(1)).toHaveText(/^\d\d\/\d\d1010$/);
  await context.setOffline(true);
  await expect(devices).toContainText("Il faut le réseau pour voir les autres téléphones.");
  await expect(devices.getByRole("button", { name: "Actualiser" })).toBeDisabled();
  await context.setOffline(false);
  await expect(device("Comptoir de droite")).toContainText("2 faits, 2 reçus");
  await other.getByRole("link", { name: "Nouvelle vente" }).click();
  await other.goto("/parametres");
  await expect(fact(other, "Horloge")).toHaveText("à l’heure");
  await expect(other.getByRole("heading", { name: "Téléphones de la boutique" })).toHaveCount(0);
});

test("what the owner says of the shop is on its receipts, on every phone and where no script runs", async ({ shop, browser }) => {
  const { page: owner } = await shop.phone(browser, "Patronne");
  const { page: seller } = await shop.phone(browser, "Vendeur", SELLER);
  await owner.getByRole("link", { name: "Paramètres" }).click();
  const form = owner.getByRole("region", { name: "Boutique", exact: true });
  await expect(form.getByLabel("Nom de la boutique")).toHaveValue("Boutique Kaloum");
  await expect(form.getByRole("button", { name: "Enregistrer" })).toBeDisabled();
  await form.getByLabel("Nom de la boutique").fill("Chez Mariama");
  await form.getByLabel("Adresse").fill("Marché Madina, allée 4");
  await form.getByLabel("Téléphone").fill("620 00 00 00");
  await form.getByLabel("Bas du reçu").fill("Échange sous 3 jours");
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await expect(form.getByText("Enregistré")).toBeVisible();
  await owner.getByRole("link", { name: "Vendre", exact: true }).click();
  await expect(owner.getByRole("link", { name: "À jour" })).toBeVisible();
  await add(seller, "Ail 250 g").click();
  await sellExact(seller);
  await expect(seller.getByText("Vente confirmée")).toBeVisible();
  const says = async (page: Page) => {
    const receipt = page.getByRole("article", { name: "Reçu B-000001" });
    await expect(receipt.getByRole("heading", { name: "Chez Mariama" })).toBeVisible();
    for (const line of ["Marché Madina, allée 4", "620 00 00 00", "Échange sous 3 jours"]) await expect(receipt).toContainText(line);
  };
  await says(seller);
  const plain = await browser.newContext({ baseURL: shop.url, javaScriptEnabled: false, storageState: await seller.context().storageState() });
  const page = await plain.newPage();
  await page.goto(new URL(seller.url()).pathname + new URL(seller.url()).search);
  await says(page);
});

test("the banknotes a shop is paid with are its owner's to choose, and are tapped on every phone", async ({ shop, browser }) => {
  const { page: owner } = await shop.phone(browser, "Patronne");
  const { page: seller } = await shop.phone(browser, "Vendeur", SELLER);
  const offered = async (page: Page) => {
    await page.goto("/vente");
    await add(page, "Ail 250 g").click();
    await page.getByRole("link", { name: /^Encaisser/ }).click();
    return page.getByRole("group", { name: "Montants rapides" }).getByRole("button");
  };
  await expect(await offered(seller)).toHaveText([/\+ 5\s000$/, /\+ 10\s000$/, /\+ 20\s000$/]);
  await owner.getByRole("link", { name: "Paramètres" }).click();
  const form = owner.getByRole("region", { name: "Boutique", exact: true });
  const field = form.getByLabel("Billets proposés à l’encaissement");
  await expect(field).toHaveValue(/^5\s000, 10\s000, 20\s000$/);
  for (const wrong of ["1,2,3,4,5,6,7", "beaucoup", "0"]) {
    await field.fill(wrong);
    await expect(form.getByRole("alert")).toBeVisible();
    await expect(form.getByRole("button", { name: "Enregistrer" })).toBeDisabled();
  }
  await field.fill("20 000, 500, 1 000, 2 000");
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await expect(form.getByText("Enregistré")).toBeVisible();
  await owner.getByRole("link", { name: "Vendre", exact: true }).click();
  await expect(owner.getByRole("link", { name: "À jour" })).toBeVisible();
  const notes = seller.getByRole("group", { name: "Montants rapides" }).getByRole("button");
  await expect(notes).toHaveText([/\+ 500$/, /\+ 1\s000$/, /\+ 2\s000$/, /\+ 20\s000$/], { timeout: 30_000 });
  await notes.nth(0).click();
  await notes.nth(3).click();
  await expect(seller.getByLabel("Reçu du client")).toHaveValue(/^20\s500$/);
  await expect(seller.getByText(/^À rendre : [\d\s]+GNF$/)).toBeVisible();
});
