// A dying phone: another one sends what it holds.
import { readFileSync } from "node:fs";
import { add, expect, row, sellExact, test } from "../support/shop";

test("what a dying phone holds is sent by another one, once, whatever the first does later", async ({ shop, browser }) => {
  const { context, page: dying } = await shop.phone(browser, "Vieux téléphone");
  const { page: other } = await shop.phone(browser, "Autre");
  await dying.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await add(dying, "Ail 250 g").click();
  await sellExact(dying);
  await expect(dying.getByText("En attente de synchronisation")).toBeVisible();
  await dying.goto("/parametres");
  await dying.getByText("Ce téléphone ne peut plus envoyer").click();
  await dying.getByRole("button", { name: "Préparer le fichier" }).click();
  await expect(dying.getByText("1 changement est dans le fichier. Notez ce code :")).toBeVisible();
  const code = (await dying.getByText(/^\d{5}( \d{5}){3}$/).textContent())!;
  const [download] = await Promise.all([dying.waitForEvent("download"), dying.getByRole("button", { name: "Donner le fichier" }).click()]);
  const file = await download.path();
  expect(readFileSync(file).includes("record_sale"), "it is sealed").toBe(false);

  await other.goto("/parametres");
  await other.getByText("Envoyer pour un autre téléphone").click();
  const send = other.getByRole("button", { name: "Envoyer le fichier" });
  await send.click();
  await expect(other.getByText("Choisissez d’abord le fichier.")).toBeVisible();
  await other.getByLabel("Le fichier de l’autre téléphone").setInputFiles(file);
  await other.getByLabel("Son code de 20 chiffres").fill("00000 00000 00000 00000");
  await send.click();
  await expect(other.getByText("Ce code n’ouvre pas ce fichier. Vérifiez les 20 chiffres.")).toBeVisible();
  await other.getByLabel("Son code de 20 chiffres").fill(code);
  for (let times = 0; times < 2; times++) {
    await send.click();
    await expect(other.getByText("Vieux téléphone (A) : 1 changement reçu par le serveur.")).toBeVisible();
  }
  expect(await shop.sales()).toEqual(["A-000001"]);
  await other.goto("/vente");
  await expect(row(other, "Ail 250 g", "11 en stock")).toBeVisible();
  await context.setOffline(false);
  await expect(dying.getByRole("link", { name: "À jour" })).toBeVisible();
  await dying.goto("/vente");
  await expect(row(dying, "Ail 250 g", "11 en stock")).toBeVisible();
  expect(await shop.sales()).toEqual(["A-000001"]);
});
