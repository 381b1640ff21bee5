// A receipt on paper and by WhatsApp, and screens read at twice the size.
import type { Browser, Page } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** What WhatsApp is given, where its link is not shown too. */
async function message(page: Page) {
  const to = new URL((await page.locator("a", { hasText: "WhatsApp" }).getAttribute("href"))!);
  return to.searchParams.get("text")!.replaceAll(/[\u00a0\u202f]/g, " ").replace(WHEN, "DATE");
}

test("a receipt is shared as plain text", async ({ shop, browser }) => {
  const { page } = await sold(shop, browser);
  expect(await message(page)).toBe(`Boutique Kaloum
Reçu A-000001
DATE
Servi par Mariama Diallo
1 × Ail 250 g : 9 000 GNF
2 × Gingembre 250 g : 12 000 GNF
Total : 21 000 GNF
Espèces : 21 000 GNF
Merci et à bientôt`);
});

/** Two packets of ginger, which are 12 000 GNF, to be paid. */
async function toPay(page: Page) {
  await page.goto("/vente");
  for (let n = 0; n < 2; n++) await add(page, "Gingembre 250 g").click();
  await page.getByRole("link", { name: /^Encaisser/ }).click();
}

const paper = (page: Page) => page.getByRole("article", { name: /^Reçu / });

test("a receipt says what Orange Money paid and what was given back, on paper and as a message", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await toPay(page);
  await page.getByRole("radio", { name: "Orange Money" }).check();
  await page.getByLabel("Référence Orange Money").fill("PP261128.0915");
  await page.getByLabel("Montant, si ce n’est pas tout").fill("8 000");
  await page.getByRole("button", { name: /^Encaisser/ }).click();
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(paper(page)).toMatchAriaSnapshot(`
    - article "Reçu A-000001":
      - status: Vente confirmée
      - list:
        - listitem: /Gingembre 250 g 2 × 6.000 12.000.GNF/
      - text: /Total 12.000.GNF Orange Money PP261128.0915 8.000.GNF Espèces 4.000.GNF/
  `);
  expect(await message(page)).toContain("Total : 12 000 GNF\nOrange Money PP261128.0915 : 8 000 GNF\nEspèces : 4 000 GNF\nMerci");
  await page.emulateMedia({ media: "screen" });
  await toPay(page);
  await page.getByLabel("Reçu du client").fill("20 000");
  await page.getByRole("button", { name: /^Encaisser/ }).click();
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(paper(page)).toMatchAriaSnapshot(`
    - article "Reçu A-000002":
      - text: /Total 12.000.GNF Espèces 20.000.GNF Rendu 8.000.GNF/
  `);
  expect(await message(page)).toContain("Espèces : 20 000 GNF\nRendu : 8 000 GNF");
});

test("a sale that waits, and one that was voided, leave the shop as such", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await toPay(page);
  await page.getByRole("button", { name: "Espèces : compte exact" }).click();
  await expect(page.getByText("En attente de synchronisation")).toBeVisible();
  const waiting = "En attente de confirmation";
  await expect(paper(page).getByText(waiting)).toBeHidden(); // the screen says it in its own words
  await page.emulateMedia({ media: "print" });
  await expect(paper(page).getByText(waiting)).toBeVisible();
  await expect(paper(page).getByText("En attente de synchronisation")).toBeHidden();
  expect(await message(page)).toContain(`Boutique Kaloum\n*${waiting}*\nReçu A-000001`);
  await page.emulateMedia({ media: "screen" });
  await context.setOffline(false);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  expect(await message(page)).not.toContain(waiting);
  await page.getByRole("link", { name: "Annuler ou vendre à nouveau" }).click();
  await page.getByRole("button", { name: "Annuler la vente", exact: true }).click();
  await page.getByRole("button", { name: "Erreur de saisie" }).click();
  await page.getByRole("button", { name: "Oui, annuler la vente" }).click();
  await expect(paper(page)).toContainText("Vente annulée");
  await page.emulateMedia({ media: "print" });
  await expect(paper(page).getByText("ANNULÉE", { exact: true })).toBeVisible();
  await expect(paper(page).getByText("Vente annulée", { exact: true })).toBeHidden();
  expect(await message(page)).toContain("Boutique Kaloum\n*ANNULÉE*\nReçu A-000001");
});

