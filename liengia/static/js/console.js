// The duty console: parts of the page that change are put in place without disturbing the one who works; new alarms
// are said once; letters are acts.
//
// The server answers every request (an event, every 15 s, an act) with the whole #console. It consists of parts
// ([data-part], each with an id). A part is replaced only when it differs, so that nothing flickers, the keyboard's
// place stays, and what is being typed stays:
//   data-still="key"  stays until the key changes (dialogs, the note that is being written)
//   data-said         what an act answered: stays until the next answer, or 15 s
// Without this file htmx puts the whole answer in place; without any script the page loads itself again.

const root = document.documentElement;
const SAID_MS = 15_000;
const KEYS = "lg-console-keys";
let saidAt = 0;

const board = () => document.getElementById("console");
const chosen = () => document.getElementById("chosen")?.value ?? "";

// Parts

/** What a part shows, without clocks (they run by themselves) and without what scripts marked in it. */
function substance(part) {
  const copy = part.cloneNode(true);
  for (const running of copy.querySelectorAll(".clock, .sr[data-since]")) { running.replaceChildren(); running.removeAttribute("data-shown"); }
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
  for (const one of [copy, ...copy.querySelectorAll("[class]")]) {
    for (const name of [...one.classList]) if (name.startsWith("htmx-")) one.classList.remove(name);
    if (!one.getAttribute("class")) one.removeAttribute("class");
  }
  for (const form of copy.querySelectorAll("[data-sent]")) form.removeAttribute("data-sent");
  return copy.outerHTML.replace(/\s+/g, " ");
}

function mayReplace(old, fresh) {
  if (old.dataset.still !== undefined) return old.dataset.still !== fresh.dataset.still;
  if ("said" in old.dataset) return Boolean(fresh.textContent.trim()) || Date.now() - saidAt > SAID_MS;
  return substance(old) !== substance(fresh);
}

/** Put an answer of the server in place; return whether it was the board. */
function put(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("console");
  if (!fresh || !board()) return false;
  const known = cards();
  const focused = document.activeElement;
  const openDetails = new Set([...board().querySelectorAll("details[open][id]")].map((one) => one.id));
  let isFocusLost = false;
  for (const part of [...fresh.querySelectorAll("[data-part]")]) {
    const old = document.getElementById(part.id);
    if (!old || !mayReplace(old, part)) continue;
    if ("said" in part.dataset && part.textContent.trim()) saidAt = Date.now();
    const holds = focused && focused !== document.body && old.contains(focused);
    for (const one of part.querySelectorAll("details[id]")) one.open = openDetails.has(one.id);
    old.replaceWith(part);
    window.htmx?.process(part);
    if (holds) {
      const same = focused.id ? document.getElementById(focused.id) : null;
      if (same) same.focus({ preventScroll: true }); else isFocusLost = true;
    }
  }
  if ((new URLSearchParams(location.search).get("mo") ?? "") !== chosen()) history.replaceState(null, "", chosen() ? `?mo=${encodeURIComponent(chosen())}` : location.pathname);
  if (isFocusLost) document.getElementById("h-detail")?.focus({ preventScroll: true });
  showFreshness(fresh.dataset.at);
  document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { elt: board() } }));
  announce(known);
  return true;
}

// A choice holds from the moment it is made: an answer that was asked for before it would undo it.
document.addEventListener("htmx:configRequest", (event) => {
  const card = event.detail.elt?.closest?.("[data-incident]");
  const field = document.getElementById("chosen");
  if (card && field) field.value = card.dataset.incident;
});

function isOutrun(request) {
  const card = request?.elt?.closest?.("[data-incident]");
  if (card) return card.dataset.incident !== chosen();
  return request?.elt?.id === "console" && (request.parameters?.mo ?? "") !== chosen();
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "console") return;
  event.detail.shouldSwap = false;
  if (isOutrun(event.detail.requestConfig)) return;
  // Anything but the board is the sign-in page: the session has ended.
  if (put(event.detail.serverResponse)) closeAnswered(event.detail.requestConfig?.elt);
  else location.reload();
});
// A refusal is an answer too: the server sends the board with the reason.
for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(kind, (event) => {
    root.dataset.console = "stale";
    const form = event.detail.elt?.closest?.("form");
    if (form) { delete form.dataset.sent; warn(form); }
  });
}

