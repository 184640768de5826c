// Those who run a festival say from a phone how it goes. Each thing said goes into this phone's own store (IndexedDB)
// under a key that is made here, with its moment, and is sent in its order when there is a network: the key makes it
// one, however often it is sent, and the server places it by the seconds that it waited. What is shown changes at once.
// A service worker of this page alone (enter-sw.js) keeps the page, so that it opens without a network.

const root = document.querySelector("[data-tell]");
const box = document.getElementById("cho-gui");
const RETRY_MS = 15_000;
const PATIENCE_MS = 20_000;
const LONGEST_EDGE = 1600;
const SURE_MS = 4_000;
const SENT_SHOWS_MS = 6_000;

const opening = new Promise((resolve, reject) => {
  const asked = indexedDB.open("liengia-festivals", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("told", { keyPath: "key" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
async function store(mode, act) {
  const database = await opening;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("told", mode);
    const asked = act(transaction.objectStore("told"));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}
const put = (entry) => store("readwrite", (told) => told.put(entry));
const drop = (key) => store("readwrite", (told) => told.delete(key));
// Another account on the same phone neither sees nor sends what this one said.
const mine = async () => (await store("readonly", (told) => told.getAll()))
  .filter((entry) => entry.who === root.dataset.reader).sort((a, b) => a.turn - b.turn || a.at - b.at);

// randomUUID is there in secure contexts only.
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
// A phone's clock leaps when it finds its network again; the page's own time (performance.now) does not, but it may stand still while
// the phone sleeps. So it alone counts as long as this page has been in sight; for what was told before that the clock counts, and
// never less than the page's own time.
const LIFE = newKey();
let lastHidden = -1;
document.addEventListener("visibilitychange", () => { lastHidden = performance.now(); });
function age(entry) {
  const byClock = (Date.now() - entry.at) / 1000, isHere = entry.life === LIFE;
  const byPage = (performance.now() - (isHere ? entry.ran : 0)) / 1000;
  return isHere && lastHidden < entry.ran && !document.hidden ? byPage : Math.max(byClock, byPage);
}
// The token of a kept page may be an old one; the cookie's is the one that counts.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? root.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

// When this phone last sent something of this account: said also after the page was opened anew.
const SENT = `liengia-festivals-sent-${root?.dataset.reader}`;
let lastSent = 0, isSignedOut = false, hiding;
try { lastSent = Number(localStorage.getItem(SENT)) || 0; } catch { /* said until the page is left */ }
function sentNow() {
  lastSent = Date.now();
  isSignedOut = false;
  try { localStorage.setItem(SENT, lastSent); } catch { /* said until the page is left */ }
}
function when(moment) {
  const at = new Date(moment), zone = { timeZone: "Asia/Ho_Chi_Minh" }, hour = { ...zone, hour: "2-digit", minute: "2-digit" };
  const day = (one) => one.toLocaleDateString("vi-VN", zone);
  return day(at) === day(new Date()) ? at.toLocaleTimeString("vi-VN", hour) : at.toLocaleString("vi-VN", { ...hour, day: "2-digit", month: "2-digit" });
}

// The state is drawn whole from what is so now: what asks, what was refused, what waits, when something was last sent.
function truth(entries) {
  const refused = entries.filter((entry) => entry.problem).length, waiting = entries.length - refused;
  const asks = root.querySelector("[data-ask]:not([hidden])") !== null;
  const isOpen = asks || isSignedOut || refused > 0 || waiting > 0;
  const lines = { asks, "signed-out": isSignedOut, refused: refused > 0, waiting: waiting > 0, sent: !isOpen && lastSent > 0, before: isOpen && lastSent > 0 };
  const numbers = { refused, waiting };
  for (const line of root.querySelectorAll("[data-say]")) {
    const words = line.dataset.words.replace("{n}", numbers[line.dataset.say]).replace("{time}", when(lastSent));
    line.hidden = !lines[line.dataset.say];
    if (!line.hidden && line.textContent !== words) line.textContent = words;
  }
  const box = root.querySelector("[data-told]");
  box.hidden = !isOpen && !lastSent;
  box.dataset.tone = isOpen ? "attn" : "info";
  // It lies over the page while something is open, and a while after the last was sent; then it goes back to its place on top.
  clearTimeout(hiding);
  const isFresh = Date.now() - lastSent < SENT_SHOWS_MS;
  box.parentElement.toggleAttribute("data-quiet", !isOpen && !isFresh);
  if (!isOpen && isFresh) hiding = setTimeout(() => box.parentElement.setAttribute("data-quiet", ""), SENT_SHOWS_MS);
}
const retell = async () => truth(await mine());

function item(entry) {
  const line = document.getElementById(`dong-${entry.problem ? "hong" : "cho"}`).content.cloneNode(true);
  const clock = new Date(entry.at).toLocaleTimeString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit" });
  line.querySelector("[data-words]").textContent = `${clock} ${entry.words}`;
  const problem = line.querySelector("[data-problem]");
  if (problem) problem.textContent = entry.problem;
  const sure = line.querySelector("[data-confirm]");
  if (sure && ["unlikely", "person"].includes(entry.code)) {
    sure.hidden = false;
    sure.addEventListener("click", async () => { await put({ ...entry, problem: undefined, code: undefined, fields: { ...entry.fields, is_sure: "1" } }); await show(); await sync(); });
  }
  line.querySelector("[data-away]")?.addEventListener("click", async () => { await drop(entry.key); await show(); });
  return line;
}

async function show() {
  const entries = await mine();
  box.hidden = entries.length === 0;
  box.querySelector("[data-list]").replaceChildren(...entries.map(item));
  const waiting = entries.filter((entry) => !entry.problem).length;
  box.querySelector("[data-waiting]").textContent = waiting;
  box.querySelector("[data-send]").hidden = waiting === 0;
  truth(entries);
}

const part = (address) => root.querySelector(`[data-run="${CSS.escape(address)}"]`);

function mark(run, { state, item: on }) {
  if (state) {
    run.dataset.state = state;
    const word = run.querySelector("[data-state-word]");
    word.textContent = word.getAttribute(`data-words-${state}`) ?? word.textContent;
  }
  if (on === undefined) return;
  for (const line of run.querySelectorAll("[data-item]:is(li)")) {
    const isOn = line.dataset.item === on;
    if (line.hasAttribute("data-on") && !isOn) line.setAttribute("data-done", "");
    line.toggleAttribute("data-on", isOn);
    line.querySelector("button").setAttribute("aria-pressed", String(isOn));
  }
}

// What was said shows at once, before anybody heard it.
function expect(run, entry) {
  if (entry.kind === "begun" || entry.kind === "reopened") mark(run, { state: "live" });
  if (entry.kind === "ended") mark(run, { state: "ended", item: null });
  // An item told after the end opens nothing again: see press().
  if (entry.kind === "item" && run.dataset.state !== "ended") mark(run, { state: "live", item: entry.fields.item });
}

// True: it is settled, for good or with a word why not. False: no network, or the server is away: it waits.
async function send(entry, isLast) {
  const body = new FormData();
  for (const [name, value] of Object.entries(entry.fields)) body.append(name, value);
  body.append("key", entry.key);
  body.append("kind", entry.kind);
  body.append("after", entry.after ?? "");
  body.append("age_s", String(age(entry)));
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(entry.to, { method: "POST", headers: { "X-CSRFToken": token() }, body, redirect: "manual", signal: patience.signal });
    if (response.ok) {
      await drop(entry.key);
      sentNow();
      const run = part(entry.to);
      const now = await response.json();
      // What was pressed meanwhile shows already, and is newer than this answer.
      if (run && isLast && !(await mine()).some((one) => !one.problem && one.to === entry.to)) mark(run, now);
      return true;
    }
    if (response.status === 422) { const { problem, code } = await response.json(); await put({ ...entry, problem, code }); return true; }
    // The page is gone, or no longer this account's: what comes after it must not wait for that.
    if (response.status === 404) { await put({ ...entry, problem: root.dataset.gone }); return true; }
    // To the page on which one signs in.
    if (response.status === 403 || response.type === "opaqueredirect") isSignedOut = true;
    return false;
  } catch { return false; } finally { clearTimeout(timer); }
}

let running = null, isWanted = false;
function sync() {
  isWanted = true;
  running ??= (async () => {
    while (isWanted) {
      isWanted = false;
      const waiting = (await mine()).filter((entry) => !entry.problem);
      for (const [place, entry] of waiting.entries()) if (!(await send(entry, place === waiting.length - 1))) { await show(); return; }
      const refused = (await mine()).some((entry) => entry.problem && waiting.some((one) => one.key === entry.key));
      await show();
      if (refused) box.focus();
    }
  })().finally(() => { running = null; });
  return running;
}

let last = {};
async function keep(run, kind, fields, words) {
  const place = root.querySelectorAll("[data-run]").length > 1 ? `${run.querySelector("h2").textContent.trim()}: ` : "";
  const entry = { key: newKey(), after: last[run.dataset.run], who: root.dataset.reader, to: run.dataset.run, at: Date.now(), ran: performance.now(), life: LIFE, kind, fields, words: place + words };
  last[run.dataset.run] = entry.key;
  entry.turn = 1 + Math.max(-1, ...(await mine()).map((one) => one.turn));
  await put(entry);
  expect(run, entry);
}
async function tell(run, kind, fields, words) {
  await keep(run, kind, fields, words);
  await show();
  await sync();
}

// A picture of eight megabytes never leaves a yard full of phones: it is made small here, where that can be done.
async function small(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", 0.85));
  } catch { return file; }
}

// A slip of the thumb is asked about here already, with or without a network: 75000 for 750.
const dotted = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");
function asks(form, number) {
  const most = Number(form.dataset.most), ask = form.querySelector("[data-ask]");
  if (!ask || !/^\d{1,7}$/.test(number) || Number(number) <= most) return false;
  let meant = Number(number);
  while (meant > most && meant % 10 === 0) meant /= 10;
  ask.querySelector("[data-sure-number] [data-number]").textContent = dotted(number);
  const other = ask.querySelector("[data-meant]");
  other.hidden = !(meant > 0 && meant <= most);
  other.dataset.meant = meant;
  other.querySelector("[data-number]").textContent = dotted(meant);
  ask.hidden = false;
  retell();
  ask.focus();
  return true;
}

// Persons of a result, a line each: name | hamlet, team or school | score | who agreed. A name that nobody agreed to does not even stay in this phone.
function people(form) {
  const rows = [...form.querySelectorAll("[data-person]")].map((row) => Object.fromEntries([...row.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, cell.value.replaceAll("|", "/").trim()])));
  const said = rows.filter((row) => row.of || row.score || (row.agreed && row.who));
  const lacks = said.length === 0 || said.some((row) => !row.of);
  form.querySelector("[data-lacks-of]").hidden = !lacks;
  if (lacks) { [...form.querySelectorAll("[data-cell=of]")].find((cell) => !cell.value.trim())?.focus(); return null; }
  return said.map((row) => [row.agreed ? row.who : "", row.of, row.score, row.who ? row.agreed : ""].join(" | ")).join("\n");
}

function choose(event) {
  const { target } = event;
  if (target.name === "whose") for (const part of target.form.querySelectorAll("[data-whose]")) part.hidden = part.dataset.whose !== target.value;
  if (target.dataset.cell === "agreed") target.closest("[data-person]").querySelector("[data-named]").hidden = !target.value;
}

async function submit(event) {
  const form = event.target.closest("[data-tell-form]");
  if (!form) return;
  event.preventDefault();
  const lacking = [...form.elements].find((one) => one.required && !one.closest("[hidden]") && !(one.type === "checkbox" ? one.checked : one.value.trim()));
  if (lacking) { lacking.focus(); lacking.setAttribute("aria-invalid", "true"); return; }
  for (const one of form.elements) one.removeAttribute("aria-invalid");
  const fields = Object.fromEntries(new FormData(form));
  if (form.dataset.item) fields.item = form.dataset.item;
  if (fields.number) fields.number = fields.number.replace(/[.\s]|\p{L}{3,}/gu, "");
  if (fields.whose === "person") {
    delete fields.rows;
    fields.people = people(form);
    if (fields.people === null) return;
  }
  const wrong = form.querySelector("[data-wrong]");
  if (wrong) {
    wrong.hidden = /^\d{1,7}$/.test(fields.number);
    if (!wrong.hidden) { form.elements.number.setAttribute("aria-invalid", "true"); form.elements.number.focus(); return; }
  }
  if (form.dataset.tellForm === "count") {
    const ask = form.querySelector("[data-ask]"), by = event.submitter;
    if (by?.hasAttribute("data-meant")) form.elements.number.value = fields.number = by.dataset.meant;
    if (by?.hasAttribute("data-sure-number") && !ask.hidden) fields.is_sure = "1";
    else if (asks(form, fields.number)) return;
    ask.hidden = true;
  }
  if (fields.picture) fields.picture = await small(fields.picture);
  const words = `${event.submitter?.dataset.words ?? ""} ${fields.number ?? fields.words ?? ""}`.trim();
  if (form.dataset.tellForm === "picture" || form.dataset.tellForm === "note") form.reset();
  await tell(form.closest("[data-run]"), form.dataset.tellForm, fields, words);
}

async function press(event) {
  const again = event.target.closest("[data-again]");
  if (again) { again.closest("[data-ask]").hidden = true; retell(); again.closest("form").elements.number.focus(); return; }
  if (event.target.closest("[data-person-add]")) {
    const form = event.target.closest("form"), list = form.querySelector("[data-people]");
    list.append(form.querySelector("[data-person-blank]").content.cloneNode(true));
    list.lastElementChild.querySelector("input").focus();
    return;
  }
  const button = event.target.closest("[data-tell-kind]");
  if (!button) return;
  if (button.dataset.sure && !button.hasAttribute("data-asked")) {
    const before = button.innerHTML;
    button.setAttribute("data-asked", "");
    button.textContent = button.dataset.sure;
    setTimeout(() => { button.removeAttribute("data-asked"); button.innerHTML = before; }, SURE_MS);
    return;
  }
  const line = button.closest("li[data-item]"), run = button.closest("[data-run]");
  // Whoever presses an item of a day that is over means that it goes on after all, and that is said of its own.
  const reopens = line && run.dataset.state === "ended" && run.querySelector("[data-tell-kind=reopened]");
  if (reopens) await keep(run, "reopened", {}, reopens.dataset.words);
  await tell(run, button.dataset.tellKind, line ? { item: line.dataset.item } : {}, button.dataset.words);
}

if (root && window.indexedDB) {
  root.addEventListener("submit", submit);
  root.addEventListener("click", press);
  root.addEventListener("change", choose);
  box.querySelector("[data-send]").addEventListener("click", sync);
  addEventListener("online", sync);
  setInterval(sync, RETRY_MS);
  // What waits shows as it was said, also when the page was opened anew.
  mine().then((entries) => { for (const entry of entries) { const run = part(entry.to); if (run && !entry.problem) expect(run, entry); } return show(); }).then(sync).catch(() => {});
  if ("serviceWorker" in navigator && isSecureContext) {
    navigator.serviceWorker.register(root.dataset.worker, { updateViaCache: "none" }).then(() => navigator.serviceWorker.ready)
      .then((worker) => { if (!document.documentElement.hasAttribute("data-kept")) worker.active?.postMessage("keep"); }).catch(() => {});
  }
}
