// Chromium is killed at random moments around "Encaisser", again and again on one profile. A receipt that was painted is
// a promise: it is on the disk when the browser starts again, and on the server once when the network is back.
import { OWNER, add, expect, signIn, test } from "../support/shop";
import type { BrowserContext, Page } from "@playwright/test";

const KILLS = Number(process.env.KILLS ?? 50);
const SEED = Number(process.env.SEED ?? 1);
// From before the tap has done anything to after the verdict.
const MOMENT_MAX_MS = 800;
// Enough of it for every kill, and for a cart that outlives some.
const PRODUCT = "Lessive en sachet 30 g";
const OPENING_UNITS = 150;

/** Draws that a seed repeats (Mulberry32); in 0..1. */
function draws(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Notes in `painted`, by the sale's id, the number of each receipt that a frame has drawn. */
async function watch(context: BrowserContext, painted: Map<string, string>) {
  await context.exposeBinding("painted", (_, id: string, receipt: string) => void painted.set(id, receipt));
  await context.addInitScript(() => {
    const look = () => {
      const [id, paper] = [new URL(location.href).searchParams.get("id"), document.querySelector("article.receipt")];
      // The second frame begins once the first has been drawn.
      if (id && paper && location.pathname === "/recu")
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            const shown = paper.isConnected && new URL(location.href).searchParams.get("id") === id;
            if (shown) (window as any).painted(id, paper.getAttribute("aria-label"));
          }),
        );
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  });
}

async function isOnDisk(page: Page, id: string, receipt: string) {
  await page.goto(`/recu?id=${id}`);
  await expect(page.getByRole("article", { name: receipt })).toContainText(PRODUCT);
}

test(`${KILLS} kills around "Encaisser": every receipt that was painted is there (seed ${SEED})`, async ({ shop, profile }) => {
  const chance = draws(SEED);
  const painted = new Map<string, string>();
  const numbers = { before: 0, after: 0, online: 0 };
  let context = await profile.start(shop.url);
  const first = await shop.phoneIn(context, "Un");
  await first.evaluate(() => navigator.serviceWorker.ready);
  await expect(first.getByRole("link", { name: "À jour" })).toBeVisible();
  // The session's cookie reaches the disk when the browser ends in order.
  await profile.stop();
  let checked: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    // The server is away: what is shown comes from the disk.
    await shop.stop();
    context = await profile.start(shop.url);
    await watch(context, painted);
    const page = context.pages()[0];
    const news = [...painted.keys()].filter((id) => !checked.includes(id));
    for (const id of news) await isOnDisk(page, id, painted.get(id)!);
    checked = [...painted.keys()];

    if (chance() < 0.5) {
      await shop.start();
      numbers.online++;
    }
    await page.goto("/vente");
    await add(page, PRODUCT).click();
    await page.getByRole("link", { name: /^Encaisser/ }).click();
    const exact = page.getByRole("button", { name: "Espèces : compte exact" });
    await exact.waitFor();
    const known = painted.size;
    // Its answer may die with the browser.
    const tapped = exact.evaluate((button: HTMLElement) => button.click()).catch(() => {});
    await new Promise((done) => setTimeout(done, chance() * MOMENT_MAX_MS));
    await profile.kill();
    await tapped;
    if (painted.size > known) numbers.after++;
    else numbers.before++;
  }
  await shop.stop();
  context = await profile.start(shop.url);
  await watch(context, painted);
  const page = context.pages()[0];
  for (const [id, receipt] of painted) await isOnDisk(page, id, receipt);

  await shop.start();
  await page.goto("/vente");
  const [upToDate, noSession] = [page.getByRole("link", { name: "À jour" }), page.getByRole("link", { name: "Mon PIN" })];
  await expect(upToDate.or(noSession).first()).toBeVisible({ timeout: 120_000 });
  if (await noSession.isVisible()) {
    await noSession.click();
    await signIn(page, OWNER);
  }
  await expect(upToDate).toBeVisible({ timeout: 120_000 });
  const { sales, refused, stock } = await shop.truth();
  const receipts = sales.map(({ sale }) => `Reçu ${sale.receipt}`);
  for (const [id, receipt] of painted)
    expect(sales.filter(({ sale }) => sale.id === id).map(({ sale }) => `Reçu ${sale.receipt}`), receipt).toEqual([receipt]);
  expect(new Set(receipts).size, "a number is used once").toBe(receipts.length);
  expect(refused).toEqual([]);
  const units = sales.flatMap(({ sale }) => sale.lines).reduce((sum, line) => sum + line.quantity, 0);
  expect(stock(PRODUCT)).toBe(OPENING_UNITS - units);
  console.log(
    `${KILLS} kills, ${numbers.online} with the server there: ${numbers.before} before a receipt was painted, ` +
      `${numbers.after} after; ${painted.size} receipts painted, all there; ${sales.length} sales on the server`,
  );
  // Moments on both sides of the paint were met, or this shows nothing.
  expect(Math.min(numbers.before, numbers.after)).toBeGreaterThan(KILLS / 10);
});
