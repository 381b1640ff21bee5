// A browser with a profile of its own on the disk: it can be killed, and started again on what it left.
import { chromium, expect, type BrowserContext } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import settings from "../playwright.config";

export class Profile {
  private readonly folder = mkdtempSync(join(tmpdir(), "comptoir-profile-"));
  private context?: BrowserContext;
  private pid?: number;

  async start(baseURL: string): Promise<BrowserContext> {
    const { viewport, locale, launchOptions } = settings.use!;
    this.context = await chromium.launchPersistentContext(this.folder, { baseURL, viewport, locale, ...launchOptions });
    // Asked now: a kill must not wait for an answer of who is to be killed.
    const session = await this.context.browser()!.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    this.pid = processInfo.find(({ type }) => type === "browser")!.id;
    return this.context;
  }

  /** Ends the browser's process as a power cut would: without a word to it. */
  async kill() {
    const [browser, pid] = [this.context!.browser()!, this.pid!];
    const ended = new Promise((done) => browser.once("disconnected", done));
    process.kill(pid, "SIGKILL");
    await ended;
    await expect.poll(() => isAlive(pid)).toBe(false);
    this.context = undefined;
  }

  /** Ends the browser as a person does. */
  async stop() {
    await this.context?.close();
    this.context = undefined;
  }

  async close() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
