// The system's notifications.
import type { Page } from "@playwright/test";

type Displayed = { backgroundServiceEvent: { eventName: string; eventMetadata: { key: string; value: string }[] } };

/**
 * What this phone's system shows from now on, each as "title · body", as it is shown. The browser tells it: a call of
 * `getNotifications` while one is being shown takes that one away (Chromium).
 */
export async function notificationsOf(page: Page): Promise<string[]> {
  const shown: string[] = [];
  const devtools = await page.context().newCDPSession(page);
  devtools.on("BackgroundService.backgroundServiceEventReceived", ({ backgroundServiceEvent: event }: Displayed) => {
    const said = (key: string) => event.eventMetadata.find((entry) => entry.key === key)?.value;
    if (event.eventName === "Notification displayed") shown.push(`${said("Title")} · ${said("Body")}`);
  });
  await devtools.send("BackgroundService.startObserving", { service: "notifications" });
  await devtools.send("BackgroundService.setRecording", { shouldRecord: true, service: "notifications" });
  return shown;
}
