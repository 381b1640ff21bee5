import AxeBuilder from "@axe-core/playwright";
import { SELLER, add, expect, sellExact, signIn, test } from "../support/shop";

test("a three-item exact-cash sale takes five taps, and the other phone knows", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Comptoir");
  const { page: two } = await shop.phone(browser, "Réserve", SELLER);
  // Counted from here on.
  await one.evaluate(() => {
    (window as any).taps = 0;
    document.addEventListener("click", () => (window as any).taps++, true);
  });
  for (const product of ["Ail 250 g", "Allumettes, paquet de 10", "Bonbons, sachet de 100"]) await add(one, product).click();
  await sellExact(one);
  await expect(one.getByText("Vente confirmée")).toBeVisible();
  expect(await one.evaluate(() => (window as any).taps)).toBe(5);
  await expect(one.getByRole("article", { name: /Reçu A-000001/ })).toContainText("24 000");
  // The other phone hears of it when it is looked at again.
  await two.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(two.getByRole("button", { name: /^Ajouter Ail 250 g, .*11 en stock/ })).toBeVisible();
});

test("last_five_sold_twice: one is confirmed, the other refused, stock 0", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  for (const page of [one, two]) {
    // "Gingembre" has 9 in stock; take it down to the last ones together.
    for (let n = 0; n < 9; n++) await add(page, "Gingembre 250 g").click();
    await page.getByRole("link", { name: /^Encaisser/ }).click();
  }
  await Promise.all([one, two].map((page) => page.getByRole("button", { name: "Espèces : compte exact" }).click()));
  await expect
    .poll(async () => {
      const won = await Promise.all([one, two].map((page) => page.getByText("Vente confirmée").isVisible()));
      const lost = await Promise.all(
        [one, two].map((page) => page.getByText("Stock insuffisant pour Gingembre 250 g : 0 disponibles, 9 demandés").isVisible()),
      );
      return [won.filter(Boolean).length, lost.filter(Boolean).length];
    })
    .toEqual([1, 1]);
  const loser = (await one.getByText("Vente confirmée").isVisible()) ? two : one;
  await expect(loser.getByText("Le panier est rétabli.")).toBeVisible();
  await expect(loser.getByRole("link", { name: /^Encaisser 54/ })).toBeVisible();
});

test("sold offline, reloaded offline, back online: once on the server", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  const receipt = page.url();
  await page.reload();
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  for (const path of ["/", "/vente", "/a-decider", "/parametres", receipt]) {
    await page.goto(path);
    await expect(page.getByRole("heading").first()).toBeVisible();
  }
  await expect(page.getByRole("link", { name: /Hors ligne/ })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  const { page: other } = await shop.phone(browser, "Deux");
  await expect(other.getByRole("button", { name: /^Ajouter Ail 250 g, .*11 en stock/ })).toBeVisible();
});

test("a late refusal is decided on a screen", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  await context.setOffline(true);
  for (const page of [one, two]) {
    for (let n = 0; n < 9; n++) await add(page, "Gingembre 250 g").click();
    await sellExact(page);
  }
  await expect(two.getByText("Vente confirmée")).toBeVisible();
  await expect(one.getByText("En attente de synchronisation")).toBeVisible();
  await context.setOffline(false);
  await expect(one.getByText("Refusée : à décider")).toBeVisible();
  await one.getByRole("link", { name: "1 à décider" }).first().click();
  const card = one.getByRole("article", { name: "A-000001" });
  await expect(card).toContainText("Gingembre 250 g");
  await card.getByRole("button", { name: "Annuler la vente" }).click();
  await card.getByRole("button", { name: /Oui, annuler/ }).click();
  await expect(one.getByText("Rien à décider.")).toBeVisible();
  await expect(one.getByRole("link", { name: "À jour" })).toBeVisible();
});

test("the server away, then back: the sale is sent once", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await shop.stop();
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("En attente de synchronisation")).toBeVisible({ timeout: 15_000 });
  await shop.start();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(page.getByText("Vente confirmée")).toBeVisible();
});

test("the sale's transaction is strict", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await page.evaluate(() => {
    const asked: string[] = ((window as any).asked = []);
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      const transaction = begin.call(this, stores, mode, options);
      const names = [stores].flat();
      if (mode === "readwrite" && names.includes("outbox") && names.includes("meta") && !names.includes("confirmed"))
        asked.push(transaction.durability);
      return transaction;
    };
  });
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  expect((await page.evaluate(() => (window as any).asked as string[]))[0]).toBe("strict");
});

test("two tabs, one sender", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  const second = await context.newPage();
  const pushes: string[] = [];
  context.on("request", (request) => {
    if (request.url().endsWith("/api/v1/push")) pushes.push(request.postData() ?? "");
  });
  await second.goto("/vente");
  await add(second, "Ail 250 g").click();
  await sellExact(second);
  await expect(second.getByText("Vente confirmée")).toBeVisible();
  const sales = pushes.filter((body) => body.includes("record_sale"));
  expect(sales).toHaveLength(1);
  await expect(page.getByRole("button", { name: /^Ajouter Ail 250 g, .*11 en stock/ })).toBeVisible();
});

test("five wrong PINs lock, offline too, and a reload forgives nothing", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.goto("/connexion");
  await page.getByRole("button", { name: "Mariama Diallo" }).click();
  for (let n = 0; n < 5; n++) {
    for (const digit of "9999") await page.getByRole("button", { name: digit, exact: true }).click();
    await page.getByRole("button", { name: "Valider le code" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page.getByRole("status", { name: /0 chiffres/ })).toBeAttached();
  }
  await expect(page.getByRole("alert")).toContainText("Trop d’essais");
  await page.reload();
  await page.getByRole("button", { name: "Mariama Diallo" }).click();
  for (const digit of "2580") await page.getByRole("button", { name: digit, exact: true }).click();
  await page.getByRole("button", { name: "Valider le code" }).click();
  await expect(page.getByRole("alert")).toContainText("Trop d’essais");
});

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

test("hydration adopts the server's markup without a warning, and axe finds nothing of WCAG 2 A and AA", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  const said: string[] = [];
  const fresh = await browser.newContext({ baseURL: shop.url, storageState: await context.storageState(), serviceWorkers: "block" });
  const adopted = await fresh.newPage();
  adopted.on("console", (message) => ["warning", "error"].includes(message.type()) && said.push(message.text()));
  adopted.on("pageerror", (error) => said.push(String(error)));
  await adopted.goto("/vente");
  await expect(adopted).toHaveURL(/connexion/);
  expect(said.filter((text) => !/service worker/i.test(text))).toEqual([]);
  for (const path of ["/", "/vente", "/a-decider", "/parametres", "/connexion"]) {
    await page.goto(path);
    await expect(page.getByRole("heading").first()).toBeVisible();
    const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa"]).analyze();
    expect(found.violations.map((violation) => `${path} ${violation.id}: ${violation.nodes[0].html}`)).toEqual([]);
  }
  void signIn;
});
