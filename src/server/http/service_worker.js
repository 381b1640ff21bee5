// Comptoir's service worker: every screen opens without the network (G3). The server writes the version and the two
// lists from its site folder; a change of any of them is a new version.
const CACHE = "comptoir-__VERSION__";
// Named by their content: what an older cache or the browser holds under the name is the same.
const HASHED = __HASHED__;
// The server answers these only while it serves this very version, so that a cache never mixes two.
const FRESH = __FRESH__;
const CACHED = new Set([...HASHED, ...FRESH]);
const SHELL = "/app-shell";

self.addEventListener("install", (event) => event.waitUntil(fill()));

// Only a worker whose cache is whole is ever activated, so the older ones may go.
self.addEventListener("activate", (event) => event.waitUntil(dropOlder().then(() => self.clients.claim())));

self.addEventListener("message", (event) => {
  if (event.data === "skip-waiting") self.skipWaiting();
});

// The app is closed, or was thought to be: a page that is looked at rings by itself. The tag is the page's, so that a
// second notification takes the place of the first.
self.addEventListener("push", (event) => {
  event.waitUntil(ring(event.data.json()));
});

// A notification leads to what it is about, in the window that is open if there is one.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show("/a-decider"));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && isScreen(url.pathname)) {
    event.respondWith(cached(SHELL, request));
  } else if (CACHED.has(url.pathname)) {
    event.respondWith(cached(url.pathname, request));
  }
});

// As src/ui says them, in the language that src/device/language.rs tells.
const SAYS = {
  fr: { refused: (receipt) => `Vente ${receipt} refusée`, differs: "Deux valeurs différentes", where: "À décider dans Comptoir." },
  en: { refused: (receipt) => `Sale ${receipt} refused`, differs: "Two different values", where: "To decide in Comptoir." },
};

async function ring({ refused }) {
  const lang = (await (await caches.match("/language"))?.text()) ?? "fr";
  const says = SAYS[lang] ?? SAYS.fr;
  const how = { body: says.where, lang, tag: "comptoir-a-decider", icon: "/icons/icon-192.png" };
  await self.registration.showNotification(refused ? says.refused(refused) : says.differs, how);
}

async function show(path) {
  const [open] = await self.clients.matchAll({ type: "window" });
  if (!open) return self.clients.openWindow(path);
  await open.focus();
  await open.navigate(path);
}

function isScreen(path) {
  return !path.startsWith("/api/") && path !== "/health" && !/\.[a-z0-9]+$/i.test(path);
}

async function cached(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(request);
}

// An install that was cut off goes on from where it was.
async function fill() {
  const cache = await caches.open(CACHE);
  const hashed = HASHED.map(async (path) => {
    if (await cache.match(path)) return;
    await cache.put(path, (await caches.match(path, { ignoreVary: true })) ?? (await download(path, "default")));
  });
  const fresh = FRESH.map(async (path) => {
    await cache.put(path, await download(`${path}?version=__VERSION__`, "no-cache"));
  });
  await Promise.all([...hashed, ...fresh]);
}

async function download(path, cache) {
  const answer = await fetch(path, { cache, credentials: "omit", redirect: "error" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

async function dropOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("comptoir-") && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}
