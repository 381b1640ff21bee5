// Scanning: a scanner that types, and the phone's camera.
import { chromium, type Browser, type Page } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import config from "../playwright.config";
import { film } from "../support/camera";
import { scan, type, typeThenScan } from "../support/keyboard";
import { looksRight } from "../support/looks";
import { add, expect, test } from "../support/shop";

const RICE = { name: "Riz importé 5 kg", code: "6110004010746" };
const OIL = { name: "Huile végétale 5 L", code: "6110004011118" };

function inCart(page: Page, product: string, units: number) {
  return expect(add(page, product)).toContainText(`×\u202f${units}`);
}

test("a scanner that types puts products into the cart, whatever was touched before", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await scan(page, RICE.code);
  await inCart(page, RICE.name, 1);
  // A product was tapped, and has the keyboard.
  await add(page, OIL.name).click();
  await scan(page, RICE.code);
  await inCart(page, RICE.name, 2);
  await inCart(page, OIL.name, 1);
  // Somebody was looking for something: with the keyboard in the field, and without.
  const field = page.getByRole("searchbox");
  await field.fill("riz");
  await scan(page, OIL.code);
  await expect(field).toHaveValue("");
  await inCart(page, OIL.name, 2);
  await field.fill("riz");
  await add(page, RICE.name).focus();
  await scan(page, OIL.code);
  await expect(field).toHaveValue("");
  await inCart(page, OIL.name, 3);
});

test("on Stock a scanner opens the product, or offers to create it", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await page.getByRole("link", { name: "Stock", exact: true }).click();
  await expect(page.getByRole("list", { name: "Produits" }).getByRole("listitem").first()).toBeVisible();
  await scan(page, OIL.code);
  await expect(page.getByRole("heading", { name: OIL.name })).toBeVisible();
  await page.getByRole("link", { name: "Retour au stock" }).click();
  await expect(page.getByRole("searchbox")).toBeVisible();
  await scan(page, "6110009990001");
  await expect(page.getByRole("link", { name: "Créer « 6110009990001 »" })).toBeVisible();
});

test("a code that lands on a quantity puts its product into the cart, and the quantity stays", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await add(page, RICE.name).click();
  await page.getByRole("button", { name: /articles?$/ }).click();
  const quantity = page.getByRole("group", { name: `Quantité, ${RICE.name}` }).getByRole("textbox");
  await quantity.click();
  await scan(page, OIL.code);
  await inCart(page, OIL.name, 1);
  await expect(quantity).toHaveValue("1");
  // What a hand typed before it counts, and the same product comes on top of it.
  await quantity.press("ControlOrMeta+a");
  await typeThenScan(page, "3", RICE.code);
  await inCart(page, RICE.name, 4);
  await expect(quantity).toHaveValue("4");
  // A hand's figures and Enter are a quantity, however many.
  await quantity.press("ControlOrMeta+a");
  await type(page, "120000");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^120\s001\sarticles$/ })).toBeVisible();
  await scan(page, "6110009990001");
  await expect(quantity).toHaveValue("120000");
  await expect(page.getByRole("searchbox")).toHaveValue("6110009990001");
  // An unknown code is not in the way of the next.
  await page.getByRole("searchbox").focus();
  await scan(page, OIL.code);
  await inCart(page, OIL.name, 2);
});

test("a code that lands on what was counted books nothing", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await page.goto("/stock/comptage");
  await page.getByRole("searchbox").fill(RICE.name);
  await page.getByRole("button", { name: `Compter ${RICE.name}` }).click();
  const counted = page.getByLabel("Compté", { exact: true });
  await expect(counted).toBeFocused();
  // Nothing is typed yet: the code is of what is counted next.
  await scan(page, OIL.code);
  await expect(page.getByRole("heading", { name: OIL.name })).toBeVisible();
  await expect(counted).toBeFocused();
  await typeThenScan(page, "5", RICE.code);
  await expect(page.getByText("Enregistrez ou annulez d’abord ce comptage.")).toBeVisible();
  await expect(page.getByRole("heading", { name: OIL.name })).toBeVisible();
  await expect(counted).toHaveValue("5");
  await expect(page.getByRole("list", { name: "Comptés" })).toBeHidden();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Comptés" })).toContainText(`${OIL.name}5`);
  // Where nothing has the keyboard, the next code is looked for, whatever stood there.
  await scan(page, RICE.code);
  await expect(page.getByRole("heading", { name: RICE.name })).toBeVisible();
  await expect.poll(async () => (await shop.truth()).stock(OIL.name)).toBe(5);
});

