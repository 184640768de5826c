// The service worker of the whole site. CONFIG stands before this text: version, shell, addresses.
//
// 1. Styles, scripts, fonts and icons are kept by version; an older version goes when the new one takes over.
// 2. The quiet page and the group's page (the phone tree) are kept as they were last seen, under the mark of their
//    reader (X-Liengia-Reader). Another reader's mark, a sign-out or the sign-in page wipes all of them.
// 3. Without network, or when the server does not answer in time, a page under /nha/ is the kept one, with
//    data-net="off": the phone tree first. Nothing that is sent is queued: the page says that it was not sent.
// 4. What is older than 30 days is not shown: the group has changed since.

const SHELL = `shell-${CONFIG.version}`;
const PRIVATE = "nha-";
const MARK = "X-Liengia-Reader";
const KEPT_MS = 30 * 86_400_000;
const PATIENCE_MS = 6000;
const KEPT = [CONFIG.home, CONFIG.group];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => Promise.all(CONFIG.shell.map((url) => cache.add(url).catch(() => {})))));
  skipWaiting();
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
    await clients.claim();
  })());
});

async function privateNames() {
  return (await caches.keys()).filter((name) => name.startsWith(PRIVATE));
}

// How often everything was wiped: a page that was asked for before is not kept after it, however late it comes.
let wipes = 0;

async function wipe(except = "") {
  if (!except) wipes += 1;
  for (const name of await privateNames()) if (name !== except) await caches.delete(name);
}

// A page is kept under its path alone, with whose it is and when it was seen.
async function keep(path, response, since) {
  const mark = response.headers.get(MARK);
  if (!response.ok || response.redirected || !mark) return;
  const name = PRIVATE + mark, body = await response.blob();
  if (since !== wipes) return;
  await wipe(name);
  const headers = new Headers(response.headers);
  headers.set("X-Kept-At", String(Date.now()));
  headers.delete("Set-Cookie");
  const cache = await caches.open(name);
  await cache.put(path, new Response(body, { status: 200, headers }));
  if (since !== wipes) await caches.delete(name);
}

async function kept(path) {
  const names = await privateNames();
  if (names.length !== 1) return null;
  const cache = await caches.open(names[0]);
  const found = (await cache.match(path)) ?? (await cache.match(CONFIG.home));
  if (!found || Date.now() - Number(found.headers.get("X-Kept-At")) > KEPT_MS) return null;
  const html = (await found.text()).replace("<html", '<html data-net="off" data-kept');
  const headers = new Headers(found.headers);
  headers.delete("Content-Length");
  headers.delete("Content-Encoding");
  return new Response(html, { status: 200, headers });
}

async function inTime(request) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try { return await fetch(request, { signal: patience.signal }); } finally { clearTimeout(timer); }
}

async function page(event, url) {
  const since = wipes;
  try {
    const isOurs = url.pathname.startsWith(CONFIG.home);
    const response = isOurs ? await inTime(event.request) : await fetch(event.request);
    if (isOurs && response.status >= 502 && response.status <= 504) throw new Error("the server is away");
    if (KEPT.includes(url.pathname)) event.waitUntil(keep(url.pathname, response.clone(), since));
    if (url.pathname === CONFIG.signIn && response.status === 200) event.waitUntil(wipe());
    return response;
  } catch (error) {
    const found = url.pathname.startsWith(CONFIG.home) ? await kept(url.pathname) : null;
    if (found) return found;
    throw error;
  }
}

async function file(request) {
  const cache = await caches.open(SHELL);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) return;
  if (event.request.method === "POST") {
    // Signing out forgets everything, whatever the server answers; and once more, what was asked for while it was on its way.
    if (url.pathname === CONFIG.signOut) event.respondWith(wipe().then(() => fetch(event.request)).finally(() => wipe()));
    return;
  }
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate") event.respondWith(page(event, url));
  else if (CONFIG.shell.includes(url.pathname)) event.respondWith(file(event.request));
});

// An open page asks to keep the phone tree as it is now.
addEventListener("message", (event) => {
  if (event.data !== "keep") return;
  const since = wipes;
  event.waitUntil((async () => {
    for (const path of KEPT) {
      try { await keep(path, await fetch(`${path}?o-lai=1`, { credentials: "same-origin", redirect: "manual" }), since); } catch { return; }
    }
  })());
});
