// Before the first paint: the reader's text size and theme, and that scripts run. Classic and blocking on purpose.
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
})();