test("on screens that take no code one changes no number, presses nothing and sells nothing", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  // Produit: goods that are being received.
  await page.goto(`/stock?q=${encodeURIComponent(RICE.name)}`);
  await page.getByRole("link", { name: new RegExp(`^${RICE.name}`) }).click();
  await page.getByRole("button", { name: "Recevoir" }).click();
  const quantity = page.getByLabel("Quantité");
  await quantity.focus();
  await typeThenScan(page, "7", OIL.code);
  await expect(quantity).toHaveValue("7");
  const price = page.getByLabel("Prix de vente");
  const before = await price.inputValue();
  await price.focus();
  await scan(page, OIL.code);
  await expect(price).toHaveValue(before);
  await expect(quantity).toHaveValue("7");
  // Encaisser: the button that pays has the keyboard.
  await page.goto("/vente");
  await add(page, RICE.name).click();
  await page.getByRole("link", { name: /^Encaisser/ }).click();
  const exact = page.getByRole("button", { name: "Espèces : compte exact" });
  await exact.focus();
  await scan(page, OIL.code);
  const given = page.getByLabel("Reçu du client");
  await given.focus();
  await scan(page, OIL.code);
  await expect(given).toHaveValue("");
  expect(await shop.sales()).toEqual([]);
  await exact.focus();
  await page.keyboard.press("Enter"); // a hand's
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  // Reçu: what leads on has the keyboard.
  await page.getByRole("link", { name: "Nouvelle vente" }).focus();
  await scan(page, OIL.code);
  await expect(page.getByText("Vente confirmée")).toBeVisible();
  expect((await shop.truth()).sales).toHaveLength(1);
});

test("a new product takes codes one after the other", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await page.goto("/stock/nouveau?code=6110009990001");
  await page.getByLabel("Nom", { exact: true }).fill("Sardines 125 g");
  await page.getByLabel("Prix de vente").fill("8.000");
  const codes = page.getByLabel("Codes-barres");
  await codes.focus();
  await codes.press("End");
  await scan(page, "6110009990002");
  await scan(page, "6110009990003");
  await scan(page, "6110009990002");
  await expect(codes).toHaveValue("6110009990001 6110009990002 6110009990003 ");
  await page.keyboard.press("Enter"); // a hand's
  await expect(page.getByRole("heading", { name: "Sardines 125 g" })).toBeVisible();
  await page.goto("/vente");
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible(); // whoever listens to scanners is there
  await scan(page, "6110009990003");
  await inCart(page, "Sardines 125 g", 1);
});

/** A browser whose camera is this film, or one of its own. */
async function withCamera(use: (browser: Browser) => Promise<void>, code?: string) {
  const folder = mkdtempSync(join(tmpdir(), "comptoir-camera-"));
  const file = join(folder, "film.y4m");
  if (code) film(file, code);
  const { launchOptions } = config.use!;
  const args = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"];
  if (code) args.push(`--use-file-for-fake-video-capture=${file}`);
  const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions!.args!, ...args] });
  await use(browser).finally(() => browser.close());
  rmSync(folder, { recursive: true, force: true });
}

/** What a phone would do that this machine cannot. */
function listenToVibrations(page: Page) {
  return page.addInitScript(() => {
    const felt: number[] = [];
    Object.assign(window, { felt });
    navigator.vibrate = (pattern) => felt.push(Number(pattern)) > 0;
  });
}

const felt = (page: Page) => page.evaluate(() => (window as unknown as { felt: number[] }).felt.length);

const camera = (page: Page) => page.getByRole("region", { name: "Caméra" });

