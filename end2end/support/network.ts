// What a test does to the requests of a phone.
import type { BrowserContext, Page, Route } from "@playwright/test";

const PUSH = "**/api/v1/push";
const SYNC = /\/api\/v1\/(push|pull|events)/;

/** Holds requests back until they are let go. */
export class Held {
  private waiting: Route[] = [];
  private holds = true;

  static pushes(on: Page | BrowserContext) {
    return Held.all(on, PUSH);
  }

  static sync(on: Page | BrowserContext) {
    return Held.all(on, SYNC);
  }

  private static async all(on: Page | BrowserContext, requests: string | RegExp): Promise<Held> {
    const held = new Held();
    await on.route(requests, async (route) => {
      if (held.holds) held.waiting.push(route);
      else await route.continue();
    });
    return held;
  }

  get count() {
    return this.waiting.length;
  }

  hold() {
    this.holds = true;
  }

  /** Lets what was held go on to the server, and everything after it. */
  async release() {
    this.holds = false;
    await Promise.all(this.waiting.splice(0).map((route) => route.continue()));
  }
}

/** Lets the first push with a sale reach the server, and loses its answer. Returns that answer. */
export async function loseOneAnswer(page: Page): Promise<{ answer?: any }> {
  const lost: { answer?: any } = {};
  await page.route(PUSH, async (route) => {
    if (lost.answer || !route.request().postData()?.includes("record_sale")) return route.continue();
    const answer = await route.fetch();
    lost.answer = await answer.json();
    await route.abort("connectionreset");
  });
  return lost;
}

/** The pushes that carried a sale, as they were sent from now on. */
export function salePushes(on: Page | BrowserContext): any[] {
  const pushes: any[] = [];
  const note = (request: { url(): string; postData(): string | null }) => {
    const body = request.url().endsWith("/api/v1/push") ? request.postData() : null;
    if (body?.includes("record_sale")) pushes.push(JSON.parse(body).request);
  };
  on.on("request" as any, note);
  return pushes;
}
