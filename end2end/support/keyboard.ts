// What types: a hand, and a scanner.
import type { Locator, Page } from "@playwright/test";

/** No hand is quicker, and no scanner slower. */
const KEY_MS = 120;

/** As a hand does it. */
export function type(page: Page, text: string) {
  return page.keyboard.type(text, { delay: KEY_MS });
}

/** As a scanner does it: all figures at once, and Enter. */
export async function scan(page: Page, code: string) {
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
}

/** A hand lets go, and takes up the scanner. */
export async function typeThenScan(page: Page, typed: string, code: string) {
  await page.keyboard.type(typed, { delay: 2 * KEY_MS });
  await scan(page, code);
}

/** By Tab alone. */
export async function tabTo(page: Page, target: Locator, most = 40) {
  for (let n = 0; n < most; n++) {
    await page.keyboard.press("Tab");
    if ((await target.count()) > 0 && (await target.evaluate((element) => element === document.activeElement))) return;
  }
  throw new Error(`not reached by ${most} Tabs`);
}

/** Tab, and Enter. */
export async function press(page: Page, target: Locator, most = 40) {
  await tabTo(page, target, most);
  await page.keyboard.press("Enter");
}
