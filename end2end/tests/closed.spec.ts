// A phone whose app is closed is told of a refused sale and of edits that clash. Chromium has no push service here: an endpoint of the test's
// stands for it, and the developer tools bring the worker what such a service would.
import { createECDH, randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { notificationsOf } from "../support/notifications";
import { add, expect, sellExact, Shop, test } from "../support/shop";

const PRODUCT = "Gingembre 250 g"; // nine in stock

/** Who is sent what; the first to come is waited for. */
async function service() {
  let came: (headers: IncomingHttpHeaders) => void;
  const first = new Promise<IncomingHttpHeaders>((done) => (came = done));
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(201).end());
    came(request.headers);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { first, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`, close: () => server.close() };
}

test("who asks for it is told while the app is closed", async ({ browser, shop: without }) => {
  const key = without.run("push-key").trim();
  const settings = { COMPTOIR_PUSH_KEY: key, COMPTOIR_PUSH_CONTACT: "mailto:owner@shop.example", COMPTOIR_PUSH_HOSTS: "127.0.0.1" };
  const [shop, push] = [await Shop.open("sqlite", settings), await service()];
  const { context: away, page: two } = await shop.phone(browser, "Deux");
  await away.grantPermissions(["notifications"]);
  const ecdh = createECDH("prime256v1");
  const keys = { p256dh: ecdh.generateKeys("base64url"), auth: randomBytes(16).toString("base64url") };
  await away.addInitScript(
    (subscription) => {
      const subscribed = { ...subscription, toJSON: () => subscription, unsubscribe: async () => Boolean(sessionStorage.removeItem("subscribed")) || true };
      PushManager.prototype.subscribe = async (options) => {
        sessionStorage.setItem("subscribed", String(options!.applicationServerKey));
        return subscribed as unknown as PushSubscription;
      };
      PushManager.prototype.getSubscription = async () => null;
    },
    { endpoint: push.endpoint, keys },
  );
  await two.evaluate(() => navigator.serviceWorker.ready);
  await two.goto("/parametres");
  // Permission was given before; asking again begins the subscription.
  await two.evaluate(() => Object.defineProperty(Notification, "permission", { get: () => "granted" }));
  const notices = two.getByRole("region", { name: "Notifications" });
  await notices.getByRole("button", { name: "Prévenir même quand il est fermé" }).click();
  await expect(notices).toContainText("même quand Comptoir est fermé");
  expect(await two.evaluate(() => sessionStorage.getItem("subscribed"))).toMatch(/^[\w-]{87}$/);
  await two.close();

  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: three } = await shop.phone(browser, "Trois");
  await context.setOffline(true);
  for (const page of [one, three]) {
    for (let n = 0; n < 9; n++) await add(page, PRODUCT).click();
    await sellExact(page);
  }
  await expect(three.getByText("Vente confirmée")).toBeVisible();
  await context.setOffline(false);
  const headers = await push.first;
  expect(headers).toMatchObject({ "content-encoding": "aes128gcm", urgency: "high", authorization: expect.stringMatching(/^vapid t=/) });
  push.close();
  await shop.close();
});

test("what the service brings is shown by the worker alone", async ({ shop, browser }) => {
  const { context, page } = await shop.phone(browser, "Un");
  await context.grantPermissions(["notifications"]);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const [notifications, told] = [await notificationsOf(page), [] as string[]];
  const devtools = await context.newCDPSession(page);
  const registered = new Promise<string>((done) => {
    devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => registrations[0] && done(registrations[0].registrationId));
  });
  await devtools.send("ServiceWorker.enable");
  const brings = async (message: object, shown: string) => {
    const data = JSON.stringify(message);
    await devtools.send("ServiceWorker.deliverPushMessage", { origin: shop.url, registrationId: await registered, data });
    told.push(shown);
    await expect.poll(() => notifications).toEqual(told);
  };
  await brings({ refused: "B-000007" }, "Vente B-000007 refusée · À décider dans Comptoir.");
  await brings({ clash: "product" }, "Deux valeurs différentes · À décider dans Comptoir.");
  await page.goto("/parametres");
  await page.getByRole("radio", { name: "English" }).check();
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await brings({ refused: "B-000008" }, "Sale B-000008 refused · To decide in Comptoir.");
});
