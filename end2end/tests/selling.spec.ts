// From the cart to the receipt, with the network there: taps, tenders, keyboard, refusals.
import { tabTo } from "../support/keyboard";
import { looksRight } from "../support/looks";
import { SELLER, add, createProduct, expect, row, sellExact, tapAndReload, test } from "../support/shop";

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
  await expect(row(two, "Ail 250 g", "11 en stock")).toBeVisible();
});

test("last_five_sold_twice: one is confirmed, the other refused, stock 0", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  for (const page of [one, two]) {
    // All nine of them, on both phones.
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
  const truth = await shop.truth();
  expect(truth.stock("Gingembre 250 g")).toBe(0);
  expect(truth.sales).toHaveLength(1);
});

for (const busy of [false, true]) {
  test(`a reload keeps the cart${busy ? ", also where the tap waits to be written" : ""}; a sale takes it away`, async ({ shop, browser }) => {
    const { page } = await shop.phone(browser, "Un");
    await add(page, "Ail 250 g").click();
    if (busy) {
      await page.evaluate(async () => {
        const open = indexedDB.open("comptoir");
        await new Promise((done) => (open.onsuccess = done));
        const store = open.result.transaction("meta", "readwrite").objectStore("meta");
        const again = () => (store.get("cart").onsuccess = again); // until the page is gone
        again();
      });
    }
    await tapAndReload(page, add(page, "Ail 250 g"));
    await expect(page.getByRole("link", { name: /^Encaisser 18\s000\sGNF$/ })).toBeVisible();
    await sellExact(page);
    await expect(page.getByText("Vente confirmée")).toBeVisible();
    await page.goto("/vente");
    await expect(row(page, "Ail 250 g", "10 en stock")).toBeVisible();
    await expect(page.getByRole("link", { name: /^Encaisser/ })).toHaveCount(0);
  });
}

test("Orange Money in part: two tenders on the receipt, and on the server", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  for (let n = 0; n < 2; n++) await add(page, "Ail 250 g").click();
  await page.getByRole("link", { name: /^Encaisser/ }).click();
  await page.getByRole("radio", { name: "Orange Money" }).check(); // its label is what one sees
  const pay = page.getByRole("button", { name: /^Encaisser 18\s000\sGNF$/ });
  await expect(pay).toBeDisabled();
  await page.getByLabel("Référence Orange Money").fill("PP240112.1234.A56789");
  await page.getByLabel("Montant, si ce n’est pas tout").fill("10000");
  await expect(page.getByText(/^Reste en espèces : 8\s000\sGNF$/)).toBeVisible();
  await pay.click();
  const receipt = page.getByRole("article", { name: "Reçu A-000001" });
  await expect(receipt).toContainText(/Orange Money PP240112\.1234\.A56789\s*10\s000/);
  await expect(receipt).toContainText(/Espèces\s*8\s000/);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  expect((await shop.truth()).sales.map((row) => row.sale.tenders)).toEqual([
    [{ orange_money: { amount: 10000, reference: "PP240112.1234.A56789" } }, { cash: { amount: 8000, given: 8000 } }],
  ]);
});

test("what is half typed of a payment stays with its cart, and with no other", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const [pay, back] = [page.getByRole("link", { name: /^Encaisser/ }), page.getByRole("link", { name: "Retour au panier" })];
  const reference = page.getByLabel("Référence Orange Money");
  for (let n = 0; n < 2; n++) await add(page, "Ail 250 g").click();
  await pay.click();
  await page.getByRole("radio", { name: "Orange Money" }).check();
  await reference.fill("PP240112.1234.A56789");
  await page.getByLabel("Montant, si ce n’est pas tout").fill("10.000");
  await back.click();
  await pay.click();
  await expect(reference).toHaveValue("PP240112.1234.A56789");
  await expect(page.getByText(/^Reste en espèces : 8\s000\sGNF$/)).toBeVisible();
  await back.click();
  await add(page, "Ail 250 g").click();
  await pay.click();
  await expect(page.getByRole("button", { name: "Espèces : compte exact" })).toBeVisible();
  await page.getByLabel("Reçu du client").fill("30 000");
  await page.getByRole("button", { name: /^Encaisser 27\s000/ }).click();
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.getByRole("link", { name: "Nouvelle vente" }).click();
  for (let n = 0; n < 3; n++) await add(page, "Ail 250 g").click();
  await pay.click();
  await expect(page.getByLabel("Reçu du client")).toHaveValue("");
});

test("a sale that is rolled back keeps what was typed of its payment", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  await add(one, "Gingembre 250 g").click();
  // The other phone sells all nine.
  for (let n = 0; n < 9; n++) await add(two, "Gingembre 250 g").click();
  await sellExact(two);
  await expect(two.getByText("Vente confirmée")).toBeVisible();
  await one.getByRole("link", { name: /^Encaisser/ }).click();
  await one.getByLabel("Reçu du client").fill("10 000");
  await one.getByRole("button", { name: /^Encaisser 6\s000/ }).click();
  await expect(one.getByText("Vente refusée")).toBeVisible();
  await one.getByRole("link", { name: /^Encaisser/ }).click();
  await expect(one.getByLabel("Reçu du client")).toHaveValue("10 000");
});

