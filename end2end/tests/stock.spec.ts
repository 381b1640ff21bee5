// Stock: goods that come and go by hand, a product's history, and new products.
import type { Page } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { looksRight } from "../support/looks";
import { add, expect, OWNER, row, SELLER, sellExact, test } from "../support/shop";

const PRODUCT = "Gingembre 250 g"; // 6 000 GNF, nine in stock

async function open(page: Page) {
  await page.goto("/stock?q=gingembre");
  await page.getByRole("link", { name: new RegExp(`^${PRODUCT}`) }).click();
  await expect(page.getByRole("heading", { name: PRODUCT })).toBeVisible();
}

const stock = (page: Page) => page.getByRole("region", { name: "En stock" });
const moves = (page: Page) => page.getByRole("list", { name: "Mouvements" }).getByRole("listitem");

test("goods are received and lost without network, and both phones read the same history", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux", SELLER);
  await one.evaluate(() => navigator.serviceWorker.ready);
  await add(two, PRODUCT).click();
  await sellExact(two);
  await expect(two.getByText("Vente confirmée")).toBeVisible();
  await open(one);
  await expect(stock(one)).toContainText("8 en stock");
  await context.setOffline(true);
  await stock(one).getByRole("button", { name: "Recevoir" }).click();
  const receive = one.getByRole("form", { name: "Recevoir" });
  await expect(receive.getByRole("button", { name: "Enregistrer" })).toBeDisabled();
  await receive.getByLabel("Quantité").fill("12");
  await expect(receive.getByText("Il y en aura 20.")).toBeVisible();
  await looksRight(one, "Recevoir");
  await receive.getByLabel("Note (facultative)").fill("Marché Madina");
  await receive.getByRole("button", { name: "Enregistrer" }).click();
  await expect(stock(one)).toContainText("20 en stock");
  await stock(one).getByRole("button", { name: "Ajuster" }).click();
  const adjust = one.getByRole("form", { name: "Ajuster" });
  await adjust.getByRole("radio", { name: "Casse" }).check();
  await adjust.getByLabel("Quantité").fill("21");
  await expect(adjust.getByText("Le stock dit 20. S’il y en a plus, comptez d’abord.")).toBeVisible();
  await expect(adjust.getByRole("button", { name: "Enregistrer" })).toBeDisabled();
  await adjust.getByLabel("Quantité").fill("3");
  await expect(adjust.getByText("Il en restera 17.")).toBeVisible();
  await looksRight(one, "Ajuster");
  await adjust.getByRole("button", { name: "Enregistrer" }).click();
  await expect(stock(one)).toContainText("17 en stock");
  await expect(moves(one).nth(0)).toContainText(/^Casse\s*−3.*Mariama Diallo · en attente\s*reste 17$/);
  await expect(moves(one).nth(1)).toContainText(/^Réception\s*\+12.*en attente\s*reste 20\s*Marché Madina$/);
  await context.setOffline(false);
  await expect(one.getByRole("link", { name: "À jour" })).toBeVisible();
  for (const page of [one, two]) {
    await open(page);
    await expect(stock(page)).toContainText("17 en stock");
    await expect(moves(page)).toHaveCount(4);
    await expect(moves(page).nth(0)).toContainText(/^Casse\s*−3.*Mariama Diallo\s*reste 17$/);
    // What was typed beside it, on every phone.
    await expect(moves(page).nth(1)).toContainText(/^Réception\s*\+12.*Mariama Diallo\s*reste 20\s*Marché Madina$/);
    await expect(moves(page).nth(2)).toContainText(/^Vente\s*−1.*Ibrahima Camara\s*reste 8$/);
    await expect(moves(page).nth(3)).toContainText(/^Stock de départ\s*\+9.*\s*reste 9$/);
  }
  await looksRight(one, "a product's history");
  await moves(one).nth(2).getByRole("link", { name: "Vente" }).click();
  await expect(one.getByRole("article", { name: "Reçu B-000001" })).toContainText(PRODUCT);
});

