// Dépenses: what the shop paid for, by month and kind; changed, and taken back with a reason.
import type { Page } from "@playwright/test";
import { looksRight } from "../support/looks";
import { expect, SELLER, test } from "../support/shop";

async function toExpenses(page: Page) {
  await page.goto("/depenses");
  await expect(page.getByRole("heading", { name: "Dépenses", level: 1 })).toBeVisible();
}

/** This month's section. */
const month = (page: Page) => page.getByRole("region", { name: /^\p{L}+ \d{4}$/u });
const listed = (page: Page, what: string | RegExp) => month(page).getByRole("listitem").filter({ hasText: what });

async function spend(page: Page, kind: string, amount: string, note = "") {
  await toExpenses(page);
  await page.getByRole("link", { name: "Nouvelle dépense" }).click();
  await page.getByLabel("Montant").fill(amount);
  const chip = page.getByRole("button", { name: kind, exact: true });
  if (await chip.count()) await chip.click();
  else await page.getByLabel("Type").fill(kind);
  await page.getByLabel("Note (facultative)").fill(note);
  await page.getByRole("button", { name: /^Enregistrer/ }).click();
  await expect(listed(page, kind).first()).toBeVisible();
}

test("expenses made without network wait, add up by month and kind, and reach the other phone", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux", SELLER);
  await one.evaluate(() => navigator.serviceWorker.ready);
  await toExpenses(one);
  await expect(one.getByRole("heading", { name: "Pas de dépense" })).toBeVisible();
  await looksRight(one, "Dépenses, none");
  await one.getByRole("link", { name: "Nouvelle dépense" }).click();
  await expect(one.getByRole("button", { name: "Enregistrer" })).toBeDisabled();
  await looksRight(one, "Nouvelle dépense");
  await context.setOffline(true);
  await spend(one, "Transport", "25 000", "Taxi pour Madina");
  await spend(one, "transport", "5000");
  await spend(one, "Gardien de nuit", "150 000");
  await expect(month(one)).toContainText(/180\s000\sGNF/);
  await expect(listed(one, "Gardien de nuit")).toContainText("En attente");
  await looksRight(one, "Dépenses, three");
  // Kinds that differ in their case alone are one, the largest first.
  const kinds = month(one).getByRole("group", { name: "Types" }).getByRole("button");
  await expect(kinds).toHaveText([/^Gardien de nuit\s*150\s000$/, /^[Tt]ransport\s*30\s000$/]);
  await kinds.nth(1).click();
  await expect(month(one).getByRole("listitem")).toHaveCount(2);
  await kinds.nth(1).click();
  await expect(month(one).getByRole("listitem")).toHaveCount(3);
  await context.setOffline(false);
  await expect(listed(one, "Gardien de nuit")).not.toContainText("En attente");
  await toExpenses(two);
  await expect(month(two)).toContainText(/180\s000\sGNF/);
  await expect(listed(two, "Taxi pour Madina")).toContainText("Mariama Diallo");
});

test("an expense is changed field by field, and taken back with a reason, on both phones", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  await one.evaluate(() => navigator.serviceWorker.ready);
  await spend(one, "Loyer", "900 000", "Novembre");
  await toExpenses(two);
  await expect(listed(two, "Loyer")).toBeVisible();
  // One changes the amount without network, the other the note meanwhile: both stand.
  await context.setOffline(true);
  await listed(one, "Loyer").getByRole("link").click();
  await expect(one.getByRole("button", { name: /^Enregistrer/ })).toBeDisabled(); // nothing changed yet
  await one.getByLabel("Montant").fill("950 000");
  await one.getByRole("button", { name: /^Enregistrer 950\s000\sGNF$/ }).click();
  await expect(listed(one, "Loyer")).toContainText(/950\s000.*En attente/);
  await listed(two, "Loyer").getByRole("link").click();
  await two.getByLabel("Note (facultative)").fill("Novembre, boutique");
  await two.getByRole("button", { name: /^Enregistrer/ }).click();
  await expect(listed(two, "Novembre, boutique")).toBeVisible();
  await context.setOffline(false);
  for (const page of [one, two]) await expect(listed(page, "Novembre, boutique")).toContainText(/950\s000/);
  await listed(two, "Loyer").getByRole("link").click();
  await two.getByRole("button", { name: "Supprimer la dépense" }).click();
  const sure = two.getByRole("button", { name: "Oui, supprimer" });
  await expect(sure).toBeDisabled(); // without a reason
  await two.getByRole("button", { name: "Saisie deux fois" }).click();
  await looksRight(two, "an expense, to be taken back");
  await sure.click();
  for (const page of [one, two]) await expect(page.getByRole("heading", { name: "Pas de dépense" })).toBeVisible();
});

