// What types: a hand, and a scanner.
import { expect, type Locator, type Page } from "@playwright/test";

/** What a quick hand takes for a key; a scanner takes half of it at most (src/device/burst.rs). */
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
  await expect(target).toBeEnabled(); // what is not there yet takes no keyboard
  for (let n = 0; n < most; n++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`not reached by ${most} Tabs`);
}

/** Tab, and Enter. */
export async function press(page: Page, target: Locator, most = 40) {
  await tabTo(page, target, most);
  await page.keyboard.press("Enter");
}
