// Small behaviours of every page: theme, text size, print, dialogs, counted texts, focus on what went wrong.
const root = document.documentElement;

function keep(key, value) {
  root.dataset[key] = value;
  try { localStorage.setItem(`lg-${key}`, value); } catch { /* not kept, still applied */ }
}

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function showTextSize() {
  for (const button of document.querySelectorAll("[data-text-to]")) {
    button.setAttribute("aria-pressed", String(button.dataset.textTo === (root.dataset.text || "1")));
  }
}

const acts = {
  textTo: (button, event) => { event.preventDefault(); keep("text", button.dataset.textTo); showTextSize(); },
  themeFlip: () => keep("theme", isDark() ? "light" : "dark"),
  print: () => window.print(),
  open: (button) => document.getElementById(button.dataset.open)?.showModal(),
  close: (button) => button.closest("dialog")?.close(),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-text-to],[data-theme-flip],[data-print],[data-open],[data-close]");
  if (!button) return;
  for (const [name, act] of Object.entries(acts)) {
    if (name in button.dataset) { act(button, event); return; }
  }
});

// "0 / 500 ký tự": grapheme clusters of the NFC text, as the reader sees them.
const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("vi") : null;

export function graphemes(text) {
  const composed = text.normalize("NFC");
  return segmenter ? [...segmenter.segment(composed)].length : [...composed].length;
}

function count(area) {
  const out = document.getElementById(area.dataset.count);
  if (!out) return;
  const used = graphemes(area.value), most = Number(area.dataset.max);
  out.textContent = `${used} / ${most} ${out.dataset.unit ?? ""}`.trim();
  out.toggleAttribute("data-full", used > most);
}

function countAll(within) {
  for (const area of within.querySelectorAll("[data-max][data-count]")) count(area);
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-max][data-count]")) count(event.target);
});

// A form is sent once, however often its button is pressed; coming back makes it usable again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || event.defaultPrevented || form.hasAttribute("data-many")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

addEventListener("offline", () => { root.dataset.net = "off"; });
addEventListener("online", () => { delete root.dataset.net; });
document.addEventListener("htmx:load", (event) => countAll(event.target));

showTextSize();
countAll(document);
// A drawing wider than the screen begins where its reader stands, and scrolls in its own box: the page stays.
for (const box of document.querySelectorAll("[data-begins-here]")) {
  const mark = box.querySelector(".is-here")?.getBoundingClientRect(), frame = box.getBoundingClientRect();
  if (mark) box.scrollBy(mark.left + mark.width / 2 - frame.left - frame.width / 2, mark.top + mark.height / 2 - frame.top - frame.height / 2);
}
document.querySelector(".mainnav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
document.querySelector("[data-focus]")?.focus();

// Signing out forgets the pages with names that a phone keeps for its reader (enter-sw.js, rule 4).
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forgets]") || !window.caches) return;
  caches.keys().then((names) => names.filter((name) => name.startsWith("rieng-")).forEach((name) => caches.delete(name))).catch(() => {});
});
