// Before the first paint: the theme that was chosen for this phone, and whether it is locked (src/device/lock.rs). And the
// browser's offer to install the app, which may come before the app is there (src/device/install.rs).
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  window.installOffer = event;
});
try {
  const page = document.documentElement, kept = localStorage, theme = kept.getItem("comptoir-theme");
  if (theme) {
    page.dataset.theme = theme;
    for (const bar of document.querySelectorAll("meta[name=theme-color]")) bar.content = theme === "dark" ? "BAR_DARK" : "BAR_LIGHT";
  }
  const after = Number(kept.getItem("comptoir-lock-after")) * 60000;
  if (after && Math.abs(Date.now() - kept.getItem("comptoir-used")) >= after) kept.setItem("comptoir-locked", "1");
  if (kept.getItem("comptoir-locked")) page.dataset.locked = "";
} catch {}
