// G16: a verdict within 5 s decides the receipt. The page's clock is the test's; pushes are held on their way.
import { Held } from "../support/network";
import { add, expect, row, sellExact, tapAndReload, test } from "../support/shop";
import type { Browser, Page } from "@playwright/test";
import type { Shop } from "../support/shop";

const WAITS = "Vérification du stock…";
const PENDING = "En attente de synchronisation";
const CONFIRMED = "Vente confirmée";

/** A phone whose clock stands still, with `product` in the cart, about to pay. */
async function stoodStill(shop: Shop, browser: Browser, product: string, units = 1) {
  const { context, page } = await shop.phone(browser, "Un", undefined, { clock: true });
  const held = await Held.pushes(context);
  await fill(page, product, units);
  await page.clock.pauseAt(new Date(Date.now() + 60_000));
  return { context, page, held };
}

async function fill(page: Page, product: string, units = 1) {
  for (let n = 0; n < units; n++) await add(page, product).click();
}

/** Another phone sells them first. */
async function sellAll(shop: Shop, browser: Browser, product: string, units: number) {
  const { page } = await shop.phone(browser, "Deux");
  await fill(page, product, units);
  await sellExact(page);
  await expect(page.getByText(CONFIRMED)).toBeVisible();
}

/** Pays, and sees that the sale left and that the page waits. */
async function payAndWait(page: Page, held: Held) {
  await sellExact(page);
  await expect(page.getByText(WAITS)).toBeVisible();
  await expect.poll(() => held.count).toBe(1);
}

test("G16: confirmed at 4.9 s, the receipt says so and never said otherwise", async ({ shop, browser }) => {
  const { page, held } = await stoodStill(shop, browser, "Ail 250 g");
  await payAndWait(page, held);
  await page.clock.runFor(4_900);
  await expect(page.getByText(WAITS)).toBeVisible();
  await page.evaluate((pending) => {
    new MutationObserver(() => ((window as any).saidPending ||= document.body.innerText.includes(pending))).observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
    });
  }, PENDING);
  await held.release();
  await expect(page.getByText(CONFIRMED)).toBeVisible();
  expect(await page.evaluate(() => (window as any).saidPending ?? false)).toBe(false);
});

test("G16: refused at 4.9 s, no receipt, the cart is back", async ({ shop, browser }) => {
  const { page, held } = await stoodStill(shop, browser, "Gingembre 250 g", 9);
  await sellAll(shop, browser, "Gingembre 250 g", 9);
  await payAndWait(page, held);
  await page.clock.runFor(4_900);
  await held.release();
  await expect(page.getByText("Stock insuffisant pour Gingembre 250 g : 0 disponibles, 9 demandés")).toBeVisible();
  await expect(page.getByText("Le panier est rétabli.")).toBeVisible();
  await expect(page.getByRole("link", { name: /^Encaisser 54\s000\sGNF$/ })).toBeVisible();
  await expect(page.getByRole("link", { name: /à décider/ })).toHaveCount(0);
  // The server is told that no goods left the shop: nobody has anything to decide.
  const told = page.waitForRequest((request) => request.postData()?.includes('"became":"rolled_back"') ?? false);
  await page.clock.resume();
  expect(await (await (await told).response())?.json()).toMatchObject({ answers: [{ verdict: { applied: {} } }] });
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  expect(await shop.sales()).toEqual(["B-000001"]);
});

test("G16: nothing at 5.1 s is “en attente”, then confirmed; meanwhile no sale waits", async ({ shop, browser }) => {
  const { page, held } = await stoodStill(shop, browser, "Ail 250 g");
  await payAndWait(page, held);
  await page.clock.runFor(4_900);
  await expect(page.getByText(WAITS)).toBeVisible();
  await page.clock.runFor(200);
  await expect(page.getByText(PENDING)).toBeVisible();
  // The clock stands: had the next sale waited, it would wait for ever.
  await page.getByRole("link", { name: "Nouvelle vente" }).click();
  await fill(page, "Bonbons, sachet de 100");
  await sellExact(page);
  await expect(page.getByRole("article", { name: "Reçu A-000002" })).toContainText(PENDING);
  await held.release();
  await page.clock.resume();
  await expect(page.getByRole("article", { name: "Reçu A-000002" })).toContainText(CONFIRMED);
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  expect(await shop.sales()).toEqual(["A-000001", "A-000002"]);
  // A request succeeded: the next sale waits again.
  held.hold();
  await page.getByRole("link", { name: "Nouvelle vente" }).click();
  await fill(page, "Ail 250 g");
  await payAndWait(page, held);
  await held.release();
  await expect(page.getByRole("article", { name: "Reçu A-000003" })).toContainText(CONFIRMED);
});

