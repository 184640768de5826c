// The page on which a phone is asked to be told: permission, subscription, and what stands in the way, in words.

const box = document.getElementById("may-nay"), words = box?.dataset ?? {};
const form = document.getElementById("bat");
const line = document.getElementById("noi");

const say = (text, tone = "attn") => { line.hidden = false; line.dataset.tone = tone; line.querySelector("[data-text]").textContent = text; };
const show = (id) => document.getElementById(id)?.removeAttribute("hidden");

function unb64(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

const isZalo = /Zalo/i.test(navigator.userAgent);
const isPhoneOfApple = /iPhone|iPad|iPod/.test(navigator.userAgent);
const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone;
const canPush = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window && isSecureContext;

async function worker() {
  await navigator.serviceWorker.register(words.worker, { scope: "/", updateViaCache: "none" });
  return navigator.serviceWorker.ready;
}

async function digest(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Which row of the list is this very device.
async function mark() {
  if (!canPush) return;
  const standing = await (await navigator.serviceWorker.getRegistration("/"))?.pushManager.getSubscription();
  const row = standing && document.querySelector(`[data-endpoint="${await digest(standing.endpoint)}"]`);
  if (!row) return;
  row.querySelector("[data-this]").hidden = false;
  form.hidden = true;
}

async function start(event) {
  event.preventDefault();
  const chosen = new FormData(form);
  if (!["wants_alarms", "wants_warnings", "wants_news"].some((name) => chosen.has(name))) { say(words.nothing); return; }
  if (await Notification.requestPermission() !== "granted") { say(words.denied); return; }
  say(words.working, "info");
  try {
    const found = await worker();
    const given = (await found.pushManager.getSubscription())
      ?? await found.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: unb64(words.key) });
    const { endpoint, keys } = given.toJSON();
    chosen.set("endpoint", endpoint); chosen.set("p256dh", keys.p256dh); chosen.set("auth", keys.auth);
    const answer = await fetch(form.action, { method: "POST", body: chosen, credentials: "same-origin", headers: { Accept: "application/json" } });
    const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (!answer.ok) { say(told.message ?? words.failed); return; }
    found.active?.postMessage({ push: "note", renew: told.renew });
    location.reload();
  } catch { say(words.failed); }
}

if (form) {
  if (isZalo) show("trong-zalo");
  else if (isPhoneOfApple && !isInstalled) show("iphone");
  else if (!canPush) show("khong-duoc");
  else if (Notification.permission === "denied") { show("bi-chan"); form.hidden = false; }
  else form.hidden = false;
  form.addEventListener("submit", start);
  mark();
}
