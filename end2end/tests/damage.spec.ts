// A damaged disk: the app opens and sells, the rest of the queue is sent, and what does not read is kept and told.
import type { Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { OWNER, add, expect, row, sellExact, signIn, test } from "../support/shop";
import { damage, stored } from "../support/storage";

/** The rows kept aside, as texts. */
async function aside(page: Page) {
  const rows = Object.entries(await stored(page, "meta")).filter(([key]) => key.startsWith("aside/"));
  return rows.map(([, value]) => JSON.parse(value as string) as { store: string; key: string; text: string });
}

test("a damaged row in every store: it sells, the rest is sent, each is told and kept", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  const crashes: string[] = [];
  page.on("pageerror", (error) => crashes.push(String(error)));
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  for (const product of ["Ail 250 g", "Gingembre 250 g"]) {
    await page.goto("/vente");
    await add(page, product).click();
    await sellExact(page);
    await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  }

  const outbox = Object.entries(await stored(page, "outbox")).sort();
  expect(outbox).toHaveLength(2);
  const [key, text] = outbox[0] as [string, string];
  const cut = text.slice(0, -40);
  await damage(page, "outbox", key, cut);
  await damage(page, "parked", "01990000-0000-4000-8000-000000000001", 7);
  const copy = Object.keys(await stored(page, "acknowledged"))[0];
  await damage(page, "acknowledged", copy, { mutation: null });
  const product = Object.entries(await stored(page, "confirmed")).find(([key, text]) => key.includes("/goods/") && String(text).includes("Bonbons"))!;
  const lines = String(product[1]).split("\n").map((line) => (line.includes("Bonbons") ? line.replace('"name"', '"nom"') : line));
  await damage(page, "confirmed", product[0], lines.join("\n"));
  await damage(page, "meta", "contact", '{"server_ms":1e999}');
  await page.goto("/vente");

  // Without network: what is not damaged is sold.
  await expect(row(page, "Gingembre 250 g", "8 en stock")).toBeVisible();
  await expect(add(page, "Bonbons, sachet de 100")).toHaveCount(0);
  await add(page, "Allumettes, paquet de 10").click();
  await sellExact(page);
  await expect(page.getByRole("article", { name: "Reçu A-000004" })).toContainText("En attente de synchronisation");

  await page.getByRole("link", { name: /à décider/ }).first().click();
  const unsent = page.getByRole("article", { name: "Changement non envoyé, illisible" });
  await expect(unsent).toContainText("Reçu A-000002");
  for (const name of ["Décision illisible", "Copie illisible", "Donnée de la boutique illisible", "Réglage du téléphone illisible"]) {
    await expect(page.getByRole("article", { name })).toBeVisible();
  }
  for (const [width, height] of [[360, 740], [1280, 800]]) {
    await page.setViewportSize({ width, height });
    await looksRight(page, `damaged rows, ${width}`);
    await page.emulateMedia({ colorScheme: "light" });
    await page.screenshot({ path: test.info().outputPath(`damaged-${width}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 360, height: 740 });

  // With network: the rest of the queue goes, and the server says the product again.
  await context.setOffline(false);
  await expect.poll(() => shop.sales()).toEqual(["A-000001", "A-000003", "A-000004"]);
  await page.goto("/vente");
  await expect(add(page, "Bonbons, sachet de 100")).toBeVisible();

  const kept = await aside(page);
  expect(kept.map(({ store }) => store).sort()).toEqual(["acknowledged", "confirmed", "meta", "outbox", "parked"]);
  expect(kept.find(({ store }) => store === "outbox")).toMatchObject({ key, text: cut });
  expect(kept.find(({ store }) => store === "parked")!.text).toBe("7");
  expect(errors.filter((text) => text.includes("set aside"))).toHaveLength(5);
  expect(crashes).toEqual([]);

  // Seen is not thrown away, and not told again.
  await page.goto("/a-decider");
  await unsent.getByRole("button", { name: "J’ai vu" }).click();
  await expect(unsent).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("article", { name: "Décision illisible" })).toBeVisible();
  await expect(unsent).toHaveCount(0);
  expect(await aside(page)).toHaveLength(5);
});

test("any setting of the phone may be damaged: it opens, sells, and sends after a PIN at most", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.goto("/vente");
  const settings = Object.keys(await stored(page, "meta")).filter((key) => !["installation", "actor"].includes(key));
  expect(settings).toEqual(expect.arrayContaining(["contact", "enrolling", "epoch", "held", "people", "receipt", "sequence", "session"]));
  for (const [at, key] of settings.entries()) {
    await damage(page, "meta", key, ["{", 17.5, { a: 1 }, '"', "[[]]"][at % 5]);
    await page.reload();
    await expect(row(page, "Ail 250 g", "11 en stock"), key).toBeVisible();
    await expect(page.getByRole("link", { name: "Ouverture…" }), key).toHaveCount(0);
  }
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByRole("article", { name: "Reçu A-000002" })).toBeVisible();
  await page.goto("/connexion");
  await signIn(page, OWNER);
  await expect.poll(() => shop.sales()).toEqual(["A-000001", "A-000002"]);
});

test("the enrolment is damaged: enrolled again, the phone is the one it was, and its queue is sent", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  await damage(page, "meta", "installation", "�");
  await context.setOffline(false);
  await shop.enrol(page, "Un");
  await signIn(page, OWNER);
  await expect.poll(() => shop.sales()).toEqual(["A-000001"]);
  expect(shop.run("device", "list").match(/Un/g)).toHaveLength(1);
});
