/* Names for screen readers what Wagtail draws without a name: the side bar's search, fields for files, tags and texts. */
const { search, files, tags } = document.currentScript.dataset;
const named = (node) => node.hasAttribute("aria-label") || node.hasAttribute("aria-labelledby");
const MENDS = [
  ["#wagtail-sidebar form[role=search], .sidebar form[role=search]", () => search],
  ["input#fileupload", () => files],
  [".tagit input.ui-autocomplete-input", () => tags],
  // A text's editor is called as its panel is.
  [".public-DraftEditor-content[role]", (node) => node.closest(".w-panel, .w-field__wrapper")?.querySelector(".w-panel__heading, label")?.textContent.trim()],
];
const name = () => {
  for (const [where, words] of MENDS)
    for (const node of document.querySelectorAll(where)) if (!named(node) && words(node)) node.setAttribute("aria-label", words(node));
  // Who says aloud what stands on it must reach it: the name begins with the words.
  for (const tag of document.querySelectorAll("a.page-status-tag[aria-label]")) {
    const shown = tag.textContent.trim().replace(/\s+/g, " ");
    if (!tag.getAttribute("aria-label").includes(shown)) tag.setAttribute("aria-label", `${shown}. ${tag.getAttribute("aria-label")}`);
  }
};
new MutationObserver(name).observe(document.documentElement, { childList: true, subtree: true });
// What was refused is said above the form: it takes the focus, so that it is seen and read first.
const refused = () => document.querySelector("[data-focus]")?.focus();
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", refused);
else refused();
