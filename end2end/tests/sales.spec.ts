// Ventes: the day's sales with their sums, one sale's card, and what can still be made of it.
import type { Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { add, expect, OWNER, row, SELLER, sellExact, signIn, test } from "../support/shop";
import { queue, stored } from "../support/storage";

const AIL = "Ail 250 g"; // 9 000 GNF, twelve in stock
const GINGEMBRE = "Gingembre 250 g"; // 6 000 GNF, nine in stock

async function sell(page: Page, ...products: string[]) {
  await page.goto("/vente");
  for (const product of products) await add(page, product).click();
  await sellExact(page);
  await expect(page.getByText(/Vente confirmée|En attente de synchronisation/)).toBeVisible();
}

async function toSales(page: Page) {
  await page.goto("/ventes");
  await expect(page.getByRole("region", { name: "Aujourd’hui" })).toBeVisible();
}

const today = (page: Page) => page.getByRole("region", { name: "Aujourd’hui" });
const listed = (page: Page, what: RegExp | string) => today(page).getByRole("listitem").filter({ hasText: what });

test("a day has its sums, and a sale is found by receipt, name without accents, or amount", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux", SELLER);
  await sell(one, AIL);
  await sell(two, GINGEMBRE, GINGEMBRE);
  await one.goto("/vente");
  await add(one, AIL).click();
  await one.getByRole("link", { name: /^Encaisser/ }).click();
  await one.getByRole("radio", { name: "Orange Money" }).check();
  await one.getByLabel("Référence Orange Money").fill("PP1");
  await one.getByRole("button", { name: /^Encaisser/ }).click();
  await expect(one.getByText("Vente confirmée")).toBeVisible();
  for (const page of [one, two]) {
    await toSales(page);
    await expect(today(page)).toContainText("3 ventes");
    await expect(today(page)).toContainText(/30\s000\sGNF/);
    await expect(today(page)).toContainText(/Espèces 21\s000 · Orange Money 9\s000/);
    // The latest first.
    await expect(today(page).getByRole("listitem").first()).toContainText("A-000002 · Mariama Diallo");
  }
  const search = one.getByRole("searchbox", { name: "Chercher une vente par reçu, produit ou montant" });
  for (const [typed, receipts] of [
    ["b-000001", ["B-000001"]],
    ["GINGEMBRÉ", ["B-000001"]],
    ["9 000", ["A-000002", "A-000001"]],
    ["12 000 GNF", ["B-000001"]],
  ] as const) {
    await search.fill(typed);
    await expect(today(one).getByRole("listitem")).toHaveCount(receipts.length);
    for (const receipt of receipts) await expect(listed(one, receipt)).toBeVisible();
  }
  await expect(today(one)).toContainText("1 vente trouvée");
  // Whoever opens one and comes back finds what was found.
  await listed(one, "B-000001").getByRole("link").click();
  await expect(one.getByRole("article", { name: "Reçu B-000001" })).toBeVisible();
  await one.getByRole("link", { name: "Retour aux ventes" }).click();
  await expect(search).toHaveValue("12 000 GNF");
  await expect(today(one).getByRole("listitem")).toHaveCount(1);
  await search.fill("xyz");
  await expect(one.getByRole("heading", { name: "Aucune vente ne correspond" })).toBeVisible();
  await looksRight(one, "Ventes, nothing found");
});

test("of a busy day a screenful is drawn first, then all of it", async ({ shop, browser }) => {
  const { page, context } = await shop.phone(browser, "Un");
  await context.setOffline(true);
  for (let n = 0; n < 15; n++) {
    await add(page, "Biscuits secs 150 g").click();
    await sellExact(page);
    await page.getByRole("link", { name: "Nouvelle vente" }).click();
  }
  await page.evaluate(() => {
    const drawn: number[] = ((window as any).drawn = []);
    new MutationObserver(() => drawn.push(document.querySelectorAll(".day li").length)).observe(document.body, { childList: true, subtree: true });
  });
  await page.getByRole("link", { name: "Accueil" }).first().click();
  await page.getByRole("link", { name: /Ventes/ }).first().click();
  await expect(today(page)).toContainText("15 ventes");
  await expect(today(page).getByRole("listitem")).toHaveCount(15);
  const drawn: number[] = await page.evaluate(() => (window as any).drawn);
  expect(drawn.find((count) => count > 0)).toBe(12);
});

