// What the site's service worker does with push messages. PUSH stands before this text: addresses and words.
//
// 1. A message is shown as it came: its title begins with what it is (drill, test, withdrawn). An alarm stays until it is
//    answered and shakes the phone; the sound is the phone's own, which a page cannot choose.
// 2. That it was shown is reported by a token that names no person. Answers go by a token that is used once.
// 3. New keys that a browser gives itself are told to the server; signing out ends the subscription on this device.
// 4. Nothing of a message is kept here.

const NOTES = "push-notes";

addEventListener("push", (event) => event.waitUntil(show(event.data)));

async function show(data) {
  let said = null;
  try { said = data.json(); } catch { /* nothing, or not ours */ }
  if (!said?.title) said = { title: PUSH.unread, body: "", url: PUSH.home, tag: "unread" };
  const isLate = said.until && Date.now() > said.until;
  await registration.showNotification(isLate ? `${PUSH.late}: ${said.title}` : said.title, {
    body: said.body, tag: said.tag, renotify: true, lang: "vi", icon: PUSH.icon, badge: PUSH.badge, timestamp: said.at,
    requireInteraction: Boolean(said.stays) && !isLate, silent: false,
    ...(said.shake?.length && !isLate ? { vibrate: said.shake } : {}),
    ...(said.actions && !isLate ? { actions: said.actions } : {}),
    data: { url: said.url, answer: said.answer, title: said.title, actions: said.actions ?? [], tag: said.tag },
  });
  if (said.receipt) await post(PUSH.shown, { token: said.receipt });
}

// A message may be quicker than the server's own note that it was sent: hence more than one try.
async function post(url, fields, tries = 3) {
  for (let turn = 1; turn <= tries; turn += 1) {
    try {
      const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields), credentials: "omit", signal: AbortSignal.timeout(8000) });
      if (answer.ok) return true;
      if (answer.status < 500 && turn > 1) return false;
    } catch { /* tried again */ }
    await new Promise((resolve) => setTimeout(resolve, 1500 * turn));
  }
  return false;
}

addEventListener("notificationclick", (event) => {
  const { url, answer, title, actions, tag } = event.notification.data ?? {};
  event.notification.close();
  event.waitUntil(event.action && answer ? reply(event.action, answer, { url, title, actions, tag }) : open(url));
});

async function reply(action, token, { url, title, actions, tag }) {
  const words = actions.find((one) => one.action === action)?.title ?? "";
  const isTaken = await post(PUSH.answer, { token, action });
  await registration.showNotification(isTaken ? `${PUSH.taken}: ${words}` : PUSH.notTaken, {
    body: isTaken ? title : PUSH.openPage, tag, icon: PUSH.icon, badge: PUSH.badge, lang: "vi", requireInteraction: !isTaken, data: { url },
  });
  if (!isTaken) await open(url).catch(() => {});
}

async function open(url) {
  const address = new URL(url || PUSH.home, location.origin);
  if (address.origin !== location.origin) address.href = new URL(PUSH.home, location.origin).href;
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const same = pages.find((page) => new URL(page.url).pathname === address.pathname);
  if (same) return same.focus();
  return clients.openWindow(address.href);
}

// The token by which this device tells of new keys, as the page that switched it on gave it.
async function noted() {
  const kept = await (await caches.open(NOTES)).match(PUSH.note);
  return kept ? kept.json() : null;
}

addEventListener("pushsubscriptionchange", (event) => event.waitUntil((async () => {
  const note = await noted();
  if (!note) return;
  const fresh = event.newSubscription ?? await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: PUSH.key });
  const { endpoint, keys } = fresh.toJSON();
  await post(PUSH.renew, { token: note.renew, endpoint, p256dh: keys.p256dh, auth: keys.auth });
})()));

addEventListener("message", (event) => {
  if (event.data?.push !== "note") return;
  event.waitUntil(caches.open(NOTES).then((cache) => cache.put(PUSH.note, new Response(JSON.stringify({ renew: event.data.renew })))));
});

async function end() {
  await caches.delete(NOTES);
  for (const shown of await registration.getNotifications()) shown.close();
  await (await registration.pushManager?.getSubscription())?.unsubscribe();
}

addEventListener("fetch", (event) => {
  if (event.request.method === "POST" && new URL(event.request.url).pathname === PUSH.signOut) event.waitUntil(end().catch(() => {}));
});