test("what moved a product longer ago than the phone holds is asked of the server, to the first of it", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const id = (n: number) => `01800000-0000-7000-8000-${String(n).padStart(12, "0")}`;
  const asked: any[] = [];
  let away = false; // what is answered here comes without network too
  await page.route("**/api/v1/pull", async (route) => {
    const past = route.request().postDataJSON().request.from.past;
    if (!past) return route.continue();
    if (away) return route.abort("internetdisconnected");
    asked.push(past.moves);
    // The shop is new: what it received before this product's opening is put into two answers, the latest first.
    const change = past.moves.after ? 1 : 2;
    const at_ms = (past.moves.last - 40 + 10 * change) * 86_400_000;
    const row = { change, product: past.moves.product, delta: 1, stock_after: change, cause: "received", note: `Livraison ${change}`, actor: id(4), at_ms };
    await route.fulfill({ json: { server_now_ms: Date.now(), pulled: { past: { after: change === 2 ? id(2) : undefined, rows: { movements: [row] } } } } });
  });
  await open(page);
  await expect(moves(page)).toHaveCount(1);
  const card = page.getByRole("region", { name: "Mouvements" });
  await expect(card.getByText(/^Tout depuis le \d\d\/\d\d\/\d{4} est ici\. Le reste est sur le serveur\.$/)).toBeVisible();
  await card.getByRole("button", { name: "Voir plus ancien" }).click();
  await expect(moves(page).last()).toContainText(/^Réception\s*\+1.*reste 2\s*Livraison 2$/);
  await expect(card.getByText("Le reste est sur le serveur.", { exact: true })).toBeVisible();
  away = true;
  await card.getByRole("button", { name: "Voir plus ancien" }).click();
  await expect(card.getByText("Le serveur ne répond pas. Réessayez avec le réseau.")).toBeVisible();
  away = false;
  await card.getByRole("button", { name: "Voir plus ancien" }).click();
  await expect(card.getByText("C’est tout : il n’y a rien de plus ancien.")).toBeVisible();
  await expect(card.getByRole("button", { name: "Voir plus ancien" })).toHaveCount(0);
  await expect(moves(page).last()).toContainText(/Livraison 1$/);
  expect(asked.map(({ after }) => after)).toEqual([null, id(2)]);
  await looksRight(page, "a product's history, all of it");
});

test("an inventory adds or takes, and shows in the history as such", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await open(page);
  await stock(page).getByRole("button", { name: "Ajuster" }).click();
  const adjust = page.getByRole("form", { name: "Ajuster" });
  await expect(adjust.getByRole("radio", { name: "Ajouter" })).toHaveCount(0); // nothing lost is added
  await adjust.getByRole("radio", { name: "Inventaire" }).check();
  await adjust.getByRole("radio", { name: "Ajouter" }).check();
  await adjust.getByLabel("Quantité").fill("2");
  await adjust.getByLabel("Quantité").press("Enter");
  await expect(stock(page)).toContainText("11 en stock");
  await expect(moves(page).first()).toContainText(/^Inventaire\s*\+2/);
  await expect.poll(async () => (await shop.truth()).stock(PRODUCT)).toBe(11);
});

test("an employee receives goods, and neither adjusts nor retires", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", SELLER);
  await open(page);
  await expect(stock(page).getByRole("button", { name: "Recevoir" })).toBeVisible();
  for (const name of ["Ajuster", "Retirer du catalogue", "Enregistrer"]) {
    await expect(page.getByRole("button", { name })).toHaveCount(0);
  }
  await stock(page).getByRole("button", { name: "Recevoir" }).click();
  await page.getByLabel("Quantité").fill("1");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await expect(stock(page)).toContainText("10 en stock");
  await looksRight(page, "Produit, an employee's");
});

test("a product is retired after a second word, and no phone sells it any more", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux", SELLER);
  await expect(row(two, PRODUCT, "9 en stock")).toBeVisible();
  await open(one);
  const address = one.url();
  await one.getByRole("button", { name: "Retirer du catalogue" }).click();
  await expect(one.getByText("Il ne se vendra plus, sur aucun téléphone.")).toBeVisible();
  await one.getByRole("button", { name: "Oui, retirer du catalogue" }).click();
  await expect(one.getByRole("heading", { name: "Stock" })).toBeVisible();
  await expect(add(two, PRODUCT)).toHaveCount(0);
  await one.goto(address);
  await expect(one.getByText("Retiré du catalogue")).toBeVisible();
  await expect(one.getByRole("button", { name: "Retirer du catalogue" })).toHaveCount(0);
});