test("without network a sale waits, is voided with a reason, and its goods are back on both phones", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  await one.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await sell(one, AIL, AIL, GINGEMBRE);
  await toSales(one);
  await expect(listed(one, `${AIL} et 1 autre`)).toContainText(/En attente depuis \d\d:\d\d/);
  await looksRight(one, "Ventes, waiting");
  await listed(one, AIL).getByRole("link").click();
  await expect(one.getByRole("article", { name: "Reçu A-000001" })).toContainText(AIL);
  await expect(one.getByRole("button", { name: "Imprimer" })).toBeVisible();
  await expect(one.getByRole("link", { name: "WhatsApp" })).toHaveAttribute("href", /^https:\/\/wa\.me\/\?text=.*A-000001/);
  const story = one.getByRole("region", { name: "Suivi" });
  await expect(story).toContainText("Un (A) · ce téléphone");
  await expect(story).toContainText(/En attente depuis le \d\d\/\d\d\/\d{4} \d\d:\d\d/);
  await one.getByRole("button", { name: "Annuler la vente", exact: true }).click();
  await expect(one.getByText(`+2 ${AIL}`)).toBeVisible();
  await expect(one.getByText(/Rendez 24\s000\sGNF/)).toBeVisible();
  const sure = one.getByRole("button", { name: "Oui, annuler la vente" });
  await expect(sure).toBeDisabled(); // without a reason
  await one.getByRole("button", { name: "Article rendu" }).click();
  await expect(one.getByLabel("Raison")).toHaveValue("Article rendu");
  await looksRight(one, "one sale, to be voided");
  await sure.click();
  await expect(one.getByText("Vente annulée")).toBeVisible();
  await expect(story).toContainText("Annulée parMariama Diallo");
  await expect(story).toContainText("Article rendu");
  await looksRight(one, "one sale, voided");
  await toSales(one);
  await expect(today(one)).toContainText("0 vente");
  await expect(listed(one, AIL)).toContainText("Annulée");
  await one.goto("/vente");
  await expect(row(one, AIL, "12 en stock")).toBeVisible();
  await context.setOffline(false);
  await toSales(two);
  await expect(listed(two, AIL)).toContainText("Annulée");
  await expect(today(two)).toContainText("0 vente");
  await listed(two, AIL).getByRole("link").click();
  await expect(two.getByRole("region", { name: "Suivi" })).toContainText("Article rendu");
  await expect(two.getByRole("button", { name: "Annuler la vente" })).toHaveCount(0);
  const truth = await shop.truth();
  expect([truth.stock(AIL), truth.stock(GINGEMBRE), truth.sales.filter((sale) => sale.voided).length]).toEqual([12, 9, 1]);
});

test("a sale whose cart had come back is voided, and says why", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await sell(page, AIL);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  // This phone was copied from one whose cart came back, and sold it to a server that was set back meanwhile: what that one says.
  const acknowledged = () => stored(page, "acknowledged").then(Object.values<unknown>);
  await expect.poll(async () => (await acknowledged()).length).toBe(1);
  const [sold] = await acknowledged();
  await queue(page, "settle_refusal", { refused: JSON.parse(String(sold)).mutation.key, became: "rolled_back" });
  await page.goto("/ventes");
  await expect(listed(page, AIL)).toContainText("Annulée");
  await listed(page, AIL).getByRole("link").click();
  await expect(page.getByRole("region", { name: "Suivi" })).toContainText("Elle avait été refusée et son panier rétabli");
  await looksRight(page, "one sale, voided by its phone");
  await page.goto("/vente");
  await expect(row(page, AIL, "12 en stock")).toBeVisible();
});

test("an employee voids their own sale and not another's", async ({ shop, browser }) => {
  const { page: owner } = await shop.phone(browser, "Un");
  const { page: seller } = await shop.phone(browser, "Deux", SELLER);
  await sell(owner, AIL);
  await sell(seller, GINGEMBRE);
  await toSales(seller);
  await listed(seller, AIL).getByRole("link").click();
  await expect(seller.getByText("Seul le propriétaire peut annuler cette vente.")).toBeVisible();
  await expect(seller.getByRole("button", { name: "Annuler la vente" })).toHaveCount(0);
  await looksRight(seller, "one sale, another's");
  await toSales(seller);
  await listed(seller, GINGEMBRE).getByRole("link").click();
  await seller.getByRole("button", { name: "Annuler la vente", exact: true }).click();
  await seller.getByLabel("Raison").fill("Client parti");
  await seller.getByRole("button", { name: "Oui, annuler la vente" }).click();
  await toSales(owner);
  await expect(listed(owner, GINGEMBRE)).toContainText("Annulée");
  await expect(listed(owner, AIL)).not.toContainText("Annulée");
});

