// From the tap on one phone to the new stock painted on another: a table to read beside its targets.
import { expect, test, type Browser, type Page } from "@playwright/test";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { OWNER, Shop, signIn } from "../support/shop";

const SALES = Number(process.env.SALES ?? 40);
const ONE_WAY_MS = 75;

/** A line to the server on which every byte takes so long. */
async function delayed(port: number, ms: number) {
  const proxy = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    const pass = (from: Socket, to: Socket) => {
      from.on("data", (chunk) => setTimeout(() => to.destroyed || to.write(chunk), ms));
      from.on("error", () => to.destroy());
      from.on("close", () => setTimeout(() => to.destroy(), ms));
    };
    pass(client, server);
    pass(server, client);
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, close: () => proxy.close() };
}

async function phone(shop: Shop, browser: Browser, url: string, name: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url });
  const listening = context.waitForEvent("request", (request) => request.url().includes("/api/v1/events"));
  const page = await context.newPage();
  await shop.enrol(page, name, false, url);
  await signIn(page, OWNER);
  await listening;
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  return page;
}

/** When the stock of a product is next painted anew, by the clock both pages share. */
function nextStock(page: Page, product: string): Promise<number> {
  return page.evaluate(async (product) => {
    const row = () => [...document.querySelectorAll(".product")].find((row) => row.textContent!.includes(product))!.textContent!;
    const before = row();
    await new Promise<void>((done) => {
      const observer = new MutationObserver(() => row() !== before && (observer.disconnect(), done()));
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return Date.now();
  }, product);
}

test("told", async ({ browser }) => {
  test.setTimeout(600_000);
  console.log(`\nA sale on phone A, its new stock painted on phone B; ${SALES} sales\n\n| line | median | p95 | target |\n|---|---|---|---|`);
  for (const [line, ms, target] of [["loopback", 0, 300], [`${ONE_WAY_MS} ms one way`, ONE_WAY_MS, 2.5 * ONE_WAY_MS + 150]] as const) {
    const shop = await Shop.open();
    const way = await delayed(shop.port, ms);
    const [one, two] = [await phone(shop, browser, way.url, "Un"), await phone(shop, browser, way.url, "Deux")];
    const times: number[] = [];
    for (let n = 0; n < SALES; n++) {
      const row = one.getByRole("button", { name: /^Ajouter .* en stock$/ }).nth(n % 20);
      const name = (await row.locator(".name").innerText()).trim();
      await row.click();
      await one.getByRole("link", { name: /^Encaisser/ }).click();
      await expect(one.getByRole("button", { name: "Espèces : compte exact" })).toBeEnabled();
      const painted = nextStock(two, name);
      const tapped = await one.evaluate(() => {
        const now = Date.now();
        document.querySelector<HTMLElement>(".dock .btn--main")!.click();
        return now;
      });
      times.push((await painted) - tapped);
      await one.getByRole("link", { name: "Nouvelle vente" }).click();
      await one.getByRole("button", { name: /^Ajouter / }).first().waitFor();
    }
    times.sort((one, other) => one - other);
    const of = (share: number) => `${times[Math.ceil(times.length * share) - 1]} ms`;
    console.log(`| ${line} | ${of(0.5)} | ${of(0.95)} | ${target} ms |`);
    way.close();
    await shop.close();
  }
});
