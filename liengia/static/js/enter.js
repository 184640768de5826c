// Writing down for somebody where there may be no network: each entry goes into this phone's own store (IndexedDB) under
// a code that is made here, and is sent when the network is there. The code is the key: sent twice is filed once. A page
// that was kept brings none along: opened a second time it would bring the same ones. Once an entry is filed its words
// leave this phone; the code stays until the slip is printed and put away. A service worker of this page alone
// (enter-sw.js) keeps the bare page, so that it opens without a network.

const form = document.querySelector("form[data-enter]");
const box = document.getElementById("cho-gui");
const RETRY_MS = 20_000;
const PATIENCE_MS = 10_000;
const FIELDS = ["kind", "text", "place_words", "hamlet", "contact_name", "contact_phone", "slip_number", "officer", "officer_words", "officials_to"];

const opening = new Promise((resolve, reject) => {
  const asked = indexedDB.open("liengia-opinions", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("entries", { keyPath: "code" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function store(mode, act) {
  const database = await opening;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("entries", mode);
    const asked = act(transaction.objectStore("entries"));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

const put = (entry) => store("readwrite", (entries) => entries.put(entry));
const drop = (code) => store("readwrite", (entries) => entries.delete(code));
// Another account on the same phone neither sees nor sends what this one wrote down.
const mine = async () => (await store("readonly", (entries) => entries.getAll()))
  .filter((entry) => entry.who === form.dataset.reader).sort((a, b) => a.at.localeCompare(b.at));

// As core/codes.py makes them: 23 symbols of 22, and a check symbol (ISO/IEC 7064, MOD 23,22).
const SYMBOLS = "23456789CFHJKLMNPQRTVX";
function newCode() {
  const body = [];
  while (body.length < 23) for (const byte of crypto.getRandomValues(new Uint8Array(32))) if (byte < 242 && body.length < 23) body.push(byte % 22);
  let product = 22;
  for (const place of body) product = (((product + place) % 22 || 22) * 2) % 23;
  return [...body, (23 - product) % 22].map((place) => SYMBOLS[place]).join("").replace(/(.{4})(?=.)/g, "$1-");
}

// The token of a kept page may be an old one; the cookie's is the one that counts.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken?.value ?? "";

function say(name) {
  for (const line of document.querySelectorAll("[data-say]")) line.hidden = line.dataset.say !== name;
}

function item(entry) {
  const line = document.getElementById(`dong-${entry.filed ? "xong" : entry.problem ? "hong" : "cho"}`).content.cloneNode(true);
  const fill = (name, words) => { const place = line.querySelector(`[data-${name}]`); if (place) place.textContent = words ?? ""; };
  fill("words", entry.fields?.text?.slice(0, 120));
  fill("code", entry.code);
  fill("number", entry.number);
  fill("due", entry.due);
  fill("problem", entry.problem);
  for (const input of line.querySelectorAll("input[name=code]")) input.value = entry.code;
  for (const input of line.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token();
  line.querySelector("[data-away]")?.addEventListener("click", async () => { await drop(entry.code); await show(); });
  line.querySelector("[data-again]")?.addEventListener("click", async () => {
    for (const name of FIELDS) form.elements[name].value = entry.fields[name] ?? "";
    const concern = form.querySelector(".concern");
    concern.open = Boolean(entry.fields.officer || entry.fields.officer_words || entry.fields.officials_to);
    form.elements.code.value = entry.code;
    await drop(entry.code);
    await show();
    form.elements.text.focus();
  });
  return line;
}

async function show() {
  const entries = await mine();
  box.hidden = entries.length === 0;
  box.querySelector("[data-list]").replaceChildren(...entries.map(item));
  const waiting = entries.filter((entry) => !entry.filed && !entry.problem).length;
  box.querySelector("[data-waiting]").textContent = waiting;
  box.querySelector("[data-send]").hidden = waiting === 0;
}

// True: it is settled, for good or with a word why not. False: no network, or the server is away: it waits.
async function send(entry) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(form.dataset.enter, {
      method: "POST",
      headers: { "X-CSRFToken": token(), "Idempotency-Key": entry.code },
      body: new URLSearchParams({ ...entry.fields, code: entry.code, who: entry.who, written_at: entry.at }),
      redirect: "manual",
      signal: patience.signal,
    });
    if (response.ok) {
      document.querySelector("[data-say=signed-out]").hidden = true;
      await put({ code: entry.code, who: entry.who, at: entry.at, filed: true, number: entry.fields.slip_number, due: (await response.json()).answer_by });
      return true;
    }
    if (response.status === 422) {
      await put({ ...entry, problem: (await response.json()).problem });
      return true;
    }
    // Signed out (led to the sign-in page, which nobody follows), or the page is old: the words stay here until it has been opened anew.
    if (response.type === "opaqueredirect" || response.status === 403 || response.status === 404) say("signed-out");
    return false;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

let running = null;
function sync() {
  running ??= (async () => {
    for (const entry of await mine()) if (!entry.filed && !entry.problem && !(await send(entry))) break;
    await show();
  })().finally(() => { running = null; });
  return running;
}

async function submit(event) {
  event.preventDefault();
  const fields = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
  const lacking = ["text", "place_words"].find((name) => !fields[name].trim());
  if (lacking) { say("lacking"); form.elements[lacking].focus(); return; }
  const entry = { code: form.elements.code.value, who: form.dataset.reader, at: new Date().toISOString(), fields };
  try { await put(entry); } catch { form.submit(); return; }
  form.reset();
  form.querySelector(".concern").open = false;
  form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));  // its count begins anew
  form.elements.code.value = newCode();
  say("kept");
  await show();
  box.focus();
  await sync();
}

if (form && box && window.indexedDB) {
  form.addEventListener("submit", submit);
  box.querySelector("[data-send]").addEventListener("click", sync);
  addEventListener("online", sync);
  setInterval(sync, RETRY_MS);
  show().then(() => { form.elements.code.value = newCode(); return sync(); }).catch(() => form.removeEventListener("submit", submit));
  if ("serviceWorker" in navigator && isSecureContext) {
    navigator.serviceWorker.register(form.dataset.worker, { updateViaCache: "none" }).then(() => navigator.serviceWorker.ready)
      .then((worker) => { if (!document.documentElement.hasAttribute("data-kept")) worker.active?.postMessage("keep"); }).catch(() => {});
  }
}
