// Axe with all its default rules, in light and in dark. `PICTURES=folder make browser-tests` also takes a picture of every
// state that is looked at so, at both sizes: what is ugly is seen by a person alone.
import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";
import { join } from "node:path";

const SIZES = [{ width: 360, height: 740 }, { width: 1280, height: 800 }];

export async function looksRight(page: Page, where: string) {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any.map((check) => check.message)}`));
    expect.soft(found, `${where}, ${colorScheme}`).toEqual([]);
    if (process.env.PICTURES) await picture(page, join(process.env.PICTURES, `${where}, ${colorScheme}`));
  }
}

/** As a person sees it; and what lies below, where that is more than the screen. */
async function picture(page: Page, path: string) {
  const own = page.viewportSize()!;
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.screenshot({ path: `${path} ${size.width}.png` });
    const began = await page.evaluate(() => scrollY);
    const moved = await page.evaluate(() => (scrollTo(0, document.body.scrollHeight), scrollY));
    if (moved !== began) await page.screenshot({ path: `${path} ${size.width} below.png` });
    await page.evaluate((began) => scrollTo(0, began), began);
  }
  await page.setViewportSize(own);
}