test("G16: refused after 5.1 s is a decision, not a cart", async ({ shop, browser }) => {
  const { page, held } = await stoodStill(shop, browser, "Gingembre 250 g", 9);
  await sellAll(shop, browser, "Gingembre 250 g", 9);
  await payAndWait(page, held);
  await page.clock.runFor(5_100);
  await expect(page.getByText(PENDING)).toBeVisible();
  await held.release();
  await page.clock.resume(); // what changed is shown with the next frame
  await expect(page.getByText("Refusée : à décider")).toBeVisible();
});

test("G16: refused after its page was loaded anew, it is to be decided within seconds", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await fill(page, "Gingembre 250 g", 9);
  await sellAll(shop, browser, "Gingembre 250 g", 9);
  const held = await Held.pushes(context);
  await payAndWait(page, held);
  await page.reload();
  await held.release();
  // Nothing else happens on this phone that would make it look again.
  await expect(page.getByRole("link", { name: "1 à décider" }).first()).toBeVisible({ timeout: 20_000 });
});

test("G16: a page that dies as a sale is rolled back opens with the cart", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  // Once the transaction that takes the refused sale out is done, this page writes nothing more.
  await page.addInitScript(() => {
    let dead = false;
    const { put, delete: remove } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (value: unknown, key?: IDBValidKey) {
      if (dead) throw new DOMException("the page is gone", "InvalidStateError");
      return put.call(this, value, key);
    };
    IDBObjectStore.prototype.delete = function (key: IDBValidKey | IDBKeyRange) {
      if (this.name === "outbox") this.transaction.addEventListener("complete", () => (dead = true));
      return remove.call(this, key);
    };
  });
  await page.reload();
  await fill(page, "Gingembre 250 g", 9);
  await expect(page.getByRole("link", { name: /^Encaisser 54/ })).toBeVisible();
  await sellAll(shop, browser, "Gingembre 250 g", 9);
  await sellExact(page);
  await expect(page.getByText("Le panier est rétabli.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("link", { name: /^Encaisser 54/ })).toBeVisible();
});

test("what is tapped while a sale waits is in the cart of a page that is opened anew", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await fill(page, "Ail 250 g");
  const held = await Held.pushes(context);
  await payAndWait(page, held);
  await page.getByRole("link", { name: "Retour au panier" }).click();
  await tapAndReload(page, add(page, "Ail 250 g"));
  await expect(page.getByRole("link", { name: /^Encaisser 9\s000\sGNF$/ })).toBeVisible();
  await held.release();
  await expect(row(page, "Ail 250 g", "11 en stock")).toBeVisible();
});

test("G16: “Ne pas attendre” gives the receipt at once, and the next sale waits all the same", async ({ shop, browser }) => {
  const { page, held } = await stoodStill(shop, browser, "Ail 250 g");
  await payAndWait(page, held);
  await page.getByRole("button", { name: "Ne pas attendre" }).click();
  await expect(page.getByText(PENDING)).toBeVisible();
  await page.getByRole("link", { name: "Nouvelle vente" }).click();
  await fill(page, "Bonbons, sachet de 100");
  await sellExact(page);
  await expect(page.getByText(WAITS)).toBeVisible();
  await held.release();
  await expect(page.getByRole("article", { name: "Reçu A-000002" })).toContainText(CONFIRMED);
  await page.clock.resume();
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  expect(await shop.sales()).toEqual(["A-000001", "A-000002"]);
});

for (const [at_ms, said] of [[4_900, CONFIRMED], [5_100, PENDING]] as const) {
  test(`G16: another tab sends; a verdict at ${at_ms / 1_000} s: “${said}”`, async ({ shop, browser }) => {
    const { context, page: sender } = await shop.phone(browser, "Un", undefined, { clock: true });
    const pushed: string[] = [];
    for (const [name, page] of [["sender", sender], ["seller", await context.newPage()]] as const) {
      page.on("request", (request) => request.url().endsWith("/api/v1/push") && request.postData()?.includes("record_sale") && pushed.push(name));
    }
    const seller = context.pages()[1];
    await seller.goto("/vente");
    const held = await Held.pushes(context);
    await fill(seller, "Ail 250 g");
    await seller.clock.pauseAt(new Date(Date.now() + 60_000));
    await payAndWait(seller, held);
    await seller.clock.runFor(at_ms);
    if (said === CONFIRMED) await expect(seller.getByText(WAITS)).toBeVisible();
    else await expect(seller.getByText(PENDING)).toBeVisible();
    await held.release();
    await seller.clock.resume(); // of both tabs: what changed is shown with the next frame
    await expect(seller.getByText(CONFIRMED)).toBeVisible();
    await expect(row(sender, "Ail 250 g", "11 en stock")).toBeVisible();
    expect(pushed).toEqual(["sender"]);
    expect(await shop.sales()).toEqual(["A-000001"]);
  });
}
