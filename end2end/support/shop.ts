// A server of its own on a free port, with a demo shop in a new SQLite file or Postgres database; and phones that are
// signed in.
import { test as base, expect, type Browser, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { spawn, execFileSync, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Profile } from "./profile";
import { Witness } from "./witness";

const program = process.env.COMPTOIR;
const root = resolve(import.meta.dirname, "../..");

export const OWNER = { name: "Mariama Diallo", pin: "2580" };
export const SELLER = { name: "Ibrahima Camara", pin: "1470" };

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? done(address.port) : fail(new Error("no port"))));
    });
  });
}

export type Database = "sqlite" | "postgres";

/** A new database on the server that `tests/with-postgres.sh` runs, and removes with all that is in it. */
function newPostgres(): string {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server) throw new Error("TEST_POSTGRES_URL names no server; run `make test`");
  const name = `browser_${randomUUID().replaceAll("-", "")}`;
  execFileSync("psql", ["--quiet", "--command", `CREATE DATABASE ${name}`, server]);
  return Object.assign(new URL(server), { pathname: `/${name}` }).toString();
}

export class Shop {
  private server?: ChildProcess;
  private watching?: Promise<Witness>;
  /** The folder of the built page; a test may serve another build. */
  site = process.env.LEPTOS_SITE_ROOT;
  private readonly folder = mkdtempSync(join(tmpdir(), "comptoir-"));

  private constructor(
    readonly port: number,
    private readonly databaseUrl?: string,
    private readonly settings: Record<string, string> = {},
  ) {}

  /** `settings` are of the environment. */
  static async open(database: Database = "sqlite", settings: Record<string, string> = {}): Promise<Shop> {
    if (!program) throw new Error("COMPTOIR names the program to test; run `make test`");
    const shop = new Shop(await freePort(), database === "postgres" ? newPostgres() : undefined, settings);
    shop.run("demo");
    await shop.start();
    return shop;
  }

  /** Another server on the same Postgres, its site the same. Close it before this one. */
  async another(): Promise<Shop> {
    if (!this.databaseUrl) throw new Error("two servers share a Postgres alone");
    const other = new Shop(await freePort(), this.databaseUrl);
    await other.start();
    return other;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  private get environment() {
    return {
      ...process.env,
      DATABASE_URL: this.databaseUrl ?? `sqlite:${join(this.folder, "shop.db")}`,
      LEPTOS_SITE_ADDR: `127.0.0.1:${this.port}`,
      RUST_LOG: "warn",
      ...this.settings,
      ...(this.site && { LEPTOS_SITE_ROOT: this.site }),
    };
  }

  /** Runs one command of the program, and returns what it printed. */
  run(...args: string[]): string {
    return this.typed("", ...args);
  }

  /** The same, with what is typed into it. */
  typed(input: string, ...args: string[]): string {
    return execFileSync(program!, args, { cwd: root, env: this.environment, encoding: "utf8", input });
  }

  async start() {
    this.server = spawn(program!, ["serve"], { cwd: root, env: this.environment, stdio: ["ignore", "ignore", "inherit"] });
    await expect
      .poll(() => fetch(`${this.url}/health`).then((answer) => answer.status, () => 0), { timeout: 15_000 })
      .toBe(200);
  }

  async stop() {
    const server = this.server;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await ended;
  }

  async close() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `costs`: of a phone that purchase prices reach. */
  code(costs = false): string {
    return this.run("device", "code", "--quiet", ...(costs ? ["--owner-phone"] : [])).trim();
  }

  /** What the server holds, told by a program that shares nothing with the page. */
  async truth() {
    this.watching ??= Witness.enrol(this.url, this.code(), OWNER);
    return (await this.watching).read();
  }

  /** Receipt numbers of the sales the server holds, in order. */
  async sales(): Promise<string[]> {
    return (await this.truth()).sales.map((row) => row.sale.receipt).sort();
  }

  /** A phone: a browser context that is enrolled and signed in, on Vendre. */
  async phone(browser: Browser, name: string, who = OWNER, { clock = false, costs = false } = {}): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ baseURL: this.url });
    // The page's clock and timers are the test's to move; until then they go on by themselves.
    if (clock) await context.clock.install();
    return { context, page: await this.phoneIn(context, name, who, costs) };
  }

  /** The same in a browser that is there already. */
  async phoneIn(context: BrowserContext, name: string, who = OWNER, costs = false): Promise<Page> {
    const page = await context.newPage();
    await this.enrol(page, name, costs);
    await signIn(page, who);
    return page;
  }

  async enrol(page: Page, name: string, costs = false, url = this.url) {
    await page.goto(`${url}/connexion`);
    await page.getByLabel("Code à six chiffres").fill(this.code(costs));
    await page.getByLabel("Nom de ce téléphone").fill(name);
    await page.getByRole("button", { name: "Inscrire ce téléphone" }).click();
    await expect(page.getByRole("heading", { name: "Qui êtes-vous ?" })).toBeVisible();
  }
}

export async function signIn(page: Page, who: { name: string; pin: string }) {
  await page.getByRole("button", { name: who.name }).click();
  for (const digit of who.pin) await page.getByRole("button", { name: digit, exact: true }).click();
  await page.getByRole("button", { name: "Valider le PIN" }).click();
  await expect(page.getByRole("button", { name: /^Ajouter / }).first()).toBeVisible();
}

export function add(page: Page, product: string) {
  return page.getByRole("button", { name: new RegExp(`^Ajouter ${product.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")} `) });
}

/** A product's row, by its name and what it says of the stock. */
export function row(page: Page, product: string, stock: string) {
  return add(page, product).filter({ hasText: stock });
}

/** The tap is the last thing this page hears: it is loaded anew in the same moment. */
export async function tapAndReload(page: Page, button: Locator) {
  const left = page.waitForEvent("load");
  await button.evaluate((button: HTMLElement) => {
    button.click();
    location.reload();
  });
  await left;
}

/** By the form of Stock; `fields` are what is typed, by label. */
export async function createProduct(page: Page, fields: Record<string, string>) {
  await page.goto("/stock/nouveau");
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
  await page.getByRole("button", { name: "Créer le produit" }).click();
}

/** Sells what is in the cart for the exact cash; the receipt is shown afterwards. */
export async function sellExact(page: Page) {
  await page.getByRole("link", { name: /^Encaisser/ }).click();
  await page.getByRole("button", { name: "Espèces : compte exact" }).click();
}

export const test = base.extend<{ shop: Shop; profile: Profile; database: Database; phonesPutAway: void }>({
  database: ["sqlite", { option: true }],
  // Playwright closes no context that a test opens by itself: two hundred phones of tests long over, each asking its
  // ended server again and again, starve the last ones.
  phonesPutAway: [
    async ({ browser }, use) => {
      await use();
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    { auto: true },
  ],
  profile: async ({}, use) => {
    const profile = new Profile();
    await use(profile);
    await profile.close();
  },
  shop: async ({ database }, use) => {
    const shop = await Shop.open(database);
    await use(shop);
    expect(shop.run("check")).toContain("0 differences");
    await shop.close();
  },
});

export { expect };
