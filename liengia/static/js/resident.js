// The resident's pages: raising an alarm by holding, the page that rings, the phone tree without network.
//
// Nothing is sent in silence: what could not be sent is said, with what to do instead. A press keeps its id while it is
// tried again, so that the server counts it once.

const root = document.documentElement;
const TRY_MS = 6000;          // one try
const GIVE_UP_MS = 20_000;    // all tries of one press
const STILL_MS = 3000;        // after a silent press the page looks ordinary again
const words = document.getElementById("words")?.dataset ?? {};

function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Send a form until it arrives, or for 20 s. Every answer of the server is an arrival, also a refusal. */
async function send(url, body, headers, isTried) {
  const end = Date.now() + GIVE_UP_MS;
  for (let turn = 1; ; turn += 1) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), TRY_MS);
    try {
      const answer = await fetch(url, { method: "POST", body, headers, credentials: "same-origin", signal: patience.signal });
      if (answer.status < 500) return answer;
    } catch { /* tried again */ } finally { clearTimeout(timer); }
    if (Date.now() >= end) return null;
    isTried(turn + 1);
    await pause(Math.min(700 * turn, 3000));
  }
}

// The quiet page

const raise = document.getElementById("bao");

function kindOf(form) { return form.querySelector("input[name=kind]:checked"); }

function showKind() {
  const chosen = kindOf(raise), hold = raise.querySelector(".hold");
  if (!chosen || !hold) return;
  raise.dataset.kind = chosen.value;
  hold.querySelector("b").textContent = chosen.dataset.act;
  const picture = chosen.closest("label").querySelector(".icon").cloneNode(true);
  hold.querySelector(".icon").replaceWith(picture);
  const line = document.getElementById(hold.dataset.say);
  line.textContent = isSilent() ? line.dataset.silent : (chosen.dataset.say || line.dataset.idle);
  hold.dataset.early = line.dataset.early;
}

const isSilent = () => raise.dataset.kind === "help" && raise.querySelector("input[name=silent]")?.checked;

function tellUnsent(text) {
  const box = document.getElementById("chua-gui");
  box.querySelector("[data-text]").textContent = text;
  box.hidden = false;
  treeFirst();
  box.scrollIntoView({ block: "start" });
  box.focus({ preventScroll: true });
}

let isSending = false, pending = null;

async function press(again = null) {
  if (isSending) return;
  isSending = true;
  const line = document.getElementById("noi");
  const body = again ?? new FormData(raise);
  if (!again) {
    body.set("press_id", freshId());
    const point = await place();
    if (point) { body.set("lat", point.lat); body.set("lon", point.lon); }
  }
  const silent = isSilent();
  document.getElementById("chua-gui").hidden = true;
  line.textContent = words.sending;
  const answer = await send(raise.action, body, { Accept: "application/json" }, (turn) => { line.textContent = words.again.replace("#", turn); });
  isSending = false;
  pending = null;
  if (!answer) { pending = body; line.textContent = ""; tellUnsent(words.unsent); return; }
  line.textContent = "";
  if (answer.redirected || !answer.headers.get("Content-Type")?.includes("json")) { tellUnsent(answer.redirected || answer.status === 403 ? words.signedOut : words.refused); return; }
  const said = await answer.json();
  if (!answer.ok) { tellUnsent(said.message || words.refused); return; }
  if (said.silent) { line.textContent = silent ? words.silent : ""; setTimeout(lookOrdinary, STILL_MS); return; }
  location.assign(said.url);
}

function lookOrdinary() {
  raise.reset();
  showKind();
}

if (raise) {
  raise.addEventListener("change", showKind);
  raise.addEventListener("held", () => press());
  document.getElementById("gui-lai")?.addEventListener("click", () => { if (pending) press(pending); });
  addEventListener("pageshow", () => { raise.reset(); showKind(); });
  showKind();
}

// Location: asked for only when the box is ticked, sent only with the press, never waited for longer than a second.

let found = null;
const asks = document.getElementById("vi-tri");

function look() {
  found = new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude.toFixed(6), lon: coords.longitude.toFixed(6) }),
      () => resolve(null), { enableHighAccuracy: true, timeout: 8000, maximumAge: 60_000 },
    );
  });
}

