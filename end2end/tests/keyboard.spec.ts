// Without a pointer: one signs in, makes a product, receives goods, writes down an expense and voids a sale.
import { press, tabTo, type } from "../support/keyboard";
import { add, expect, OWNER, SELLER, test } from "../support/shop";

test("one signs in, after another person was chosen by mistake", async ({ shop, browser }) => {
  const page = await (await browser.newContext({ baseURL: shop.url })).newPage();
  await shop.enrol(page, "Comptoir");
  const pad = page.getByRole("group", { name: "Pavé numérique" });
  await press(page, page.getByRole("button", { name: SELLER.name }));
  await expect(pad).toBeFocused();
  await type(page, "14");
  await expect(page.getByLabel("2 chiffres tapés")).toBeVisible();
  await page.keyboard.press("Backspace");
  await expect(page.getByLabel("1 chiffre tapé")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "Qui êtes-vous ?" })).toBeVisible();
  await press(page, page.getByRole("button", { name: OWNER.name }));
  await expect(pad).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Le PIN a 4 à 6 chiffres.", { exact: true })).toBeVisible();
  await type(page, OWNER.pin);
  await page.keyboard.press("Enter");
  await expect(add(page, "Ail 250 g")).toBeVisible();
});

test("one unlocks, whichever key of the pad was tapped before", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await page.goto("/");
  await press(page, page.getByRole("button", { name: "Verrouiller" }));
  await press(page, page.getByRole("button", { name: OWNER.name }));
  await expect(page.getByRole("group", { name: "Pavé numérique" })).toBeFocused();
  await page.getByRole("button", { name: OWNER.pin[0]!, exact: true }).click();
  await type(page, OWNER.pin.slice(1));
  await page.keyboard.press("Enter");
  await expect(page.getByText("Comptoir est verrouillé")).toHaveCount(0);
});

test("one makes a product, and receives more of it", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await page.goto("/stock");
  await press(page, page.getByRole("link", { name: "Nouveau produit" }));
  await tabTo(page, page.getByLabel("Nom", { exact: true }));
  await type(page, "Piment 100 g");
  await tabTo(page, page.getByLabel("Prix de vente"));
  await type(page, "2.500");
  await tabTo(page, page.getByLabel("Il y en a maintenant"));
  await type(page, "30");
  await page.keyboard.press("Enter");
  const stock = page.getByRole("region", { name: "En stock" });
  await expect(stock).toContainText("30 en stock");
  await press(page, stock.getByRole("button", { name: "Recevoir" }));
  await tabTo(page, page.getByLabel("Quantité"));
  await type(page, "12");
  await page.keyboard.press("Enter");
  await expect(stock).toContainText("42 en stock");
  // Its price is changed by Enter too.
  const price = page.getByLabel("Prix de vente");
  await tabTo(page, price);
  await page.keyboard.press("ControlOrMeta+a");
  await type(page, "3000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Stock", exact: true })).toBeVisible();
  await expect.poll(async () => (await shop.truth()).stock("Piment 100 g")).toBe(42);
});

test("one writes down an expense", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await page.goto("/depenses");
  await press(page, page.getByRole("link", { name: "Nouvelle dépense" }));
  await tabTo(page, page.getByLabel("Montant"));
  await type(page, "25000");
  await tabTo(page, page.getByRole("textbox", { name: "Type" }));
  await type(page, "Gardien");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("listitem").filter({ hasText: "Gardien" }).first()).toContainText(/25\s000/);
});

test("one sells, and voids the sale", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await tabTo(page, page.getByRole("searchbox"));
  await type(page, "ail 250");
  await expect(page.getByRole("button", { name: /^Ajouter / })).toHaveCount(1);
  await page.keyboard.press("Enter");
  await press(page, page.getByRole("link", { name: /^Encaisser 9\s000\sGNF$/ }), 80);
  await press(page, page.getByRole("button", { name: "Espèces : compte exact" }));
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  await press(page, page.getByRole("link", { name: "Annuler ou vendre à nouveau" }));
  await press(page, page.getByRole("button", { name: "Annuler la vente" }));
  await press(page, page.getByRole("button", { name: "Erreur de saisie" }));
  await press(page, page.getByRole("button", { name: "Oui, annuler la vente" }));
  await expect(page.getByText("Vente annulée")).toBeVisible();
  await expect.poll(async () => (await shop.truth()).stock("Ail 250 g")).toBe(12);
});
