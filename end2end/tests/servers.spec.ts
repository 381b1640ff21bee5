// Two servers on one Postgres: phones of both are one shop.
import type { Page } from "@playwright/test";
import { add, expect, row, SELLER, sellExact, test } from "../support/shop";

const PRODUCT = "Gingembre 250 g"; // nine in stock

async function sell(page: Page, units: number) {
  for (let n = 0; n < units; n++) await add(page, PRODUCT).click();
  await sellExact(page);
}

test("a sale and a refusal on one server are told on the other's phone within a second", async ({ shop, browser }) => {
  const other = await shop.another();
  const { context, page: one } = await shop.phone(browser, "Un", SELLER);
  const { page: two } = await other.phone(browser, "Deux");
  const streaming = two.waitForRequest((request) => request.url().includes("/api/v1/events"));
  await two.reload();
  await streaming;
  await expect(two.getByRole("link", { name: "À jour" })).toBeVisible();

  await sell(one, 1);
  await expect(row(two, PRODUCT, "8 en stock")).toBeVisible({ timeout: 1_000 });

  await one.getByRole("link", { name: "Nouvelle vente" }).click();
  await context.setOffline(true);
  await sell(one, 8);
  await sell(two, 8);
  await expect(two.getByText("Vente confirmée")).toBeVisible();
  await context.setOffline(false);
  await expect(one.getByText("Refusée : à décider")).toBeVisible();
  await expect(two.getByText("Vente A-000002 refusée")).toBeVisible({ timeout: 1_000 });
  await two.getByRole("link", { name: "Voir" }).click();
  await two.getByRole("button", { name: "Annuler la vente" }).click();
  await two.getByRole("button", { name: "Oui, annuler et rembourser" }).click();
  await expect(one.getByRole("link", { name: "1 à décider" })).toHaveCount(0);
  await other.close();
});

test("a server that was away is caught up with by its phones, and by those of the other", async ({ shop, browser }) => {
  const other = await shop.another();
  const { page: one } = await shop.phone(browser, "Un");
  const { page: two } = await other.phone(browser, "Deux");
  await other.stop();
  await sell(two, 2);
  await expect(two.getByText("En attente de synchronisation")).toBeVisible();
  await sell(one, 1);
  await expect(one.getByText("Vente confirmée")).toBeVisible();
  await other.start();
  await expect(two.getByText("Vente confirmée")).toBeVisible({ timeout: 45_000 });
  await one.getByRole("link", { name: "Nouvelle vente" }).click();
  await expect(row(one, PRODUCT, "6 en stock")).toBeVisible();
  await other.close();
});