test("a new product is made in Stock, and its purchase price reaches no other phone", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un", OWNER, { costs: true });
  const { page: two } = await shop.phone(browser, "Deux", SELLER);
  await one.goto("/stock");
  await one.getByRole("link", { name: "Nouveau produit" }).click();
  const save = one.getByRole("button", { name: "Créer le produit" });
  await expect(save).toBeDisabled();
  await expect(one.getByRole("alert")).toHaveCount(0); // nothing is wrong before anything is typed
  await looksRight(one, "Nouveau produit");
  await one.getByLabel("Nom").fill("Piment séché 100 g");
  await one.getByLabel("Prix de vente").fill("2 500");
  await one.getByLabel("Prix d’achat").fill("1 800");
  await one.getByLabel("Codes-barres").fill("611000499999");
  await one.getByLabel("Il y en a maintenant").fill("beaucoup");
  await expect(one.getByRole("alert")).toHaveText("Un nombre en chiffres");
  await one.getByLabel("Il y en a maintenant").fill("30");
  await save.click();
  await expect(one.getByRole("heading", { name: "Piment séché 100 g" })).toBeVisible();
  await expect(stock(one)).toContainText("30 en stock");
  await expect(one.getByLabel("Prix d’achat")).toHaveValue(/^1\s800$/);
  await expect(moves(one).first()).toContainText(/^Stock de départ\s*\+30/);
  await two.getByRole("searchbox").fill("611000499999");
  await expect(row(two, "Piment séché 100 g", "30 en stock")).toBeVisible();
  await two.goto("/stock/nouveau");
  await expect(two.getByLabel("Prix de vente")).toBeVisible();
  await expect(two.getByLabel("Prix d’achat")).toHaveCount(0);
});

test("an unknown barcode at the till becomes a product in the cart, without network", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un", SELLER);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await add(page, PRODUCT).click();
  await context.setOffline(true);
  await page.getByRole("searchbox").fill("6110009990001");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Créer « 6110009990001 »" }).click();
  await expect(page.getByLabel("Codes-barres")).toHaveValue("6110009990001");
  await page.getByLabel("Nom").fill("Sardines 125 g");
  await page.getByLabel("Prix de vente").fill("8000");
  await page.getByLabel("Il y en a maintenant").fill("5");
  await page.getByRole("button", { name: "Créer et mettre au panier" }).click();
  await expect(page.getByRole("link", { name: /^Encaisser 14\s000\sGNF$/ })).toBeVisible();
  await sellExact(page);
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  expect((await shop.truth()).stock("Sardines 125 g")).toBe(4);
  await page.goto("/stock?q=chou");
  await expect(page.getByRole("link", { name: "Créer « chou »" })).toHaveAttribute("href", "/stock/nouveau?nom=chou");
});

test("what is half typed of a new product is there again, until it is saved or another is asked for", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const [stock, fresh] = [page.getByRole("link", { name: "Stock", exact: true }), page.getByRole("link", { name: "Nouveau produit" })];
  await stock.click();
  await fresh.click();
  await page.getByLabel("Nom", { exact: true }).fill("gingembre 250 G");
  await page.getByLabel("Prix de vente").fill("2,5");
  await expect(page.getByRole("alert")).toHaveText("Un montant entier, par exemple 15.000");
  await expect(page.getByRole("button", { name: "Créer le produit" })).toBeDisabled();
  // Its like is there already: one looks, and comes back.
  await expect(page.getByText(`${PRODUCT} existe déjà`)).toBeVisible();
  await looksRight(page, "Nouveau produit, one that is there already");
  await page.getByRole("link", { name: "Voir ce produit" }).click();
  await expect(page.getByRole("heading", { name: PRODUCT })).toBeVisible();
  await page.getByRole("link", { name: "Retour au stock" }).click();
  await fresh.click();
  await expect(page.getByLabel("Nom", { exact: true })).toHaveValue("gingembre 250 G");
  await page.getByLabel("Nom", { exact: true }).fill("Gingembre 1 kg");
  await expect(page.getByText(`${PRODUCT} existe déjà`)).toHaveCount(0);
  await page.getByLabel("Prix de vente").fill("20.000");
  await page.getByLabel("Prix de vente").press("Enter");
  await expect(page.getByRole("heading", { name: "Gingembre 1 kg" })).toBeVisible();
  await page.getByRole("link", { name: "Retour au stock" }).click();
  await fresh.click();
  await expect(page.getByLabel("Nom", { exact: true })).toHaveValue("");
  // Another one that was looked for.
  await page.getByLabel("Nom", { exact: true }).fill("Chou vert");
  await page.getByRole("link", { name: "Retour au stock" }).click();
  await page.getByRole("searchbox").fill("chou rouge");
  await page.getByRole("link", { name: "Créer « chou rouge »" }).click();
  await expect(page.getByLabel("Nom", { exact: true })).toHaveValue("chou rouge");
  await page.getByLabel("Nom", { exact: true }).fill("Chou rouge, pièce");
  await page.goBack();
  await page.goForward();
  await expect(page.getByLabel("Nom", { exact: true })).toHaveValue("Chou rouge, pièce");
});

