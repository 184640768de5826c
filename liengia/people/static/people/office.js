/* Names the search of the side bar for screen readers: Wagtail draws it without a name, beside the page's own search. */
const words = document.currentScript.dataset.search;
const name = () => {
  const form = document.querySelector("#wagtail-sidebar form[role=search], .sidebar form[role=search]");
  if (form && !form.hasAttribute("aria-label")) form.setAttribute("aria-label", words);
};
new MutationObserver(name).observe(document.documentElement, { childList: true, subtree: true });
