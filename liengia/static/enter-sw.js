// The service worker of a page that is written on without a network, and of nothing else: writing down for others, a
// festival day. CONFIG stands before this text; each page has a cache of its own name.
//
// 1. Kept are the bare page (no names, nobody's words, no code), and the styles, scripts, fonts and icons that it names.
//    They are kept anew whenever the page was opened with a network; what no longer belongs to them goes.
// 2. Without network, or when the server does not answer in time, the bare page is shown, with data-net="off".
// 3. Whoever is signed out, or may no longer enter for others, loses the kept page at the next opening with a network.
// 4. A page that bears names (CONFIG.days) is kept that long and no longer, and goes when somebody signs out (look.js).
// 5. What is written down never passes here: enter.js puts it into the phone's own store and sends it itself.

const CACHE = CONFIG.cache;
const PATIENCE_MS = 6000;
const NAMED = /(?:src|href)="([^"]+)"/g;
const IN_STYLE = /url\(["']?([^"')]+)["']?\)/g;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const isFile = (url) => url.origin === location.origin && url.pathname.startsWith(CONFIG.files);

function named(text, pattern, base) {
  return [...text.matchAll(pattern)].map((found) => new URL(found[1], base)).filter(isFile).map((url) => { url.hash = ""; return url.href; });
}

async function hold(cache, address) {
  const known = await cache.match(address);
  if (known) return known;
  const response = await fetch(address);
  if (response.ok) await cache.put(address, response.clone());
  return response;
}

async function keep() {
  const response = await fetch(CONFIG.kept, { credentials: "same-origin", redirect: "manual" });
  if (!response.ok) { await caches.delete(CACHE); return; }
  const html = await response.text();
  const cache = await caches.open(CACHE);
  const wanted = new Set([...named(html, NAMED, location.href), ...CONFIG.also.map((path) => new URL(path, location.href).href)]);
  for (const address of [...wanted]) {
    const file = await hold(cache, address);
    if (!address.split("?")[0].endsWith(".css")) continue;
    for (const inner of named(await file.clone().text(), IN_STYLE, address)) { wanted.add(inner); await hold(cache, inner); }
  }
  await cache.put(CONFIG.kept, new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8", "X-Kept-At": String(Date.now()), "Content-Security-Policy": response.headers.get("Content-Security-Policy") ?? "" } }));
  wanted.add(new URL(CONFIG.kept, location.href).href);
  for (const old of await cache.keys()) if (!wanted.has(old.url)) await cache.delete(old);
}

async function page(event) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(event.request, { signal: patience.signal });
    if (response.status >= 502 && response.status <= 504) throw new Error("the server is away");
    if (!response.ok) await caches.delete(CACHE);
    return response;
  } catch (error) {
    const found = await caches.match(CONFIG.kept);
    if (!found) throw error;
    if (CONFIG.days && Date.now() - Number(found.headers.get("X-Kept-At")) > CONFIG.days * 86_400_000) { await caches.delete(CACHE); throw error; }
    return new Response((await found.text()).replace("<html", '<html data-net="off" data-kept'), { headers: found.headers });
  } finally {
    clearTimeout(timer);
  }
}

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") { if (url.pathname === CONFIG.home) event.respondWith(page(event)); return; }
  if (isFile(url)) event.respondWith(caches.open(CACHE).then(async (cache) => (await cache.match(event.request)) ?? fetch(event.request)));
});

addEventListener("message", (event) => { if (event.data === "keep") event.waitUntil(keep().catch(() => {})); });