async function place() {
  return asks?.checked && found ? Promise.race([found, pause(1000)]) : null;
}

if (asks && navigator.geolocation && isSecureContext) {
  asks.closest("label").hidden = false;
  asks.addEventListener("change", () => { if (asks.checked) look(); });
}

// Without network the phone tree stands first.

const tree = document.getElementById("danh-ba"), first = document.getElementById("dau-trang");

function treeFirst() {
  if (tree && first && tree.parentElement !== first) first.append(tree);
}

function watchNet() {
  if (root.dataset.net === "off") treeFirst();
}

new MutationObserver(watchNet).observe(root, { attributes: true, attributeFilter: ["data-net"] });
watchNet();

// A kept page comes back to life by itself.
// One way back at a time: on a slow network a second loading would end the first, and none would ever arrive.
const BACK_MS = 60_000;
let backSince = -Infinity;
async function comeBack() {
  if (!root.hasAttribute("data-kept") || performance.now() - backSince < BACK_MS) return;
  backSince = performance.now();
  try {
    const answer = await fetch(words.ringing, { cache: "no-store", credentials: "same-origin" });
    if (answer.ok) { location.reload(); return; }
  } catch { /* still away */ }
  backSince = -Infinity;
}
addEventListener("online", comeBack);
if (root.hasAttribute("data-kept")) { root.dataset.net = "off"; setInterval(comeBack, 10_000); }

// Going to the alarm at once

const groups = (document.body.dataset.groups ?? "").split(" ").filter(Boolean);
const rings = document.body.dataset.incident ?? "";
// What was open when the page was drawn is known to its reader, who came here all the same.
const known = (document.body.dataset.open ?? "").split(" ").filter(Boolean);
let isLeaving = false;

function go(url) {
  if (isLeaving || !url || location.pathname === url) return;
  isLeaving = true;
  location.assign(url);
}

async function lookForAlarm() {
  if (rings || isSending || !words.ringing) return;
  try {
    const answer = await fetch(words.ringing, { cache: "no-store", credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      const { url } = await answer.json();
      if (url && !known.some((id) => url.includes(`/${id}/`))) go(url);
    }
  } catch { /* the stream tells when it is back */ }
}

for (const kind of ["opened", "pressed", "rang_again", "step_ran"]) {
  document.addEventListener(`live:${kind}`, ({ detail }) => {
    if (rings || isSending || !detail.sounding) return;
    if (detail.silent) { if (detail.called) lookForAlarm(); return; }  // the leader is told; nothing sounds
    if (kind !== "step_ran" && groups.includes(detail.group)) go(words.alarm.replace("/x/", `/${detail.incident}/`));
    else lookForAlarm();
  });
}
document.addEventListener("live:reload", lookForAlarm);
// What has ended is shown for a while; then the page goes home by itself.
const CLOSES_MS = 600_000;
if (document.body.dataset.closes) setTimeout(() => go(document.body.dataset.closes), CLOSES_MS);
document.addEventListener("live:state", ({ detail }) => { if (detail.isOnline) lookForAlarm(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) lookForAlarm(); });
addEventListener("pageshow", (event) => { if (event.persisted) { isLeaving = false; lookForAlarm(); } });
// An alarm of graver kind, or a real one during a drill, takes the page that rings over.
document.addEventListener("live:opened", ({ detail }) => {
  const grave = { test: 0, drill: 1, real: 2 };
  if (rings && detail.incident !== rings && detail.sounding && !detail.silent && groups.includes(detail.group)
      && grave[detail.mode] > grave[document.body.dataset.mode]) go(words.alarm.replace("/x/", `/${detail.incident}/`));
});

// The page that rings: parts are put in place when they differ, so that nothing jumps and nothing typed is lost.

const live = document.getElementById("song");
let isRefreshing = false, isStale = false;

/** What a part shows, without tokens and without what scripts marked in it. */
function substance(part) {
  const copy = part.cloneNode(true);
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
  for (const one of copy.querySelectorAll("[data-mute]")) one.removeAttribute("aria-pressed");
  for (const one of [copy, ...copy.querySelectorAll("*")]) for (const name of ["data-drawn-at", "data-sent", "data-sending", "aria-busy", "open"]) one.removeAttribute(name);
  return copy.outerHTML.replace(/\s+/g, " ");
}

function put(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const parts = [...fresh.querySelectorAll("[data-part]")];
  if (!parts.length) return false;
  for (const part of parts) {
    const old = document.getElementById(part.id);
    if (!old || substance(old) === substance(part)) continue;
    const at = document.activeElement, holds = old.contains(at);
    if (holds && at.matches("textarea, input:not([type=hidden])")) continue;
    const opened = [...old.querySelectorAll("details[open][id]")].map((one) => one.id);
    old.replaceWith(part);
    for (const one of part.querySelectorAll("details[id]")) one.open = opened.includes(one.id);
    if (holds) [...part.querySelectorAll("button, a")].find((one) => (at.id && one.id === at.id) || (at.value && one.value === at.value))?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { elt: document.body } }));
  schedule();
  return true;
}

