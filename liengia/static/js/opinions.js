// Opinions: like ones while one writes, position on request, the slip's print button, and the code that a QR code carries after "#".
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

const locate = document.querySelector("[data-locate]");
locate?.addEventListener("click", () => {
  const say = (words) => { locate.querySelector("span").textContent = words; };
  if (!navigator.geolocation) { say(locate.dataset.failed); return; }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      document.getElementById("id_lat").value = coords.latitude.toFixed(5);
      document.getElementById("id_lon").value = coords.longitude.toFixed(5);
      say(locate.dataset.done);
    },
    () => say(locate.dataset.failed),
    { timeout: 10000, maximumAge: 0 },
  );
});

// What stands after "#" never leaves the browser; it goes into the field and out of the address bar.
const code = document.getElementById("id_code");
if (code && location.hash.length > 20) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}

// Public opinions like the one being written: asked for after a pause, by POST (the words are in no address or log).
const near = document.querySelector("[data-alike]");
const written = near && document.querySelector("form.opinion-form");
if (written) {
  const PAUSE_MS = 900;
  let timer = 0;
  let asked = "";
  const ask = async () => {
    const body = new URLSearchParams();
    for (const name of ["csrfmiddlewaretoken", "xa", "text", "place_words"]) body.set(name, written.elements[name].value);
    if (String(body) === asked) return;
    asked = String(body);
    try {
      const response = await fetch(near.dataset.alike, { method: "POST", body });
      if (response.ok && String(body) === asked) near.innerHTML = await response.text();
    } catch { /* without a network the form works as it is */ }
  };
  for (const name of ["text", "place_words"]) {
    written.elements[name].addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE_MS); });
  }
}
