// Ticks all certificates of a list at once, keeps a page fresh beside what it opened, and draws a running import anew each second.
for (const button of document.querySelectorAll("[data-tick-all]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const boxes = [...button.closest("form").querySelectorAll('input[name="one"]')];
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = on;
  });
}
// What was sent to a new tab changes this page too: drawn anew when its reader comes back to it.
let isStale = false;
for (const button of document.querySelectorAll("[data-stale]")) button.addEventListener("click", () => { isStale = true; });
document.addEventListener("visibilitychange", () => { if (isStale && !document.hidden) location.reload(); });
const work = document.querySelector('[data-watch="1"]');
async function look(section) {
  let fresh = null;
  try {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
    if (answer.ok) fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("viec");
  } catch { /* the network is away for a moment: the next look tries again */ }
  if (fresh) { section.replaceWith(fresh); section = fresh; }
  if (section.dataset.watch === "1") setTimeout(look, 1000, section);
}
if (work) setTimeout(look, 700, work);
