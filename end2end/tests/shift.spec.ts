// A tap lands where one aimed: what a screen draws as it opens does not push what is drawn already.
import { Held } from "../support/network";
import { add, expect, sellExact, test } from "../support/shop";

/** Each screen, and what is drawn last on it. */
const SCREENS: [string, string][] = [
  ["/", "Crédits"],
  ["/vente", "Ail 250 g"],
  ["/ventes", "1 vente"],
  ["/stock", "Ail 250 g"],
  ["/stock/nouveau", "En importer beaucoup"],
  ["/stock/import", "Ce que le fichier peut contenir"],
  ["/stock/comptage", "Cherchez ou scannez un produit"],
  ["/depenses", "Pas de dépense"],
  ["/credits", "Personne ne doit rien"],
  ["/a-decider", "Rien à décider"],
  ["/parametres", "Tout relire"],
  ["/parametres/personnes", "Ajouter une personne"],
  ["/parametres/telephones", "ce téléphone"],
];

// 344: the shop's name just fits beside "À jour", and not beside more.
for (const [width, height] of [[344, 740], [360, 740], [1280, 800]] as const)
  test(`nothing moves as a screen opens, ${width} wide`, async ({ shop, browser }) => {
    test.slow(); // thirteen screens, on a slowed processor
    const { page } = await shop.phone(browser, "Un");
    await page.setViewportSize({ width, height });
    await add(page, "Ail 250 g").click();
    await sellExact(page);
    await expect(page.getByText("Vente confirmée")).toBeVisible();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.addInitScript(() => {
      type Shift = PerformanceEntry & { value: number; sources: { node?: Element }[] };
      const shifts: Shift[] = [];
      const observer = new PerformanceObserver((list) => shifts.push(...(list.getEntries() as Shift[])));
      observer.observe({ type: "layout-shift", buffered: true });
      const moved = () => {
        shifts.push(...(observer.takeRecords() as Shift[]));
        const large = shifts.filter((shift) => shift.value >= 0.005); // a chip that is told more is wider
        return large.map(({ value, sources }) => [value, ...sources.map(({ node }) => node?.outerHTML?.slice(0, 80))]);
      };
      Object.assign(window, { moved });
    });
    const slow = await page.context().newCDPSession(page);
    await slow.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    const held = await Held.sync(page);
    const chip = (said: string) => page.getByRole("link", { name: said }).first();
    for (const [path, last] of SCREENS) {
      held.hold();
      await page.goto(path);
      await expect(page.getByRole("main").getByText(last).first()).toBeVisible();
      await expect(chip("Connexion…")).toBeVisible();
      await held.release();
      await expect(chip("À jour")).toBeVisible();
      const moved = await page.evaluate(async () => {
        for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame); // what was drawn is painted
        return Reflect.get(window, "moved")();
      });
      expect(moved, path).toEqual([]);
    }
  });