test("what is half typed of an expense is there again, until it is saved", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await toExpenses(page);
  const fresh = page.getByRole("link", { name: "Nouvelle dépense" });
  await fresh.click();
  await page.getByLabel("Montant").fill("beaucoup");
  await expect(page.getByRole("alert")).toHaveText(/^Un montant entier/);
  await page.getByLabel("Montant").fill("25.000");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.getByRole("button", { name: "Loyer", exact: true }).click();
  await page.getByRole("link", { name: "Retour aux dépenses" }).click();
  await fresh.click();
  await expect(page.getByLabel("Montant")).toHaveValue("25.000");
  await expect(page.getByRole("textbox", { name: "Type" })).toHaveValue("Loyer");
  await page.getByLabel("Montant").press("Enter");
  await expect(listed(page, "Loyer")).toContainText(/25\s000/);
  await fresh.click();
  await expect(page.getByLabel("Montant")).toHaveValue("");
});

test("one amount wanted two ways is settled by a person", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  await one.evaluate(() => navigator.serviceWorker.ready);
  await spend(one, "Salaire", "400 000");
  await toExpenses(two);
  await expect(listed(two, "Salaire")).toBeVisible();
  await context.setOffline(true);
  for (const [page, amount] of [[one, "450 000"], [two, "420 000"]] as const) {
    await listed(page, "Salaire").getByRole("link").click();
    await page.getByLabel("Montant").fill(amount);
    await page.getByRole("button", { name: /^Enregistrer/ }).click();
    await expect(listed(page, "Salaire")).toContainText(new RegExp(amount.replace(" ", "\\s")));
  }
  await expect(listed(two, "Salaire")).not.toContainText("En attente"); // it came first
  await context.setOffline(false);
  await one.getByRole("link", { name: "1 à décider" }).first().click();
  await one.getByRole("article", { name: "Dépense modifiée" }).getByRole("button", { name: /^Ici\s*450\s000/ }).click();
  await expect(one.getByRole("heading", { name: "Rien à décider" })).toBeVisible();
  await expect(listed(two, "Salaire")).toContainText(/450\s000/);
});

const DAY_MS = 86_400_000;
/** So many days ago, by the shop's clock, which is UTC: as a field has it, and as people read it. */
function daysAgo(days: number) {
  const iso = new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
  return { iso, said: iso.split("-").reverse().join("/") };
}

test("yesterday's bill lands on yesterday, and on no day to come or of long ago", async ({ shop, browser }) => {
  const { context, page: one } = await shop.phone(browser, "Un");
  const { page: two } = await shop.phone(browser, "Deux");
  await one.evaluate(() => navigator.serviceWorker.ready);
  await toExpenses(one);
  await one.getByRole("link", { name: "Nouvelle dépense" }).click();
  const day = one.getByLabel("Jour de la dépense");
  const save = one.getByRole("button", { name: /^Enregistrer/ });
  await expect(day).toHaveValue(daysAgo(0).iso);
  await one.getByLabel("Montant").fill("60 000");
  await one.getByRole("button", { name: "Électricité" }).click();
  await expect(save).toBeEnabled();
  for (const wrong of [daysAgo(-1), daysAgo(91)]) {
    await day.fill(wrong.iso);
    await expect(one.getByRole("alert")).toHaveText(`Entre le ${daysAgo(90).said} et le ${daysAgo(0).said}`);
    await expect(save).toBeDisabled();
  }
  await looksRight(one, "Nouvelle dépense, a day that cannot be");
  await day.fill(daysAgo(1).iso);
  await expect(one.getByRole("alert")).toHaveCount(0);
  await context.setOffline(true);
  await save.click();
  await expect(listed(one, "Électricité")).toContainText(`${daysAgo(1).said} · Mariama Diallo`);
  await expect(listed(one, "Électricité")).toContainText("En attente");
  await context.setOffline(false);
  await expect(listed(one, "Électricité")).not.toContainText("En attente");
  await toExpenses(two);
  await expect(listed(two, "Électricité")).toContainText(daysAgo(1).said);
  // It was of the day before, as somebody sees on the bill.
  await listed(two, "Électricité").getByRole("link").click();
  await expect(two.getByLabel("Jour de la dépense")).toHaveValue(daysAgo(1).iso);
  await expect(two.getByRole("button", { name: /^Enregistrer/ })).toBeDisabled(); // nothing changed yet
  await two.getByLabel("Jour de la dépense").fill(daysAgo(2).iso);
  await two.getByRole("button", { name: /^Enregistrer/ }).click();
  for (const page of [two, one]) await expect(listed(page, "Électricité")).toContainText(daysAgo(2).said);
  // The last days are those of the bills.
  await two.getByRole("radio", { name: "7 jours" }).check();
  const week = two.getByRole("region", { name: "7 derniers jours" });
  await expect(week).toContainText(/60\s000\sGNF/);
  await expect(two.getByRole("button", { name: "Voir plus ancien" })).toBeHidden();
  await looksRight(two, "Dépenses, seven days");
  await week.getByRole("link", { name: /Électricité/ }).click();
  await two.getByLabel("Jour de la dépense").fill(daysAgo(7).iso);
  await two.getByRole("button", { name: /^Enregistrer/ }).click();
  await two.getByRole("radio", { name: "7 jours" }).check();
  await expect(week).toContainText(/jours\s*0\sGNF/);
});

