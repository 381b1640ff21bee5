// How screens come about and look: the server's markup, hydration, and axe on every screen.
import { Held } from "../support/network";
import { looksRight } from "../support/looks";
import { add, expect, sellExact, test } from "../support/shop";

test("without JavaScript a signed-in Vendre shows products, and a receipt its lines", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  const receipt = page.url();
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() });
  const without = await plain.newPage();
  await without.goto(`${shop.url}/vente`);
  await expect(without.getByText("Ail 250 g")).toBeVisible();
  await without.goto(receipt);
  await expect(without.getByRole("article", { name: /A-000001/ })).toContainText("9 000");
});

test("hydration adopts the server's markup without a warning", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  const receipt = new URL(page.url());
  const said: string[] = [];
  // Without a service worker every page is the server's.
  const fresh = await browser.newContext({ baseURL: shop.url, storageState: await context.storageState({ indexedDB: true }), serviceWorkers: "block" });
  const adopted = await fresh.newPage();
  adopted.on("console", (message) => ["warning", "error"].includes(message.type()) && said.push(message.text()));
  adopted.on("pageerror", (error) => said.push(String(error)));
  const screens = ["/", "/vente", "/vente?q=ail", `/recu${receipt.search}`, "/ventes", "/ventes/vente", "/stock", "/stock/produit", "/stock/nouveau", "/stock/import", "/stock/comptage", "/depenses", "/depenses/depense", "/credits", "/credits/client", "/a-decider", "/parametres", "/parametres/personnes", "/parametres/telephones", "/connexion"];
  for (const path of screens) {
    await adopted.goto(path);
    await expect(adopted.getByRole("heading", { level: 1 })).toBeVisible();
    if (path === "/vente") await expect(adopted.getByRole("link", { name: "À jour" })).toBeVisible();
    expect(said.filter((text) => !/service worker/i.test(text)), path).toEqual([]);
  }
});

test("axe finds nothing: signing in", async ({ shop, browser }) => {
  const context = await browser.newContext({ baseURL: shop.url });
  const page = await context.newPage();
  await page.goto("/connexion");
  await expect(page.getByLabel("Code à six chiffres")).toBeVisible();
  await looksRight(page, "enrolment");
  await shop.enrol(page, "Un");
  await looksRight(page, "people");
  await page.getByRole("button", { name: "Mariama Diallo" }).click();
  await page.getByRole("button", { name: "5", exact: true }).click();
  await looksRight(page, "PIN pad");
  await page.getByRole("button", { name: "Valider le PIN" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await looksRight(page, "PIN pad, an error");
});

test("axe finds nothing: from the cart to the receipt", async ({ shop, browser }) => {
  test.slow(); // axe reads some twenty pages, in light and in dark
  const { context, page } = await shop.phone(browser, "Un");
  await looksRight(page, "Vendre");
  await page.getByRole("searchbox").fill("xyz");
  await looksRight(page, "Vendre, nothing found");
  await page.getByRole("searchbox").fill("");
  for (const product of ["Ail 250 g", "Gingembre 250 g", "Gingembre 250 g"]) await add(page, product).click();
  await page.getByRole("button", { name: /3 articles/ }).click();
  await looksRight(page, "Vendre, the cart open");
  await page.setViewportSize({ width: 1280, height: 800 });
  await looksRight(page, "Vendre, wide");
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole("link", { name: /^Encaisser/ }).click();
  await looksRight(page, "Encaisser");
  await page.getByLabel("Reçu du client").fill("1");
  await looksRight(page, "Encaisser, too little");
  await page.getByLabel("Reçu du client").fill("50000");
  await looksRight(page, "Encaisser, change");
  await page.getByRole("radio", { name: "Orange Money" }).check();
  await looksRight(page, "Encaisser, Orange Money");
  await page.getByRole("radio", { name: "Espèces" }).check();
  await page.getByLabel("Reçu du client").fill("");
  const held = await Held.pushes(context);
  await page.getByRole("button", { name: "Espèces : compte exact" }).click();
  await page.getByRole("button", { name: "Ne pas attendre" }).waitFor();
  await looksRight(page, "Encaisser, waiting");
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  await looksRight(page, "Reçu, waiting");
  await held.release();
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await looksRight(page, "Reçu, confirmed");
  await page.goto("/recu?id=01990000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { name: "Ce reçu n’existe pas" })).toBeVisible();
  await looksRight(page, "Reçu, unknown");
  await context.setOffline(true);
  await page.goto("/recu?id=01990000-0000-7000-8000-000000000001");
  await expect(page.getByRole("heading", { name: "Ce reçu n’est pas sur ce téléphone" })).toBeVisible();
  await looksRight(page, "Reçu, older than the phone knows, offline");
});

test("axe finds nothing: Accueil, À décider, Paramètres, and their banners", async ({ shop, browser }) => {
  test.slow(); // axe reads some twenty pages, in light and in dark
  const { context, page } = await shop.phone(browser, "Un");
  const { page: other } = await shop.phone(browser, "Deux");
  const visit = async (when: string) => {
    for (const path of ["/", "/a-decider", "/parametres"]) {
      await page.goto(path);
      await expect(page.getByRole("link", { name: when })).not.toHaveCount(0);
      await looksRight(page, `${path}, ${when}`);
    }
  };
  await visit("À jour");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  for (const phone of [page, other]) {
    await phone.goto("/vente");
    for (let n = 0; n < 9; n++) await add(phone, "Gingembre 250 g").click();
    await sellExact(phone);
  }
  await expect(other.getByText("Vente confirmée")).toBeVisible();
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  await visit("Hors ligne · 1");
  await context.clearCookies();
  await context.setOffline(false);
  await expect(page.getByText("PIN demandé pour envoyer")).toBeVisible();
  await looksRight(page, "PIN asked for");
  await page.goto("/connexion");
  await page.getByRole("button", { name: "Mariama Diallo" }).click();
  for (const digit of "2580") await page.getByRole("button", { name: digit, exact: true }).click();
  await page.getByRole("button", { name: "Valider le PIN" }).click();
  await expect(page.getByRole("link", { name: "1 à décider" }).first()).toBeVisible();
  await visit("1 à décider");
});

test("axe finds nothing: a wide screen, and English", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const path of ["/stock", "/ventes", "/parametres", "/a-decider"]) {
    await page.goto(path);
    await expect(page.getByRole("link", { name: "À jour" }).first()).toBeVisible();
    await looksRight(page, `${path}, wide`);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/parametres");
  await page.getByRole("radio", { name: "English" }).click(); // the page is loaded anew
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await looksRight(page, "Settings, in English");
});
