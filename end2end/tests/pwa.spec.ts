// The app as it is installed and brought up to date.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { looksRight } from "../support/looks";
import { add, expect, row, sellExact, test } from "../support/shop";

test("the app can be installed: the manifest has what browsers ask for, and what it names is there", async ({ shop, browser }) => {
  // A browser without a window finds no fault with any manifest, not even one that does not parse: neither
  // `Page.getInstallabilityErrors` nor the errors of `Page.getAppManifest`. So what browsers ask for is asked here.
  const { context, page } = await shop.phone(browser, "Un");
  const devtools = await context.newCDPSession(page);
  const manifest = await devtools.send("Page.getAppManifest");
  expect(new URL(manifest.url).pathname).toBe("/manifest.webmanifest");
  const said = JSON.parse(manifest.data!);
  expect(said).toMatchObject({ id: "/", scope: "/", start_url: "/vente", display: "standalone", name: "Comptoir", short_name: "Comptoir" });
  for (const { url } of said.shortcuts) expect((await fetch(shop.url + url)).status, url).toBe(200);
  const icons: { src: string; sizes: string; purpose: string }[] = said.icons;
  expect(icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`)).toEqual(expect.arrayContaining(["192x192 any", "512x512 any", "512x512 maskable"]));
  for (const { src, sizes } of icons) {
    const size = await page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    expect(size, src).toBe(sizes);
  }
  expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).scope)).toBe(`${shop.url}/`);
});

test("what is not tested is not claimed: no background sync", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const tags = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return await (registration as any).sync.getTags();
  });
  expect(tags).toEqual([]);
});

test("a first visit cut in the middle: what is there fills a cart, the rest comes with the network", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(async () => {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  });
  await context.route(/split_device/, (route) => route.abort());
  await page.goto("/vente");
  await expect(page.getByText("Comptoir n’est pas encore tout entier sur ce téléphone")).toBeVisible();
  await add(page, "Ail 250 g").click();
  await expect(page.getByRole("link", { name: /^Encaisser 9\s000\sGNF$/ })).toBeVisible();
  // What is searched is what is shown, also of these few.
  await page.getByRole("searchbox").fill("bougie");
  await expect(add(page, "Ail 250 g")).toHaveCount(0);
  await expect(add(page, "Bougies, paquet de 6")).toBeVisible();
  await context.unroute(/split_device/);
  await expect(page.getByText("Comptoir n’est pas encore tout entier")).toHaveCount(0);
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  expect(await shop.sales()).toEqual(["A-000001"]);
});

test("a newer version waits: no tab reloads in mid-sale, the one that asks gets it", async ({ shop, browser }) => {
  const newer = mkdtempSync(join(tmpdir(), "comptoir-site-"));
  try {
    const { context, page: seller } = await shop.phone(browser, "Un");
    await seller.evaluate(() => navigator.serviceWorker.ready);
    await seller.reload(); // from here on the worker serves it
    await add(seller, "Ail 250 g").click();
    const asker = await context.newPage();
    await asker.goto("/parametres");
    // Another build: one file differs, and so does its version.
    cpSync(shop.site!, newer, { recursive: true });
    writeFileSync(join(newer, "robots.js"), "// another version\n");
    await shop.stop();
    shop.site = newer;
    await shop.start();
    await asker.evaluate(async () => (await navigator.serviceWorker.ready).update());
    for (const page of [seller, asker]) await expect(page.getByText("Nouvelle version")).toBeVisible();
    let reloads = 0;
    seller.on("framenavigated", () => reloads++);
    const caches = () => seller.evaluate(() => window.caches.keys());
    expect(await caches()).toHaveLength(2);
    await Promise.all([asker.waitForEvent("load"), asker.getByRole("button", { name: "Mettre à jour" }).click()]);
    await expect.poll(caches).toHaveLength(1);
    await expect(asker.getByText("Nouvelle version")).toHaveCount(0);
    await expect(asker.getByRole("heading", { level: 1, name: "Paramètres" })).toBeVisible();
    // The other tab is where it was, and ends its sale.
    expect(reloads).toBe(0);
    await expect(seller.getByRole("link", { name: /^Encaisser 9\s000\sGNF$/ })).toBeVisible();
    await sellExact(seller);
    await expect(seller.getByText("Vente confirmée")).toBeVisible();
    await seller.goto("/vente");
    await expect(row(seller, "Ail 250 g", "11 en stock")).toBeVisible();
    expect(await shop.sales()).toEqual(["A-000001"]);
  } finally {
    rmSync(newer, { recursive: true, force: true });
  }
});

test("a version that comes only in part is not taken", async ({ shop, browser }) => {
  const newer = mkdtempSync(join(tmpdir(), "comptoir-site-"));
  try {
    const { context, page } = await shop.phone(browser, "Un");
    await page.evaluate(() => navigator.serviceWorker.ready);
    const before = await page.evaluate(() => window.caches.keys());
    cpSync(shop.site!, newer, { recursive: true });
    writeFileSync(join(newer, "robots.js"), "// another version\n");
    await shop.stop();
    shop.site = newer;
    await shop.start();
    // The server lists it; the network loses it.
    rmSync(join(newer, "robots.js"));
    const failed = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const found = new Promise<ServiceWorker>((done) => registration.addEventListener("updatefound", () => done(registration.installing!)));
      await registration.update().catch(() => undefined);
      const worker = await found;
      if (worker.state !== "redundant") await new Promise((done) => worker.addEventListener("statechange", done));
      return worker.state;
    });
    expect(failed).toBe("redundant");
    await expect(page.getByText("Nouvelle version")).toHaveCount(0);
    await context.setOffline(true);
    await page.goto("/vente");
    await expect(row(page, "Ail 250 g", "12 en stock")).toBeVisible();
    expect(await page.evaluate(() => window.caches.keys())).toEqual(expect.arrayContaining(before));
  } finally {
    rmSync(newer, { recursive: true, force: true });
  }
});

test("a phone too old for the server says so, sells on, and finds the newer version by itself", async ({ shop, browser }) => {
  const newer = mkdtempSync(join(tmpdir(), "comptoir-site-"));
  try {
    const { context, page } = await shop.phone(browser, "Un");
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload(); // from here on the worker serves it
    await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
    cpSync(shop.site!, newer, { recursive: true });
    writeFileSync(join(newer, "robots.js"), "// another version\n");
    await shop.stop();
    // The new server speaks another version than this page.
    await context.route(/\/api\/v1\/(push|pull)$/, (route) => {
      const said = route.request().postDataJSON();
      said.request.protocol += 1;
      return route.continue({ postData: JSON.stringify(said) });
    });
    shop.site = newer;
    await shop.start();
    await page.evaluate(() => window.dispatchEvent(new Event("focus"))); // somebody looks again
    await expect(page.getByText("Mise à jour nécessaire pour envoyer")).toBeVisible();
    await expect(page.getByRole("link", { name: "Mise à jour", exact: true })).toBeVisible();
    const update = page.getByRole("button", { name: "Mettre à jour" });
    await expect(update).toBeVisible();
    await looksRight(page, "Vendre, too old for the server");
    await add(page, "Ail 250 g").click();
    await sellExact(page);
    await expect(page.getByText("En attente de synchronisation")).toBeVisible();
    await expect(update).toBeVisible();
    // The newer page is understood.
    await context.unroute(/\/api\/v1\/(push|pull)$/);
    await Promise.all([page.waitForEvent("load"), update.click()]);
    await expect(page.getByText("Vente confirmée")).toBeVisible();
    await expect(page.getByText("Mise à jour nécessaire pour envoyer")).toHaveCount(0);
    expect(await shop.sales()).toEqual(["A-000001"]);
  } finally {
    rmSync(newer, { recursive: true, force: true });
  }
});
