// G3, G6: without network, without server, and when an answer is lost on its way back.
import { loseOneAnswer, salePushes } from "../support/network";
import { OWNER, add, expect, row, sellExact, signIn, test } from "../support/shop";

const PENDING = "En attente de synchronisation";
const CONFIRMED = "Vente confirmée";

test("G3: sold offline, reloaded offline, back online: once on the server", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText(PENDING)).toBeVisible();
  await page.reload();
  await expect(page.getByText(PENDING)).toBeVisible();
  await expect(page.getByRole("link", { name: /Hors ligne/ })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText(CONFIRMED)).toBeVisible();
  expect(await shop.sales()).toEqual(["A-000001"]);
  expect((await shop.truth()).stock("Ail 250 g")).toBe(11);
});

test("G3: every route opens after a cold start in aeroplane mode", async ({ shop, profile }) => {
  const page = await shop.phoneIn(await profile.start(shop.url), "Un");
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText(CONFIRMED)).toBeVisible();
  const receipt = new URL(page.url());
  const garlic = (await shop.truth()).id("Ail 250 g");
  await page.evaluate(() => navigator.serviceWorker.ready);
  // Nothing runs any more: no browser, no server; and then there is no network either.
  await profile.stop();
  await shop.stop();
  const context = await profile.start(shop.url);
  await context.setOffline(true);
  // Of a screen that is a file of its own, more than the frame.
  const screens: [string, RegExp, string?][] = [
    ["/", /Boutique Kaloum/, "1 vente"],
    ["/vente", /^Vendre$/],
    [`/recu${receipt.search}`, /^Reçu$/],
    ["/ventes", /^Ventes$/, "A-000001 · Mariama Diallo"],
    [`/ventes/vente${receipt.search}`, /^Vente$/, "(A) · ce téléphone"],
    ["/stock", /^Stock$/, "Allumettes, paquet de 10"],
    [`/stock/produit?id=${garlic}`, /^Produit$/, "Stock de départ"],
    ["/stock/nouveau", /^Nouveau produit$/, "Il y en a maintenant"],
    ["/stock/import", /^Importer des produits$/, "Choisir le fichier"],
    ["/depenses", /^Dépenses$/, "Pas de dépense"],
    ["/depenses/depense", /^Nouvelle dépense$/, "Électricité"],
    ["/stock/comptage", /^Compter$/, "Cherchez ou scannez un produit"],
    ["/a-decider", /^À décider$/, "Rien à décider"],
    ["/parametres", /^Paramètres$/, "Ce qui attend d’être envoyé reste sur ce téléphone."],
    ["/parametres/personnes", /^Personnes$/, "Rien ne change ici sans le serveur. On vend sans."],
    ["/parametres/telephones", /^Téléphones$/, "Rien ne change ici sans le serveur. On vend sans."],
    ["/connexion", /^Qui êtes-vous \?$/],
    // Without a cart there is nothing to pay.
    ["/vente/paiement", /^Vendre$/],
  ];
  const cold = context.pages()[0];
  for (const [path, title, content] of screens) {
    await cold.goto(path);
    await expect(cold.getByRole("heading", { level: 1, name: title }), path).toBeVisible();
    if (content) await expect(cold.getByText(content).first(), path).toBeVisible();
    if (path.startsWith("/recu")) await expect(cold.getByRole("article", { name: "Reçu A-000001" })).toContainText(CONFIRMED);
    if (path === "/vente") await expect(row(cold, "Ail 250 g", "11 en stock")).toBeVisible();
  }
  // And it sells.
  await add(cold, "Ail 250 g").click();
  await sellExact(cold);
  await expect(cold.getByRole("article", { name: "Reçu A-000002" })).toContainText(PENDING);
});

test("the server away, then back: the sale is sent once", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await shop.stop();
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  await expect(page.getByText(PENDING)).toBeVisible();
  await shop.start();
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(page.getByText(CONFIRMED)).toBeVisible();
  expect(await shop.sales()).toEqual(["A-000001"]);
});

test("answer_lost_then_retried: one sale, the same verdict", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  const lost = await loseOneAnswer(page);
  const pushes = salePushes(page);
  const replayed = page.waitForResponse(async (response) => response.url().endsWith("/push") && (await response.text()).includes('"replayed":true'));
  await add(page, "Ail 250 g").click();
  await sellExact(page);
  const again = await (await replayed).json();
  await expect(page.getByText(CONFIRMED)).toBeVisible();
  const [first, second] = pushes.map((push) => push.mutations[0]);
  expect(second).toEqual(first);
  expect(lost.answer.answers[0].replayed ?? false).toBe(false);
  expect(again.answers[0]).toEqual({ ...lost.answer.answers[0], replayed: true });
  const truth = await shop.truth();
  expect([truth.sales.length, truth.stock("Ail 250 g")]).toEqual([1, 11]);
});

test("session_expired_offline_three_days: sells on, asks for a PIN, sends", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un", undefined, { clock: true });
  await page.evaluate(() => navigator.serviceWorker.ready);
  const sell = async (receipt: string) => {
    await page.goto("/vente");
    await add(page, "Ail 250 g").click();
    await sellExact(page);
    await expect(page.getByRole("article", { name: `Reçu ${receipt}` })).toContainText(PENDING);
  };
  await context.setOffline(true);
  await sell("A-000001");
  await page.clock.fastForward(3 * 24 * 3_600_000);
  await sell("A-000002");
  await context.clearCookies();
  await context.setOffline(false);
  await expect(page.getByText("PIN demandé pour envoyer")).toBeVisible();
  await sell("A-000003");
  expect(await shop.sales()).toEqual([]);
  await page.getByRole("link", { name: "Mon PIN" }).click();
  await signIn(page, OWNER);
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  await expect(page.getByText("PIN demandé pour envoyer")).toBeHidden();
  expect(await shop.sales()).toEqual(["A-000001", "A-000002", "A-000003"]);
});
