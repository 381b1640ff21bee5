// The page's numbers, each beside its target. A table to read, not a test: noisy machines must not turn CI red.
import { test, type CDPSession, type Page } from "@playwright/test";
import { connect, createServer, type AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { OWNER, Shop, expect } from "../support/shop";

const PRODUCTS = Number(process.env.PRODUCTS ?? 20_739);
const SALES = Number(process.env.SALES ?? 40);

/** What was measured, its value, and the target. */
function row(cells: [string, string, string]) {
  console.log(`| ${cells.join(" | ")} |`);
}


/** Names as long as real medicines', many of which differ only near their end. */
function catalogue(): string {
  const makers = ["ACCORD", "BIOGARAN", "MYLAN", "SANDOZ", "TEVA", "ZENTIVA", "ARROW"];
  const lines = ["name,barcode,category,sale_price,purchase_price,stock,threshold"];
  for (let n = 0; n < PRODUCTS; n++) {
    const what = `MOLECULE${(n * 7919) % 2_963} ${makers[n % 7]} ${(n % 20) * 5 + 5} mg`;
    const pack = `comprimé pelliculé sécable - plaquette(s) thermoformée(s) PVC PVDC aluminium de ${(n % 9) * 10 + 10} comprimé(s)`;
    lines.push(`"${what}, ${pack}",34009${String(n).padStart(8, "0")},Médicament,${(n % 90) * 500 + 500},${(n % 90) * 300 + 300},500,5`);
  }
  const file = join(tmpdir(), `comptoir-catalogue-${process.pid}.csv`);
  writeFileSync(file, lines.join("\n"));
  return file;
}

/** Passes bytes on to the server, and counts what the browser is sent. */
async function counting(port: number) {
  const counted = { bytes: 0, url: "", close: () => {} };
  const proxy = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    server.on("data", (chunk) => (counted.bytes += chunk.length));
    client.pipe(server).pipe(client);
    for (const [one, other] of [[client, server], [server, client]] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  counted.url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  counted.close = () => proxy.close();
  return counted;
}

function percentile(times: number[], share: number) {
  return times.toSorted((one, other) => one - other)[Math.ceil(times.length * share) - 1];
}

const milliseconds = (time: number) => `${Math.round(time)} ms`;
const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;

async function slowly(cdp: CDPSession, network: boolean) {
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  if (network) {
    await cdp.send("Network.enable");
    const line = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 94_000 };
    await cdp.send("Network.emulateNetworkConditions", line);
  }
}

/** A screen, its address, and what it shows when it is there. */
const HOME = ["Accueil", "/", ".hero|vente"] as const;
const SETTINGS = ["Paramètres", "/parametres", "#p12|Apparence"] as const;
const SCREENS = [
  HOME,
  ["Ventes", "/ventes", ".day__head|Espèces"],
  ["Stock", "/stock", ".products--alike|en stock"],
  ["Dépenses", "/depenses", "main h2|Pas de dépense"],
  ["Crédits", "/credits", "main h2|Personne ne doit rien"],
  ["À décider", "/a-decider", "main h2|Rien à décider"],
  SETTINGS,
] as const;

/** Scrolls so many pixels a frame, and answers the longest time between two frames. */
function scrolled(page: Page, pixels: number, frames: number): Promise<number> {
  return page.evaluate(
    async ([pixels, frames]) => {
      scrollTo(0, 0);
      const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
      let [before, longest] = [await frame(), 0];
      for (let n = 0; n < frames; n++) {
        scrollBy(0, pixels);
        const now = await frame();
        longest = Math.max(longest, now - before);
        before = now;
      }
      return longest;
    },
    [pixels, frames] as const,
  );
}

const inStock = (page: Page) => page.getByRole("button", { name: /^Ajouter .* en stock$/ });

/** Bytes this page has been sent, those of answers under way included. */
function received(cdp: CDPSession): () => number {
  const bytes = new Map<string, number>();
  cdp.on("Network.dataReceived", ({ requestId, encodedDataLength }) => bytes.set(requestId, (bytes.get(requestId) ?? 0) + encodedDataLength));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => bytes.set(requestId, encodedDataLength));
  return () => [...bytes.values()].reduce((sum, one) => sum + one, 0);
}

/** Taps and waits inside the page, so that Playwright's own time is not measured. Ends after the next frame. */
async function timed(page: Page, what: { tap?: string; until: string }): Promise<number> {
  return page.evaluate(async ({ tap, until }) => {
    const began = performance.now();
    const seen = () => [...document.querySelectorAll(until.split("|")[0])].some((found) => (found.textContent ?? "").includes(until.split("|")[1] ?? ""));
    if (tap) document.querySelector<HTMLElement>(tap)!.click();
    await new Promise<void>((done) => {
      const look = () => seen() && (observer.disconnect(), done());
      const observer = new MutationObserver(look);
      observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
      look();
    });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - began;
  }, what);
}

