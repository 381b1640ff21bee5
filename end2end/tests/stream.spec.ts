// Changes reach the other phones as they commit.
import type { Page } from "@playwright/test";
import { OWNER, SELLER, add, expect, row, sellExact, test } from "../support/shop";

/** How often a phone asks for changes, from now on. */
function pulls(page: Page) {
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/v1/pull")) asked.push(request.url());
  });
  return asked;
}

test("a sale changes the stock on another phone within a second, which asks for nothing", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux", SELLER);
  const streaming = two.waitForRequest((request) => request.url().includes("/api/v1/events"));
  await two.reload();
  await streaming;
  await expect(two.getByRole("link", { name: "À jour" })).toBeVisible();
  await add(one, "Ail 250 g").click();
  await one.getByRole("link", { name: /^Encaisser/ }).click();
  const asked = pulls(two);
  await one.getByRole("button", { name: "Espèces : compte exact" }).click();
  await expect(row(two, "Ail 250 g", "11 en stock")).toBeVisible({ timeout: 1_000 });
  expect(asked).toEqual([]);
});

test("a server that was stopped with its streams open is followed again", async ({ shop, browser }) => {
  const { page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux", SELLER);
  await add(one, "Ail 250 g").click();
  await sellExact(one);
  await expect(row(two, "Ail 250 g", "11 en stock")).toBeVisible();
  const began = Date.now();
  await shop.stop();
  expect(Date.now() - began).toBeLessThan(5_000);
  const streaming = two.waitForRequest((request) => request.url().includes("/api/v1/events"), { timeout: 30_000 });
  await shop.start();
  await streaming;
  await one.getByRole("link", { name: "Nouvelle vente" }).click();
  await add(one, "Ail 250 g").click();
  await sellExact(one);
  await expect(row(two, "Ail 250 g", "10 en stock")).toBeVisible();
});

test("a stream that falls silent was cut: it is opened anew, and what was missed is asked for", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un", OWNER, { clock: true });
  const opens = () => page.waitForRequest((request) => request.url().includes("/api/v1/events"));
  const first = opens();
  await page.reload();
  await first;
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  const [asked, again] = [page.waitForRequest((request) => request.url().endsWith("/api/v1/pull")), opens()];
  await page.clock.fastForward(120_000);
  await Promise.all([asked, again]);
});
