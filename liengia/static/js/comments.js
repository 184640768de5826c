// Comments are loaded after the page; where that fails it says so, and the button tries again.
function show(section, failed) {
  section.querySelector("[data-loading]")?.toggleAttribute("hidden", failed);
  section.querySelector("[data-failed]")?.toggleAttribute("hidden", !failed);
}

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const section = event.target.closest?.("[data-comments]");
    if (!section) return;
    if (section.querySelector("[data-loading]")) { show(section, true); return; }
    const form = section.querySelector("form.comment-form");
    const say = form?.querySelector("[data-unsent]");
    if (say) { say.hidden = false; say.focus(); }
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-retry]");
  if (!button) return;
  const section = button.closest("[data-comments]");
  show(section, false);
  htmx.trigger(button.closest("[hx-get]"), "retry");
});

document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelector?.("[data-focus]")?.focus();
});
