// A receipt on paper and by WhatsApp, and screens read at twice the size.
import type { Browser, Page } from "@playwright/test";
import { add, expect, sellExact, test, type Shop } from "../support/shop";

const PAPER_MM = 72;
const MM_PX = 96 / 25.4;

async function sold(shop: Shop, browser: Browser) {
  const phone = await shop.phone(browser, "Comptoir");
  for (const product of ["Ail 250 g", "Gingembre 250 g", "Gingembre 250 g"]) await add(phone.page, product).click();
  await sellExact(phone.page);
  await expect(phone.page.getByText("Vente confirmée")).toBeVisible();
  return phone;
}

/** Today's date and time do not belong into a snapshot. */
const WHEN = /\d\d\/\d\d\/\d{4} \d\d:\d\d/;

test("a receipt prints on a narrow roll, and nothing else does", async ({ shop, browser }) => {
  const { page } = await sold(shop, browser);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const receipt = page.getByRole("article", { name: "Reçu A-000001" });
  await expect(receipt).toMatchAriaSnapshot(`
    - article "Reçu A-000001":
      - heading "Boutique Kaloum" [level=2]
      - status: Vente confirmée
      - text: ${/Reçu A-000001 Date \d\d\/\d\d\/\d{4} \d\d:\d\d Servi par Mariama Diallo/}
      - list:
        - listitem: /Ail 250 g 1 × 9.000 9.000.GNF/
        - listitem: /Gingembre 250 g 2 × 6.000 12.000.GNF/
      - text: /Total 21.000.GNF Espèces 21.000.GNF/
      - paragraph: Merci et à bientôt
  `);
  const { width } = (await receipt.boundingBox())!;
  expect(width).toBeLessThanOrEqual(PAPER_MM * MM_PX + 1);
  const black = await receipt.evaluate((paper) => [...paper.querySelectorAll("*")].every((part) => getComputedStyle(part).color === "rgb(0, 0, 0)"));
  expect(black, "thermal paper has no grey").toBe(true);
  for (const name of ["Imprimer", "WhatsApp", "Nouvelle vente"]) await expect(page.getByText(name, { exact: true })).toBeHidden();
});

test("a receipt is shared as plain text", async ({ shop, browser }) => {
  const { page } = await sold(shop, browser);
  const to = new URL((await page.getByRole("link", { name: "WhatsApp" }).getAttribute("href"))!);
  const text = to.searchParams.get("text")!.replaceAll(/[\u00a0\u202f]/g, " ").replace(WHEN, "DATE");
  expect(text).toBe(`Boutique Kaloum
Reçu A-000001
DATE
1 × Ail 250 g : 9 000 GNF
2 × Gingembre 250 g : 12 000 GNF
Total : 21 000 GNF`);
});

/** Nothing sticks out at the side: what does is lost to who reads at this size. */
async function fits(page: Page, where: string) {
  const out = await page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    const lost = [...document.querySelectorAll("body *")].filter((part) => {
      const { right, width, height } = part.getBoundingClientRect();
      return width > 0 && height > 0 && right > wide + 1;
    });
    return { scrolls: document.documentElement.scrollWidth > wide, lost: lost.slice(0, 3).map((part) => part.outerHTML.slice(0, 120)) };
  });
  expect.soft(out, where).toEqual({ scrolls: false, lost: [] });
}

test("at twice the text size every screen still fits a phone", async ({ shop, browser }) => {
  const { context, page } = await sold(shop, browser);
  const sale = new URL(page.url()).searchParams.get("id");
  await context.addInitScript(() => document.documentElement.style.setProperty("font-size", "200%"));
  const screens = ["/", "/vente", `/recu?id=${sale}`, "/ventes", `/ventes/vente?id=${sale}`, "/stock", "/stock/nouveau", "/stock/comptage", "/depenses", "/a-decider", "/parametres", "/parametres/personnes", "/parametres/telephones"];
  for (const path of screens) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("link", { name: "À jour" }).first()).toBeVisible();
    await fits(page, path);
  }
  await page.goto("/vente");
  await add(page, "Ail 250 g").click();
  await page.getByRole("link", { name: /^Encaisser/ }).click();
  await fits(page, "Encaisser");
  await page.getByRole("button", { name: "Espèces : compte exact" }).click();
  await expect(page.getByText("Vente confirmée")).toBeVisible();
});
