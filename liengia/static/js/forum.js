// The wall of the hall follows its stream (live.js): each event draws it anew, under the event's number, so that many
// walls share one drawing. Without the stream it looks every few seconds; without network it keeps its last picture and
// says of when it is. On the clerk's desk, letters press buttons while nobody types.
import { live } from "./live.js";

const LOOK_MS = 6000;
const GIVE_UP_MS = 8000;
const part = document.querySelector("[data-wall-part]");

if (part) {
  const sign = document.querySelector("[data-offline]");
  const since = sign.querySelector("[data-since]");
  const time = new Intl.DateTimeFormat("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit" });
  let drawnAt = new Date(), words = part.innerHTML.trim(), wanted = 0, isAsking = false;

  const say = (isLost) => {
    if (isLost && sign.hidden) since.textContent = `${since.dataset.words} ${time.format(drawnAt)}`;
    sign.hidden = !isLost;
  };

  const draw = async () => {
    wanted += 1;
    if (isAsking) return;
    isAsking = true;
    try {
      for (let asked = 0; asked !== wanted;) {
        asked = wanted;
        const answer = await fetch(`${part.dataset.wallPart}?v=${live?.position ?? ""}`, { signal: AbortSignal.timeout(GIVE_UP_MS) });
        if (!answer.ok) throw new Error(answer.status);
        const fresh = (await answer.text()).trim();
        drawnAt = new Date();
        // An unchanged wall is left alone: a reader's ears are not told it again.
        if (fresh !== words) part.innerHTML = words = fresh;
        say(false);
      }
    } catch { say(true); } finally { isAsking = false; }
  };

  document.addEventListener("live:wall", draw);
  document.addEventListener("live:reload", draw);
  document.addEventListener("live:state", (event) => { if (event.detail.state !== "connecting") draw(); });
  addEventListener("offline", () => say(true));
  setInterval(() => { if (live?.state !== "online") draw(); }, LOOK_MS);
}

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");
if (document.querySelector("[data-desk]")) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.matches("button")) found.click(); else found.focus();
  });
}