test("the camera reads a barcode on goods, once each time it is held before it", async ({ shop }) => {
  await withCamera(async (browser) => {
    const { page } = await shop.phone(browser, "Comptoir");
    await listenToVibrations(page);
    await page.reload();
    await page.getByRole("button", { name: "Scanner avec la caméra" }).click();
    await expect(camera(page).getByRole("status")).toHaveText(`${RICE.name} : ajouté.`);
    await looksRight(page, "Vendre, the camera open");
    await inCart(page, RICE.name, 2);
    expect(await felt(page)).toBeGreaterThanOrEqual(2);
    await expect(camera(page).getByRole("button", { name: "Lampe" })).toBeHidden(); // this camera has none
    // It is let go of as soon as nobody looks.
    await page.evaluate(() => Object.assign(window, { stream: document.querySelector("video")!.srcObject }));
    await camera(page).getByRole("button", { name: "Fermer la caméra" }).click();
    await expect(camera(page)).toHaveCount(0);
    expect(await page.evaluate(() => (window as unknown as { stream: MediaStream }).stream.active)).toBe(false);
  }, RICE.code);
});

test("a browser that reads codes by itself is asked to, with its lamp", async ({ shop }) => {
  await withCamera(async (browser) => {
    const { context, page } = await shop.phone(browser, "Comptoir");
    await context.addInitScript(() => {
      const asked: unknown[] = [];
      const state = { asked, sees: "", lamp: [] as unknown[] };
      Object.assign(window, { state });
      class BarcodeDetector {
        static getSupportedFormats = async () => ["ean_13", "qr_code", "code_128"];
        constructor(options: unknown) {
          asked.push(options);
        }
        async detect(video: HTMLVideoElement) {
          if (!(video instanceof HTMLVideoElement) || video.videoWidth === 0) throw new Error("no picture");
          return state.sees ? [{ rawValue: state.sees, format: "ean_13" }] : [];
        }
      }
      Object.assign(window, { BarcodeDetector });
      MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true }) as MediaTrackCapabilities;
      MediaStreamTrack.prototype.applyConstraints = async (constraints) => void state.lamp.push(constraints);
    });
    await page.reload();
    const fetched: string[] = [];
    page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
    await page.getByRole("button", { name: "Scanner avec la caméra" }).click();
    const lamp = camera(page).getByRole("button", { name: "Lampe" });
    await lamp.click();
    await expect(lamp).toHaveAttribute("aria-pressed", "true");
    await page.evaluate((code) => Object.assign((window as unknown as { state: object }).state, { sees: code }), OIL.code);
    await inCart(page, OIL.name, 1);
    await page.evaluate(() => Object.assign((window as unknown as { state: object }).state, { sees: "6110009990001" }));
    await expect(page.getByRole("link", { name: "Créer « 6110009990001 »" })).toBeVisible();
    const state = await page.evaluate(() => (window as unknown as { state: { asked: unknown[]; lamp: unknown[] } }).state);
    expect(state.asked).toEqual([{ formats: ["ean_13", "code_128"] }]);
    expect(state.lamp).toEqual([{ advanced: [{ torch: true }] }]);
    expect(fetched.filter((path) => path.includes("decoder"))).toEqual([]);
  });
});

test("without leave the camera says what to do", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Comptoir");
  await page.getByRole("button", { name: "Scanner avec la caméra" }).click();
  await expect(camera(page)).toContainText(/La caméra n’est pas permise|Pas de caméra ici/);
  await looksRight(page, "Vendre, no camera");
  await camera(page).getByRole("button", { name: "Fermer la caméra" }).click();
  await add(page, RICE.name).click();
  await inCart(page, RICE.name, 1);
});

test("the camera fills in the code of a new product", async ({ shop }) => {
  await withCamera(async (browser) => {
    const { page } = await shop.phone(browser, "Comptoir");
    await page.goto("/stock/nouveau");
    await page.getByRole("button", { name: "Scanner avec la caméra" }).click();
    await expect(camera(page).getByRole("status")).toHaveText(`${RICE.code} : ajouté.`);
    await expect(page.getByLabel("Codes-barres")).toHaveValue(RICE.code);
    // It is of another product already, which is told and not forbidden.
    await expect(page.getByText(`${RICE.name} existe déjà`)).toBeVisible();
    await looksRight(page, "Nouveau produit, the camera open");
    await page.getByRole("link", { name: "Voir ce produit" }).click();
    await expect(page.getByRole("heading", { name: RICE.name })).toBeVisible();
  }, RICE.code);
});
