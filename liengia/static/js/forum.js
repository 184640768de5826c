// The wall says when it has no network and keeps its last picture; the desk's keys work while nobody types.
const offline = document.querySelector("[data-offline]");
if (offline) {
  const say = (lost) => { offline.hidden = !lost; };
  document.addEventListener("htmx:sendError", () => say(true));
  document.addEventListener("htmx:responseError", () => say(true));
  document.addEventListener("htmx:afterOnLoad", () => say(false));
}

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");
if (document.querySelector("[data-desk]")) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.matches("button")) found.click(); else found.focus();
  });
}