function showFreshness(at) {
  delete root.dataset.console;
  const time = document.getElementById("as-of");
  if (!time || !at) return;
  time.dateTime = at;
  time.textContent = new Intl.DateTimeFormat(root.lang || "vi", { timeZone: "Asia/Ho_Chi_Minh", hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(at));
}

/** An act that could not be sent says so where it was asked for, and keeps what was written. */
function warn(form) {
  const said = document.getElementById("p-said");
  const words = document.getElementById("console-words")?.dataset.unsent ?? "";
  const line = form.querySelector("[data-problem]");
  if (line) { line.hidden = false; line.querySelector("span").textContent = words; return; }
  if (said) { said.textContent = words; saidAt = Date.now(); }
}

function closeAnswered(source) {
  const refusal = document.querySelector("#p-said [data-refused]");
  if (!refusal && source?.classList?.contains("note-form")) { source.reset(); source.querySelector("input[name=text]")?.blur(); }
  const dialog = source?.closest?.("dialog");
  if (!dialog?.open) return;
  const line = dialog.querySelector("[data-problem]");
  if (refusal && line) {
    line.hidden = false;
    line.querySelector("span").textContent = refusal.textContent.trim();
    return;
  }
  source.closest("form")?.reset();
  if (line) line.hidden = true;
  dialog.close();
}

// New alarms: said once, in one place

function cards() {
  return new Map([...document.querySelectorAll("[data-incident]")].map((card) => [card.dataset.incident, card.dataset]));
}

function announce(known) {
  const line = document.getElementById("console-alert");
  const fresh = [...cards().values()].filter((card) => {
    const before = known.get(card.incident);
    return card.state === "ringing" && (!before || before.generation !== card.generation);
  });
  if (line && fresh.length) line.textContent = fresh.map((card) => card.says).join(" ");
}

// Letters are acts. They can be turned off (the setting is in the dialog that "?" opens).

const areKeysOn = () => { try { return localStorage.getItem(KEYS) !== "off"; } catch { return true; } };

function move(step) {
  const links = [...document.querySelectorAll("[data-incident]")];
  if (!links.length) return;
  const now = links.findIndex((one) => one.getAttribute("aria-current") === "true");
  // With none chosen the first is next.
  const next = links[now < 0 ? (step > 0 ? 0 : links.length - 1) : (now + step + links.length) % links.length];
  next.focus();
  next.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!document.querySelector("[data-incident]")) return;
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
    return;
  }
  if (event.key === "?") { event.preventDefault(); document.getElementById("d-keys")?.showModal(); return; }
  if (!areKeysOn() || event.repeat || event.key.length !== 1) return;
  const act = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]:not(:disabled)`);
  if (!act) return;
  event.preventDefault();
  if (act.matches("input, textarea")) act.focus(); else act.click();
});

document.addEventListener("change", (event) => {
  if (event.target.id !== "keys-on") return;
  try { localStorage.setItem(KEYS, event.target.checked ? "on" : "off"); } catch { /* holds for this page */ }
});

// A link that opens a dialog is a page of its own without scripts.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey) return;
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
});

// Sound: a browser gives none before the first touch, and that is said before it matters.

function probe() {
  try {
    const context = new (window.AudioContext || window.webkitAudioContext)();
    const isFree = context.state === "running";
    context.close();
    return isFree;
  } catch { return false; }
}

root.dataset.touched = probe() ? "yes" : "no";
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => { root.dataset.touched = "yes"; }, { once: true });

const box = document.getElementById("keys-on");
if (box) box.checked = areKeysOn();
addEventListener("pageshow", (event) => { if (event.persisted) window.htmx?.trigger(board(), "live"); });
document.addEventListener("live:state", (event) => { if (event.detail.isOnline && board()) window.htmx?.trigger(board(), "live"); });
