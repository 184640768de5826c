// Opinions: position on request, the slip's print button, and the code that a QR code carries after "#".
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
