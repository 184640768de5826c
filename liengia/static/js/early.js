// Before the first paint: the reader's text size and theme, that scripts run, and presses that come too early. Classic and
// blocking on purpose.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  try {
    for (const [key, allowed] of [["theme", ["light", "dark"]], ["text", ["1", "2", "3"]]]) {
      const value = localStorage.getItem(`lg-${key}`);
      if (allowed.includes(value)) root.dataset[key] = value;
    }
    if (Number(localStorage.getItem("lg-muted")) > Date.now()) root.dataset.sound = "muted";
  } catch { /* a browser without storage keeps the system's theme */ }
  if (!navigator.onLine) root.dataset.net = "off";

  // On a slow phone a button stands before the scripts that serve it: a press on it then is held back until they are there,
  // and not lost; the last one counts. Holding is no press, and buttons of forms work without scripts.
  let pressed = null;
  const holdBack = (event) => {
    const button = event.target.closest?.("button[type=button]:not(.hold)");
    if (!button) return;
    event.stopImmediatePropagation();
    pressed = button;
  };
  document.addEventListener("click", holdBack, true);
  document.addEventListener("DOMContentLoaded", () => {
    document.removeEventListener("click", holdBack, true);
    // Deferred scripts and modules have run by now.
    if (pressed?.isConnected) pressed.click();
  }, { once: true });
})();