test("a cart that was emptied is put back, until something else is added", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const [articles, empty] = [page.getByRole("button", { name: /articles?$/ }), page.getByRole("button", { name: "Vider" })];
  const undo = page.getByRole("button", { name: "Rétablir" });
  for (let n = 0; n < 2; n++) await add(page, "Ail 250 g").click();
  await articles.click();
  await empty.click();
  await expect(page.getByText("Panier vidé")).toBeVisible();
  await expect(page.getByRole("link", { name: /^Encaisser/ })).toHaveCount(0);
  await expect(page.getByRole("navigation")).toBeVisible();
  await looksRight(page, "Vendre, the cart emptied");
  await undo.click();
  await expect(page.getByRole("link", { name: /^Encaisser 18\s000/ })).toBeVisible();
  await expect(undo).toBeHidden();
  await articles.click();
  await empty.click();
  await add(page, "Gingembre 250 g").click();
  await expect(page.getByRole("link", { name: /^Encaisser 6\s000/ })).toBeVisible();
  await expect(page.getByText("Panier vidé")).toBeHidden();
});

test("a letter draws what the screen shows, and a pause the rest", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const products = page.getByRole("list", { name: "Produits" }).getByRole("listitem");
  for (const size of [{ width: 360, height: 740 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size);
    await page.goto("/vente");
    await expect(products).toHaveCount(60);
    await page.evaluate(() => {
      const [drawn, list]: [number[], Element] = [((window as any).drawn = []), document.querySelector(".products")!];
      const rows = () => [...list.children].filter((row) => row.getBoundingClientRect().height > 0);
      const foot = document.querySelector(".nav")!.getBoundingClientRect(); // at the left of a large screen
      const end = foot.top > 0 ? foot.top : innerHeight;
      const note = () => {
        const shown = rows();
        const fills = shown.at(-1)!.getBoundingClientRect().bottom >= end;
        if (fills && drawn.at(-1) !== shown.length) drawn.push(shown.length);
      };
      new MutationObserver(note).observe(list, { childList: true, subtree: true, attributeFilter: ["hidden", "class"] });
    });
    await page.getByRole("searchbox").fill("e");
    await expect.poll(() => page.evaluate(() => (window as any).drawn)).toEqual([size.width === 360 ? 10 : 13, 56]);
  }
});

test("who scrolls does not wait for the rest", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", undefined, { clock: true });
  const seen = () => page.evaluate(() => [...document.querySelectorAll(".products > *")].filter((row) => row.getBoundingClientRect().height > 0).length);
  await expect(page.getByRole("list", { name: "Produits" }).getByRole("listitem")).toHaveCount(60);
  await page.clock.pauseAt(Date.now() + 60_000); // the pause after a letter does not end by itself
  for (const [letter, all, move] of [["e", 56, "wheel"], ["a", 45, "touchmove"]] as const) {
    await page.getByRole("searchbox").fill(letter);
    await page.clock.runFor(900);
    expect(await seen()).toBeLessThan(20);
    await page.getByRole("list", { name: "Produits" }).dispatchEvent(move, { bubbles: true });
    await expect.poll(seen).toBe(all);
  }
});

test("half the rows stand above the phone's keyboard, and all are there when it goes", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", undefined, { clock: true });
  const seen = () => page.evaluate(() => [...document.querySelectorAll(".products > *")].filter((row) => row.getBoundingClientRect().height > 0).length);
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(page.getByRole("list", { name: "Produits" }).getByRole("listitem")).toHaveCount(60);
  await page.clock.pauseAt(Date.now() + 60_000); // the pause after a letter does not end by itself
  await page.setViewportSize({ width: 360, height: 440 });
  await page.getByRole("searchbox").fill("e");
  await page.clock.runFor(900);
  expect(await seen()).toBe(5);
  await page.setViewportSize({ width: 360, height: 740 });
  await expect.poll(seen).toBe(56);
});

test("what came under the finger while it was down is not sold", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  const first = one.getByRole("list", { name: "Produits" }).getByRole("listitem").first();
  await one.getByRole("searchbox").fill("ail");
  await expect(first).toContainText("Ail 250 g");
  await first.hover();
  await one.mouse.down();
  await createProduct(two, { Nom: "Ail 100 g", "Prix de vente": "4 000", "Il y en a maintenant": "9" });
  await expect(first).toContainText("Ail 100 g");
  await one.mouse.up();
  await add(one, "Ail 250 g").click();
  await expect(one.getByRole("link", { name: /^Encaisser 9\s000\sGNF$/ })).toBeVisible();
});

test("keyboard only: search, Enter adds the one match, Tab to Encaisser, pay", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const search = page.getByRole("searchbox");
  await tabTo(page, search, 5);
  await page.keyboard.type("gingembre 250");
  await expect(page.getByRole("button", { name: /^Ajouter / })).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(search).toHaveValue("");
  const go = page.getByRole("link", { name: /^Encaisser 6\s000\sGNF$/ });
  await expect(go).toBeVisible();
  // A scanner's code, too, while the search still has the focus.
  await page.keyboard.type("6110004028505");
  await page.keyboard.press("Enter");
  await page.keyboard.type("xyz");
  await expect(page.getByRole("heading", { name: "Aucun produit ne correspond" })).toBeVisible();
  await tabTo(page, page.getByRole("link", { name: /^Encaisser 9\s000\sGNF$/ }), 8);
  await page.keyboard.press("Enter");
  const exact = page.getByRole("button", { name: "Espèces : compte exact" });
  await expect(exact).toBeVisible();
  await tabTo(page, exact, 12);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  expect(await shop.sales()).toEqual(["A-000001"]);
});
