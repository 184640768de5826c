// The server's time, whatever the phone's own clock says. Import it from here and nowhere else: one module, one offset.
//
// The page brings the server's time (meta server-now). The offset is what lies between it and the moment its first
// byte came. A page out of a cache brings an old time: then the Date header of a small file is asked for, and without
// network the offset of the last good page holds.

const KEY = "lg-clock";
let offset = remembered();

function remembered() {
  try { return Number(localStorage.getItem(KEY)) || 0; } catch { return 0; }
}

function setOffset(value) {
  offset = value;
  try { localStorage.setItem(KEY, String(Math.round(value))); } catch { /* holds for this page */ }
}

/** Milliseconds of the server's clock, now. */
export function serverNow() {
  return Date.now() + offset;
}

/** Find the offset anew: at the start of a page, and when one comes back out of the browser's memory. */
export async function learn() {
  const said = Date.parse(document.querySelector("meta[name=server-now]")?.content ?? "");
  const entry = performance.getEntriesByType("navigation")[0];
  const isFresh = entry && entry.type !== "back_forward" && !entry.workerStart && entry.transferSize !== 0;
  if (said && isFresh) {
    setOffset(said - (Date.now() - (performance.now() - entry.responseStart)));
    return;
  }
  try {
    const before = Date.now();
    const answer = await fetch(new URL("../img/mark.svg", import.meta.url), { method: "HEAD", cache: "no-store" });
    const date = Date.parse(answer.headers.get("Date") ?? "");
    if (date) setOffset(date + 500 - (before + Date.now()) / 2);
  } catch { /* no network: the remembered offset holds */ }
}
