// Handing certificates out from a phone. Each mark goes into this phone's own store (IndexedDB) with its moment, and is sent
// in its order when there is a network; a mark is a state, so that sent twice it is one. The store holds no name, only the
// place in the order of calling. Who is called next stands at the thumb. Without this script each line is a form.

const root = document.querySelector("[data-hand]");
const box = document.getElementById("cho-gui");
const next = root?.querySelector("[data-next]");
const RETRY_MS = 15_000;
const PATIENCE_MS = 20_000;
let turn = 0, chosen = null;

const opening = new Promise((resolve, reject) => {
  const asked = indexedDB.open("liengia-commendations", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("marks", { keyPath: "key" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
async function store(mode, act) {
  const database = await opening;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("marks", mode);
    const asked = act(transaction.objectStore("marks"));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}
const put = (entry) => store("readwrite", (marks) => marks.put(entry));
const drop = (key) => store("readwrite", (marks) => marks.delete(key));
// Another account on the same phone neither sees nor sends what this one marked.
const mine = async () => (await store("readonly", (marks) => marks.getAll()))
  .filter((entry) => entry.who === root.dataset.reader).sort((a, b) => a.at - b.at || a.turn - b.turn);

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
// The token of a kept page may be an old one; the cookie's is the one that counts.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? root.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const lines = () => [...root.querySelectorAll("[data-certificate]")];
const line = (address) => root.querySelector(`[data-certificate="${CSS.escape(address)}"]`);
const name = (one) => one.querySelector(".hand-who div > b").textContent;

function say(what) {
  for (const words of root.querySelectorAll("[data-say]")) words.hidden = words.dataset.say !== what;
}

function item(entry) {
  const shown = document.getElementById(`dong-${entry.problem ? "hong" : "cho"}`).content.cloneNode(true);
  const clock = new Date(entry.at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
  shown.querySelector("[data-words]").textContent = `${clock} ${entry.order}: ${entry.words}`;
  const problem = shown.querySelector("[data-problem]");
  if (problem) problem.textContent = entry.problem;
  shown.querySelector("[data-away]")?.addEventListener("click", async () => { await drop(entry.key); await show(); });
  return shown;
}

async function show() {
  const entries = await mine();
  box.hidden = entries.length === 0;
  box.querySelector("[data-list]").replaceChildren(...entries.map(item));
  const waiting = entries.filter((entry) => !entry.problem).length;
  box.querySelector("[data-waiting]").textContent = waiting;
  box.querySelector("[data-send]").hidden = waiting === 0;
}

function set(one, mark) {
  one.dataset.mark = mark;
  const state = one.querySelector(".hand-state");
  state.textContent = state.getAttribute(`data-words-${mark}`);
  const list = one.closest("[data-decision]");
  list.querySelector("[data-handed]").textContent = list.querySelectorAll("[data-mark='handed']").length;
  ask();
}

// Of several decisions the one on the screen counts: the thumb never marks a paper of another list than the one that is read.
const read = () => [...root.querySelectorAll("[data-decision]")].find((each) => each.getBoundingClientRect().bottom > window.innerHeight / 3);

// Whom the thumb's two buttons are about: the line that was chosen, else the first of the decision on the screen that nobody marked.
function ask() {
  const one = chosen ?? read()?.querySelector("[data-certificate][data-mark='waiting']");
  next.hidden = !one;
  for (const each of lines()) each.toggleAttribute("data-called", each === one);
  if (!one) return;
  next.querySelector("[data-next-order]").textContent = one.dataset.order;
  next.querySelector("[data-next-name]").textContent = name(one);
  const decision = one.closest("[data-decision]").querySelector("h2").textContent;
  next.querySelector("[data-next-tail]").textContent = `…${one.dataset.tail} · ${decision}`;
}

// True: it is settled, for good or with a word why not. False: no network, or the server is away: it waits.
async function send(entry, isLast) {
  const body = new FormData();
  body.append("mark", entry.mark);
  body.append("age_s", String(Math.max(0, (Date.now() - entry.at) / 1000)));
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(entry.to, { method: "POST", headers: { "X-CSRFToken": token(), Accept: "application/json" }, body, redirect: "manual", signal: patience.signal });
    if (response.ok) {
      await drop(entry.key);
      const one = line(entry.to);
      if (one && isLast) set(one, (await response.json()).mark);
      return true;
    }
    if (response.status === 422) { await put({ ...entry, problem: (await response.json()).problem }); return true; }
    // The page is gone, or no longer this account's: what comes after it must not wait for that.
    if (response.status === 404) { await put({ ...entry, problem: root.dataset.gone }); return true; }
    // To the page on which one signs in.
    if (response.status === 403 || response.type === "opaqueredirect") say("signed-out");
    return false;
  } catch { return false; } finally { clearTimeout(timer); }
}

// The page is kept anew after each sending: opened without a network it shows what the office knows.
const keep = () => navigator.serviceWorker?.controller?.postMessage("keep");

let running = null, isWanted = false;
function sync() {
  isWanted = true;
  running ??= (async () => {
    while (isWanted) {
      isWanted = false;
      const waiting = (await mine()).filter((entry) => !entry.problem);
      for (const [place, entry] of waiting.entries()) {
        const isLast = !waiting.slice(place + 1).some((later) => later.to === entry.to);
        if (!(await send(entry, isLast))) { await show(); return; }
      }
      const refused = (await mine()).some((entry) => entry.problem && waiting.some((one) => one.key === entry.key));
      if (waiting.length) { say(refused ? "refused" : "sent"); keep(); }
      await show();
      if (refused) box.focus();
    }
  })().finally(() => { running = null; });
  return running;
}

async function mark(one, what) {
  const words = one.querySelector(".hand-state").getAttribute(`data-words-${what}`);
  await put({ key: newKey(), who: root.dataset.reader, to: one.dataset.certificate, at: Date.now(), turn: turn++, mark: what, order: one.dataset.order, words });
  chosen = null;
  set(one, what);
  say("kept");
  await show();
  await sync();
}

function check(form) {
  const tail = form.elements.tail.value.trim().toUpperCase(), said = form.querySelector("[data-found]");
  const found = tail ? lines().filter((one) => one.dataset.tail === tail) : [];
  const one = found.find((each) => each.hasAttribute("data-called")) ?? found[0];
  said.textContent = one ? `${said.dataset.wordsFound} ${one.dataset.order}: ${name(one)}` : said.dataset.wordsNone;
  if (!one) return;
  chosen = one;
  ask();
  form.elements.tail.value = "";
}

if (root && window.indexedDB) {
  let isAsked = false;
  addEventListener("scroll", () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => { isAsked = false; ask(); });
  }, { passive: true });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.matches("[data-check]")) { check(event.target); return; }
    const one = event.target.closest("[data-certificate]");
    if (one && event.submitter) mark(one, event.submitter.value);
  });
  next.addEventListener("click", (event) => {
    const button = event.target.closest("[data-next-mark]"), one = root.querySelector("[data-called]");
    if (button && one) mark(one, button.dataset.nextMark);
  });
  root.addEventListener("click", (event) => {
    const one = event.target.closest(".hand-who")?.closest("[data-certificate]");
    if (one) { chosen = one; ask(); }
  });
  box.querySelector("[data-send]").addEventListener("click", sync);
  addEventListener("online", sync);
  setInterval(sync, RETRY_MS);
  // What waits shows as it was marked, also when the page was opened anew.
  mine().then((entries) => { for (const entry of entries) { const one = line(entry.to); if (one && !entry.problem) set(one, entry.mark); } ask(); return show(); }).then(sync).catch(() => {});
  if ("serviceWorker" in navigator && isSecureContext) {
    navigator.serviceWorker.register(root.dataset.worker, { updateViaCache: "none" }).then(() => navigator.serviceWorker.ready)
      .then((worker) => { if (!document.documentElement.hasAttribute("data-kept")) worker.active?.postMessage("keep"); }).catch(() => {});
  }
}