test("where the shop is, its last line, and a name of 150 letters fit the roll", async ({ shop, browser }) => {
  const long = `PARACETAMOL ${"comprimé pelliculé sécable, plaquette thermoformée ".repeat(3)}`.slice(0, 140).trim() + " de 30";
  const file = join(tmpdir(), `comptoir-paper-${process.pid}.csv`);
  writeFileSync(file, `name,price,stock\n"${long}",1500,9\n`);
  shop.run("import", file);
  const { page } = await shop.phone(browser, "Un");
  await page.goto("/parametres");
  const form = page.getByRole("region", { name: "Boutique", exact: true });
  await form.getByLabel("Adresse").fill("Marché Madina, allée 4");
  await form.getByLabel("Téléphone").fill("620 00 00 00");
  await form.getByLabel("Bas du reçu").fill("Échange sous 3 jours");
  await form.getByRole("button", { name: "Enregistrer" }).click();
  await expect(form.getByText("Enregistré")).toBeVisible();
  await page.goto("/vente");
  await page.getByRole("searchbox").fill("PARACETAMOL");
  await add(page, long).click();
  await sellExact(page);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(paper(page)).toMatchAriaSnapshot(`
    - article "Reçu A-000001":
      - heading "Boutique Kaloum" [level=2]
      - paragraph: Marché Madina, allée 4
      - paragraph: 620 00 00 00
      - status: Vente confirmée
      - list:
        - listitem: /PARACETAMOL comprimé pelliculé .* de 30 1 × 1.500 1.500.GNF/
      - paragraph: Échange sous 3 jours
  `);
  const out = await paper(page).evaluate((paper) => {
    const { right } = paper.getBoundingClientRect();
    return [...paper.querySelectorAll("*")].filter((part) => part.getBoundingClientRect().right > right + 1).map((part) => part.outerHTML.slice(0, 120));
  });
  expect(out).toEqual([]);
  const said = await message(page);
  expect(said).toContain("Boutique Kaloum\nMarché Madina, allée 4\n620 00 00 00\nReçu A-000001");
  expect(said).toContain(`1 × ${long} : 1 500 GNF`);
  expect(said).toMatch(/\nÉchange sous 3 jours$/);
});

test("Imprimer asks the browser to print", async ({ shop, browser }) => {
  const { page } = await sold(shop, browser);
  await page.evaluate(() => (window.print = () => void ((window as any).printed = ((window as any).printed ?? 0) + 1)));
  await page.getByRole("button", { name: "Imprimer" }).click();
  expect(await page.evaluate(() => (window as any).printed)).toBe(1);
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
  const garlic = (await shop.truth()).id("Ail 250 g");
  const screens = [`/stock/produit?id=${garlic}`, "/stock/import", "/depenses/depense", "/", "/vente", `/recu?id=${sale}`, "/ventes", `/ventes/vente?id=${sale}`, "/stock", "/stock/nouveau", "/stock/comptage", "/depenses", "/a-decider", "/parametres", "/parametres/personnes", "/parametres/telephones"];
  for (const path of screens) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("link", { name: "À jour" }).first()).toBeVisible();
    await fits(page, path);
  }
  await page.goto("/vente");
  await add(page, "Ail 250 g").click();
  await page.getByRole("button", { name: /1 article/ }).click();
  await fits(page, "Vendre, the cart open");
  await page.getByRole("link", { name: /^Encaisser/ }).click();
  await fits(page, "Encaisser");
  await page.getByRole("button", { name: "Espèces : compte exact" }).click();
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await page.goto("/connexion");
  await expect(page.getByRole("heading", { name: "Qui êtes-vous ?" })).toBeVisible();
  await fits(page, "people");
  await page.getByRole("button", { name: "Mariama Diallo" }).click();
  await fits(page, "the PIN pad");
  await page.goto("/parametres");
  await page.getByRole("button", { name: "Verrouiller", exact: true }).click();
  await expect(page.getByText("Comptoir est verrouillé")).toBeVisible();
  await fits(page, "locked");
});
