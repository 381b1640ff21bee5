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

async function picture(page: Page, path: string) {
  const own = page.viewportSize()!;
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await page.screenshot({ path: `${path} ${size.width}.png`, fullPage: true });
  }
  await page.setViewportSize(own);
}