test("an employee changes their own expense and not another's", async ({ shop, browser }) => {
  const { page: owner } = await shop.phone(browser, "Un");
  const { page: seller } = await shop.phone(browser, "Deux", SELLER);
  await spend(owner, "Loyer", "900 000");
  await spend(seller, "Transport", "10 000");
  await listed(seller, "Loyer").getByRole("link").click();
  await expect(seller.getByText("Seul le propriétaire peut changer cette dépense.")).toBeVisible();
  for (const name of ["Enregistrer", "Supprimer la dépense"]) await expect(seller.getByRole("button", { name })).toHaveCount(0);
  await looksRight(seller, "another's expense");
  await toExpenses(seller);
  await listed(seller, "Transport").getByRole("link").click();
  await seller.getByLabel("Montant").fill("12 000");
  await seller.getByRole("button", { name: /^Enregistrer/ }).click();
  await toExpenses(owner);
  await expect(listed(owner, "Transport")).toContainText(/12\s000/);
});

test("months before those a phone holds are asked of the server", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await spend(page, "Loyer", "900 000");
  const reach = page.getByText(/^Tout depuis le \d\d\/\d\d\/\d{4} est ici\. Le reste est sur le serveur\.$/);
  await expect(reach).toBeVisible();
  const asked: string[] = [];
  page.on("request", (request) => request.postData()?.includes('"past"') && asked.push(request.postData()!));
  await page.getByRole("button", { name: "Voir plus ancien" }).click();
  // The shop is new: there is nothing older, and no more to ask for.
  await expect(page.getByText("C’est tout : il n’y a rien de plus ancien.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Voir plus ancien" })).toHaveCount(0);
  expect(asked.map((body) => JSON.parse(body).request.from.past.days.kind)).toEqual(["expense"]);
  await expect(listed(page, "Loyer")).toHaveCount(1);
});

test("an expense older than a phone holds does not come again once it was taken back", async ({ shop, browser }) => {
  const { page } = await shop.phone(browser, "Un");
  await toExpenses(page);
  const id = "01800000-0000-7000-8000-000000000002";
  const day = Math.floor(Date.now() / 86_400_000) - 100;
  // The shop is new: what it paid a hundred days ago, and what becomes of it, is put into the server's answers.
  await page.route("**/api/v1/pull", async (route) => {
    if (!route.request().postDataJSON().request.from.past) return route.continue();
    const expense = { id, kind: "Loyer", amount: 900_000, note: "" };
    const row = { expense, actor: "01800000-0000-7000-8000-000000000004", at_ms: day * 86_400_000, day };
    await route.fulfill({ json: { server_now_ms: Date.now(), pulled: { past: { rows: { expenses: [row] } } } } });
  });
  await page.route("**/api/v1/push", async (route) => {
    const { cursor, mutations } = route.request().postDataJSON().request;
    if (mutations.length === 0) return route.continue();
    const change = cursor.change + 1;
    const answers = mutations.map(({ key }: { key: string }) => ({ key, verdict: { applied: { change } } }));
    const told = { history: cursor.history, from: cursor.change, to: change, more: false, answers, rows: { gone: [{ kind: "expense", id }] } };
    await route.fulfill({ json: { server_now_ms: Date.now(), history: cursor.history, answers, page: { page: told } } });
  });
  await page.getByRole("button", { name: "Voir plus ancien" }).click();
  await listed(page, "Loyer").getByRole("link").click();
  await page.getByRole("button", { name: "Supprimer la dépense" }).click();
  await page.getByRole("button", { name: "Saisie deux fois" }).click();
  const answered = page.waitForResponse("**/api/v1/push");
  await page.getByRole("button", { name: "Oui, supprimer" }).click();
  await answered;
  await expect(page.getByRole("link", { name: "À jour" })).toBeVisible();
  await expect(listed(page, "Loyer")).toHaveCount(0);
});
