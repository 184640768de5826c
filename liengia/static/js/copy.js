// Copy what an element holds, a field's value or a text, and say so on the button. Where a browser has no clipboard (a page without
// TLS), what was to be copied is chosen, so that the keys or the finger can.
function choose(from) {
  if (from.select) { from.focus(); from.select(); return; }
  getSelection().selectAllChildren(from);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]"), from = button && document.getElementById(button.dataset.copy);
  if (!from) return;
  try { await navigator.clipboard.writeText((from.value ?? from.textContent).trim()); } catch { choose(from); return; }
  const say = button.querySelector("[data-said]");
  if (say) say.textContent = say.dataset.said;
});