test("sold again from the receipt: the same goods at today's prices, and no cart is lost unasked", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await sell(page, AIL, AIL, GINGEMBRE);
  await page.goto("/stock?q=gingembre");
  await page.getByRole("link", { name: new RegExp(`^${GINGEMBRE}`) }).click();
  await page.getByLabel("Prix de vente", { exact: true }).fill("7 000");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(page.getByRole("heading", { name: "Stock" })).toBeVisible();
  await toSales(page);
  await listed(page, "A-000001").getByRole("link").click();
  await page.getByRole("button", { name: "Vendre à nouveau" }).click();
  await expect(page.getByRole("link", { name: /^Encaisser 25\s000\sGNF$/ })).toBeVisible();
  await page.goto("/ventes");
  await listed(page, "A-000001").getByRole("link").click();
  await page.getByRole("button", { name: "Vendre à nouveau" }).click();
  await expect(page.getByRole("button", { name: "Remplacer le panier en cours" })).toBeVisible();
});

test("a sale that was refused after its receipt is not listed as sold", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  await context.setOffline(true);
  for (const page of [one, two]) await sell(page, ...Array<string>(9).fill(GINGEMBRE));
  await context.setOffline(false);
  await expect(one.getByText("Refusée : à décider")).toBeVisible();
  for (const page of [one, two]) {
    await toSales(page);
    await expect(today(page)).toContainText("1 vente");
    await expect(listed(page, "B-000001")).toBeVisible();
    await expect(listed(page, "A-000001")).toHaveCount(0);
  }
});

test("what is older than a phone holds is asked of the server, and listed with the rest", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await sell(page, AIL);
  await toSales(page);
  const reach = page.getByText(/^Tout depuis le \d\d\/\d\d\/\d{4} est ici\. Le reste est sur le serveur\.$/);
  const before = await reach.textContent();
  // The shop is new: what it sold a hundred days ago is put into the server's answer.
  const asked: any[] = [];
  await page.route("**/api/v1/pull", async (route) => {
    const past = route.request().postDataJSON().request.from.past;
    if (!past) return route.continue();
    asked.push(past);
    const day = past.days?.first ?? Math.floor(Date.now() / 86_400_000) - 100;
    const id = (n: number) => `01800000-0000-7000-8000-00000000000${n}`;
    const lines = [{ product: id(1), name: "Savon de ménage", quantity: 3, unit_price: 500 }];
    const sale = { id: id(2), receipt: "A-000900", lines, tenders: [{ cash: { amount: 1500, given: 1500 } }] };
    const row = { sale, installation: id(3), actor: id(4), at_ms: day * 86_400_000, day };
    await route.fulfill({ json: { server_now_ms: Date.now(), pulled: { past: { earlier: day - 1, rows: { sales: [row] } } } } });
  });
  await page.getByRole("button", { name: "Voir plus ancien" }).click();
  await expect(reach).not.toHaveText(before!);
  expect(asked.map(({ days }) => [days.kind, days.last - days.first])).toEqual([["sale", 30]]);
  const old = page.getByRole("listitem").filter({ hasText: "A-000900" });
  await expect(old).toContainText(/Savon de ménage.*1\s500/);
  await page.getByRole("searchbox").fill("menage");
  await expect(today(page)).toHaveCount(0);
  await old.getByRole("link").click();
  await expect(page.getByRole("article", { name: "Reçu A-000900" })).toContainText("Savon de ménage");
  await page.unroute("**/api/v1/pull");
  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Retour aux ventes" }).click();
  await expect(old).toBeVisible(); // as long as the page lives
  await page.getByRole("button", { name: "Voir plus ancien" }).click();
  await expect(page.getByText("Le serveur ne répond pas. Réessayez avec le réseau.")).toBeVisible();
  await expect(old).toBeVisible();
});

test("another person of the phone may not void what the first one sold", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", OWNER);
  await sell(page, AIL);
  await page.goto("/connexion");
  await signIn(page, SELLER);
  await toSales(page);
  await listed(page, AIL).getByRole("link").click();
  await expect(page.getByText("Seul le propriétaire peut annuler cette vente.")).toBeVisible();
});
