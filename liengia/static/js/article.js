// Share by the device's own sheet, where it has one; the plain links beside it work everywhere.
for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ title: button.dataset.title, url: button.dataset.url }).catch(() => { /* the reader thought better of it */ });
  });
}
