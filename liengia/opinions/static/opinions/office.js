// Keys in the queue, and hiding by selecting in the redaction; both pages work without.
const links = [...document.querySelectorAll("[data-rows] a")];
const find = document.querySelector("[data-find]");
const isTyping = (node) => node.matches("input, select, textarea, [contenteditable]");
if (links.length || find) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const step = { j: 1, k: -1 }[event.key];
    if (step && links.length) {
      const at = links.indexOf(document.activeElement);
      links[Math.min(links.length - 1, Math.max(0, at + step))].focus();
      event.preventDefault();
    } else if (event.key === "/" && find) {
      find.focus();
      event.preventDefault();
    }
  });
}
const button = document.querySelector("[data-hide-selection]");
const hidden = document.querySelector("#hidden");
if (button && hidden) {
  button.hidden = false;
  // The small numbers beside marks are not words of the original.
  const selected = () => {
    const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
    if (!range || ![...document.querySelectorAll("[data-original]")].some((one) => one.contains(range.commonAncestorContainer))) return "";
    const copy = range.cloneContents();
    copy.querySelectorAll("sup").forEach((sup) => sup.remove());
    copy.querySelectorAll("br").forEach((br) => br.replaceWith("\n"));
    return copy.textContent;
  };
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const lines = selected().split("\n").map((line) => line.trim()).filter(Boolean);
    if (!lines.length) return;
    hidden.value = [hidden.value.trim(), ...lines].filter(Boolean).join("\n");
    document.querySelector(".opinions-redact button[value=show]").click();
  });
}