async function refresh() {
  if (!live) return;
  if (isRefreshing) { isStale = true; return; }
  isRefreshing = true;
  // An answer that was on its way when the network went says nothing of the network now.
  const wasOff = root.dataset.net === "off";
  try {
    const answer = await fetch(location.pathname, { headers: { "X-Parts": "1" }, cache: "no-store", credentials: "same-origin" });
    if (answer.redirected || answer.status === 404 || (answer.ok && !put(await answer.text()))) location.reload();
    if (wasOff && answer.ok) delete root.dataset.net;
  } catch { root.dataset.net = "off"; }
  isRefreshing = false;
  if (isStale) { isStale = false; refresh(); }
}

// What becomes true by the clock alone (nobody has called; not confirmed) is asked for at that second.
let timer = 0;

function schedule() {
  clearTimeout(timer);
  const times = [...document.querySelectorAll("[data-refresh-at]")].map((one) => Date.parse(one.dataset.refreshAt) - Date.parse(one.dataset.drawnAt)).filter((ms) => ms > 0);
  timer = setTimeout(refresh, Math.min(15_000, ...times.map((ms) => ms + 150)));
}

if (live) {
  live.addEventListener("live", refresh);
  document.addEventListener("live:state", ({ detail }) => { if (detail.isOnline) refresh(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  schedule();
}

// Forms of the page that rings: sent until they arrive; the answer brings the parts that changed.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!("send" in form.dataset)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  const body = new FormData(form, event.submitter);
  const line = document.getElementById("chua-gui");
  line.hidden = true;
  event.submitter?.setAttribute("aria-busy", "true");
  const answer = await send(event.submitter?.getAttribute("formaction") || form.action, body, { "X-Parts": "1" }, () => { line.hidden = false; line.querySelector("[data-text]").textContent = words.sending; });
  delete form.dataset.sending;
  event.submitter?.removeAttribute("aria-busy");
  if (!answer) { line.hidden = false; line.querySelector("[data-text]").textContent = words.answerUnsent; return; }
  line.hidden = true;
  if (answer.redirected || !answer.ok || !put(await answer.text())) location.reload();
}, true);

document.addEventListener("click", (event) => {
  const change = event.target.closest("[data-change]");
  if (!change) return;
  event.preventDefault();
  document.querySelector(".answer-3 button")?.focus();
});

// Did you hear it?

const test = document.getElementById("thu");
let isEcho = false;
test?.addEventListener("click", () => {
  document.getElementById("co-nghe").hidden = false;
  // sound.js plays one beep a click: three make sure that it is not missed.
  if (isEcho) return;
  for (const ms of [900, 1800]) setTimeout(() => { isEcho = true; test.click(); isEcho = false; }, ms);
});

// Install

const install = document.getElementById("cai-dat");
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  if (!install) return;
  install.hidden = false;
  install.addEventListener("click", () => event.prompt(), { once: true });
});
if (matchMedia("(display-mode: standalone)").matches || navigator.standalone) document.getElementById("cai")?.setAttribute("hidden", "");
if (/Zalo/i.test(navigator.userAgent)) document.getElementById("trong-zalo")?.removeAttribute("hidden");

if ("serviceWorker" in navigator && isSecureContext && words.worker) {
  navigator.serviceWorker.register(words.worker, { scope: "/", updateViaCache: "none" }).then(() => navigator.serviceWorker.ready)
    .then((worker) => { if (!root.hasAttribute("data-kept")) worker.active?.postMessage("keep"); }).catch(() => {});
}
