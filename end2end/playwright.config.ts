import { defineConfig } from "@playwright/test";
import type { Database } from "./support/shop";

/** What is told and settled between phones. */
const DISAGREEING = /(counting|deciding|handover|import|merging|rules|servers|stream)\.spec\.ts/;
/** Takes minutes: once is enough. */
const WHOLE_CATALOGUE = /20 739/;

export default defineConfig<{ database: Database }>({
  testDir: "tests",
  fullyParallel: false,
  // Two cores: one server and one browser at a time.
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  projects: [
    { name: "sqlite", testIgnore: "servers.spec.ts" },
    // Where devices disagree, the other database decides too.
    { name: "postgres", use: { database: "postgres" }, testMatch: DISAGREEING, grepInvert: WHOLE_CATALOGUE },
  ],
  use: {
    viewport: { width: 360, height: 740 },
    locale: "fr-FR",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
});