/**
 * A million steps of arithmetic and forty rows laid out, until the next frame, forty times: where machines, or hours of one,
 * differ, other numbers are compared by it.
 */
function yardstick(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const times: number[] = [];
    for (let n = 0; n < 40; n++) {
      const began = performance.now();
      let sum = n;
      for (let i = 0; i < 1_000_000; i++) sum = (Math.imul(sum, 31) + i) | 0;
      const list = document.body.appendChild(document.createElement("ul"));
      for (let row = 0; row < 40; row++) list.appendChild(document.createElement("li")).textContent = `${row} ${sum}`;
      list.getBoundingClientRect();
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      times.push(performance.now() - began);
      list.remove();
    }
    return times;
  });
}

test("the page", async ({ browser }) => {
  test.setTimeout(900_000);
  console.log(`\nThe page, ${PRODUCTS} products, a screen of 360 by 740, processor slowed 4 times, 1.6 Mbit/s and 150 ms where a network is; ${cpus()[0].model} × ${cpus().length}, Chromium ${browser.version()}\n`);
  console.log("| what | measured | target |\n|---|---|---|");
  const shop = await Shop.open();
  shop.run("import", catalogue());
  const proxy = await counting(shop.port);
  const context = await browser.newContext({ baseURL: proxy.url });
  const page = await context.newPage();
  await page.goto("/connexion");
  await page.getByLabel("Code à six chiffres").fill(shop.code());
  await page.getByLabel("Nom de ce téléphone").fill("Mesure");
  await page.getByRole("button", { name: "Inscrire ce téléphone" }).click();
  await page.getByRole("button", { name: OWNER.name }).click();
  for (const digit of OWNER.pin) await page.getByRole("button", { name: digit, exact: true }).click();
  proxy.bytes = 0;
  const began = Date.now();
  await page.getByRole("button", { name: "Valider le PIN" }).click();
  await page.getByRole("button", { name: /^Ajouter / }).first().waitFor();
  row(["first sync: something to sell", milliseconds(Date.now() - began), ""]);
  await page.getByRole("progressbar").waitFor();
  await expect(page.getByRole("progressbar")).toHaveCount(0, { timeout: 120_000 });
  row([`first sync of ${PRODUCTS} products`, `${milliseconds(Date.now() - began)}, ${kilobytes(proxy.bytes)}`, ""]);
  await page.evaluate(() => navigator.serviceWorker.ready);

  // First visit: enrolled and signed in, but nothing of the app in any cache.
  await page.close();
  const first = await context.newPage();
  const cdp = await context.newCDPSession(first);
  await cdp.send("Network.clearBrowserCache");
  await cdp.send("Storage.clearDataForOrigin", { origin: proxy.url, storageTypes: "service_workers,cache_storage" });
  await slowly(cdp, true);
  proxy.bytes = 0;
  const bytes = received(cdp);
  const opened = Date.now();
  await first.goto("/vente", { waitUntil: "commit" });
  const add = first.getByRole("button", { name: /^Ajouter / }).first();
  await add.waitFor();
  row(["first visit: products painted", milliseconds(Date.now() - opened), ""]);
  await expect(async () => {
    await add.click({ timeout: 500 });
    await expect(first.locator(".qty").first()).toBeVisible({ timeout: 50 });
  }).toPass({ intervals: [20] });
  row(["first visit: a tap adds to the cart", milliseconds(Date.now() - opened), "3000 ms"]);
  row(["first visit: over the wire until then", kilobytes(bytes()), "300 kB"]);
  await first.evaluate(() => navigator.serviceWorker.ready);
  await first.waitForLoadState("networkidle");
  row(["first visit: all, kept for offline", kilobytes(proxy.bytes), ""]);

  // Opened offline, cold: only the service worker and IndexedDB.
  await first.close();
  await context.setOffline(true);
  const openings: number[] = [];
  for (let n = 0; n < 5; n++) {
    const offline = await context.newPage();
    await slowly(await context.newCDPSession(offline), false);
    const start = Date.now();
    await offline.goto("/vente", { waitUntil: "commit" });
    await offline.getByRole("button", { name: /^Ajouter / }).first().waitFor();
    openings.push(Date.now() - start);
    await offline.close();
  }
  row(["opened offline, products shown (median)", milliseconds(percentile(openings, 0.5)), "1000 ms"]);

  // Encaisser to receipt, offline. The first sale waits for the answer that cannot come.
  const seller = await context.newPage();
  await slowly(await context.newCDPSession(seller), false);
  await seller.goto("/vente");
  const sales: number[] = [];
  const keys: number[] = [];
  for (let n = 0; n < SALES; n++) {
    await inStock(seller).nth(n % 20).click();
    await seller.getByRole("link", { name: /^Encaisser/ }).click();
    await expect(seller.getByRole("button", { name: "Espèces : compte exact" })).toBeEnabled();
    sales.push(await timed(seller, { tap: ".dock .btn--main", until: ".state|En attente" }));
    await seller.getByRole("link", { name: "Nouvelle vente" }).click();
    await seller.getByRole("button", { name: /^Ajouter / }).first().waitFor();
  }
  row(["Encaisser to receipt painted, offline (p95)", milliseconds(percentile(sales.slice(1), 0.95)), "150 ms"]);
  // Letter by letter, as one types.
  const typed = ["molecule11 teva", "comprime 90", "34009300", "zzz"].flatMap((text) => [...text].map((_, n) => text.slice(0, n + 1)));
  const answered = (query: string) =>
    seller.evaluate(async (query) => {
      const field = document.querySelector<HTMLInputElement>(".search__input")!;
      const began = performance.now();
      field.value = query;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - began;
    }, query);
  for (const query of typed) keys.push(await answered(query));
  // One who looks for each letter: the whole list is drawn in between, and goes with the next one.
  const slowKeys: number[] = [];
  for (const query of typed) {
    await seller.waitForTimeout(600);
    slowKeys.push(await answered(query));
  }
  const same = await yardstick(seller);
  row(["the yardstick, the same work on every machine (median; p95)", `${milliseconds(percentile(same, 0.5))}; ${milliseconds(percentile(same, 0.95))}`, ""]);
  row([`a keystroke in search answered (p95 of ${keys.length}; the first)`, `${milliseconds(percentile(keys, 0.95))}; ${milliseconds(keys[0])}`, "50 ms"]);
  row(["the same, with a pause before each", milliseconds(percentile(slowKeys, 0.95)), "50 ms"]);

  // From the tap on a link to what its screen is for, twice: the part of the page that holds it is read at the first.
  const openedIn: string[] = [];
  for (let round = 0; round < 2; round++) {
    openedIn.length = 0;
    for (const [name, href, until] of SCREENS) {
      // From another screen, on which its link stands.
      const [, from, there] = ["/ventes", "/depenses", "/credits"].includes(href) ? HOME : SETTINGS;
      if (href !== from) await timed(seller, { tap: `.nav a[href="${from}"]`, until: there });
      openedIn.push(`${name} ${(await timed(seller, { tap: `main a[href="${href}"], .nav a[href="${href}"]`, until })).toFixed(0)}`);
    }
  }
  row(["a screen opened, offline, ms", openedIn.join(", "), "200 ms"]);
  await timed(seller, { tap: '.nav a[href="/stock"]', until: ".products--alike|en stock" });
  row(["Stock scrolled by 100 pixels a frame, the longest frame", milliseconds(await scrolled(seller, 100, 300)), "50 ms"]);
  row(["as with the scroll bar, 40 000 pixels a frame", milliseconds(await scrolled(seller, 40_000, 25)), ""]);
  const memory = await (await context.newCDPSession(seller)).send("Runtime.getHeapUsage");
  const held = Object.entries(memory).filter(([name]) => name !== "totalSize").reduce((sum, [, size]) => sum + Number(size), 0);
  row(["heap, with what WebAssembly holds", `${(held / 1e6).toFixed(1)} MB`, "80 MB"]);
  await context.setOffline(false);
  await seller.close();

  // From the tap on phone A to the row on the server, as phone B's pull would see it: its change number is on A's receipt.
  const fast = await context.newPage();
  await fast.goto("/vente");
  await expect(fast.getByRole("link", { name: "À jour" })).toBeVisible({ timeout: 60_000 });
  const arrivals: number[] = [];
  for (let n = 0; n < 20; n++) {
    await inStock(fast).nth(n).click();
    await fast.getByRole("link", { name: /^Encaisser/ }).click();
    await expect(fast.getByRole("button", { name: "Espèces : compte exact" })).toBeEnabled();
    arrivals.push(await timed(fast, { tap: ".dock .btn--main", until: ".state|Vente confirmée" }));
    await fast.getByRole("link", { name: "Nouvelle vente" }).click();
    await fast.getByRole("button", { name: /^Ajouter / }).first().waitFor();
  }
  row(["Encaisser to \"Vente confirmée\", no throttling (p95)", milliseconds(percentile(arrivals, 0.95)), "300 ms"]);
  expect(shop.run("check")).toContain("0 differences");
  proxy.close();
  await shop.close();

});
