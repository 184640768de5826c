// Copy the text, and share it with the picture where the phone can. The page works without: the text can be marked, the picture saved.
const words = document.getElementById("zalo-words");
const said = document.querySelector("[data-zalo-said]");
const share = document.querySelector("[data-zalo-share]");

async function copy() {
  try {
    await navigator.clipboard.writeText(words.value);
    return true;
  } catch {
    // Without https, or in an old phone: the mark and the old command.
    words.focus();
    words.setSelectionRange(0, words.value.length);
    try { return document.execCommand("copy"); } catch { return false; }
  }
}

document.querySelector("[data-zalo-copy]")?.addEventListener("click", async () => {
  said.textContent = (await copy()) ? said.dataset.copied : said.dataset.failed;
});

if (share && navigator.share) {
  share.hidden = false;
  // Fetched ahead: a phone shares only within a moment of the finger's touch.
  const picture = fetch(share.dataset.picture)
    .then((answer) => (answer.ok ? answer.blob() : null))
    .then((blob) => (blob ? new File([blob], "thong-bao.jpg", { type: "image/jpeg" }) : null))
    .catch(() => null);
  let file = null;
  picture.then((found) => { file = found; });
  share.addEventListener("click", async () => {
    const what = { title: share.dataset.title, text: words.value };
    if (file && navigator.canShare?.({ files: [file] })) { what.files = [file]; }
    // Zalo drops the text beside a picture: it lies in the clipboard, to be pasted under it.
    if (what.files && (await copy())) { said.textContent = said.dataset.copied; }
    try { await navigator.share(what); } catch { /* closed by whoever shares */ }
  });
}