test("a quantity that is none says so", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await open(page);
  await stock(page).getByRole("button", { name: "Recevoir" }).click();
  await page.getByLabel("Quantité").fill("2,5");
  await expect(page.getByRole("form", { name: "Recevoir" }).getByRole("alert")).toHaveText(/^Un nombre en chiffres/);
  await expect(page.getByRole("form", { name: "Recevoir" }).getByRole("button", { name: "Enregistrer" })).toBeDisabled();
  await looksRight(page, "Recevoir, no quantity");
});

test("a thousand products are one list, of which a screenful is drawn", async ({ shop, browser }) => {
  const lines = Array.from({ length: 1_000 }, (_, n) => `Lot ${String(n + 1).padStart(4, "0")},500,${n % 10 === 0 ? 0 : 20}`);
  const file = join(tmpdir(), `comptoir-thousand-${process.pid}.csv`);
  writeFileSync(file, ["nom,prix,stock", ...lines].join("\n"));
  shop.run("import", file);
  const { page } = await shop.phone(browser, "Un");
  await page.getByRole("link", { name: "Stock" }).click();
  const list = page.getByRole("list", { name: "Produits" });
  const rows = list.getByRole("listitem");
  await page.getByRole("searchbox").fill("lot");
  await expect(rows.first()).toHaveAttribute("aria-setsize", "1000");
  await expect(list.getByRole("link", { name: /^Lot 0001/ })).toBeInViewport();
  expect(await rows.count()).toBeLessThan(50);
  await page.keyboard.press("Tab"); // out of the search, whose own keys these are
  await page.keyboard.press("End");
  const last = list.getByRole("link", { name: /^Lot 1000/ });
  await expect(last).toBeInViewport();
  await expect(rows.last()).toHaveAttribute("aria-posinset", "1000");
  expect(await rows.count()).toBeLessThan(50);
  // Where one goes back by the keyboard, the rows above are there.
  await last.focus();
  for (let n = 0; n < 30; n++) await page.keyboard.press("Shift+Tab");
  await expect(list.getByRole("link", { name: /^Lot 0970/ })).toBeFocused();
  await looksRight(page, "Stock, in the middle of a thousand");
  // Whoever opens a product and comes back finds the list as it was left.
  const there = await page.evaluate(() => window.scrollY);
  await list.getByRole("link", { name: /^Lot 0971/ }).click();
  await page.getByRole("link", { name: "Retour au stock" }).click();
  await expect(page.getByRole("searchbox")).toHaveValue("lot");
  await expect(list.getByRole("link", { name: /^Lot 0971/ })).toBeInViewport();
  expect(await page.evaluate(() => window.scrollY)).toBe(there);
  await list.getByRole("link", { name: /^Lot 0971/ }).click();
  await page.goBack();
  await expect(list.getByRole("link", { name: /^Lot 0971/ })).toBeInViewport();
  // What is found anew is read from its beginning.
  await page.getByRole("radio", { name: "Épuisé" }).check();
  await expect(rows.first()).toHaveAttribute("aria-setsize", "100");
  await expect(list.getByRole("link", { name: /^Lot 0001/ })).toBeInViewport();
});
