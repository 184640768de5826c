// The live board of a festival's date follows its stream (live.js): an event brings the tile that changed, the sums and
// what happened just now, drawn once on the server for all who watch. Each minute, and whenever the stream is away, the
// board is asked for whole, so that "late by so many minutes" stays true. Without network it says of when its picture is.
import { live } from "./live.js";

const LOOK_MS = 60_000;
const LOOK_ALONE_MS = 8_000;
const GIVE_UP_MS = 8_000;
const board = document.querySelector("[data-board]");

if (board) {
  const sign = document.querySelector("[data-offline]");
  const since = sign.querySelector("[data-since]");
  const time = new Intl.DateTimeFormat("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit" });
  let drawnAt = new Date(), askedAt = Date.now(), isAsking = false;

  const say = (isLost) => {
    if (isLost && sign.hidden) since.textContent = `${since.dataset.words} ${time.format(drawnAt)}`;
    sign.hidden = !isLost;
  };
  const made = (html) => { const holder = document.createElement("template"); holder.innerHTML = html.trim(); return holder.content.firstElementChild; };
  // A part that did not change is left alone: a reader's ears are not told it again.
  const lay = (old, html) => { const fresh = html && made(html); if (old && fresh && old.outerHTML !== fresh.outerHTML) old.replaceWith(fresh); };

  const whole = async () => {
    if (isAsking) return;
    isAsking = true;
    askedAt = Date.now();
    try {
      const joint = board.dataset.board.includes("?") ? "&" : "?";
      const answer = await fetch(`${board.dataset.board}${joint}v=${live?.position ?? ""}`, { signal: AbortSignal.timeout(GIVE_UP_MS) });
      if (!answer.ok) throw new Error(answer.status);
      const fresh = (await answer.text()).trim();
      drawnAt = new Date();
      if (fresh !== board.innerHTML.trim()) board.innerHTML = fresh;
      say(false);
    } catch { say(true); } finally { isAsking = false; }
  };

  document.addEventListener("live:tile", ({ detail: data }) => {
    const old = board.querySelector(`[data-day="${CSS.escape(data.day)}"]`);
    if (!old || !data.tile) { whole(); return; }  // a day that came, went, or moved to another place of the board
    lay(old, data.tile);
    lay(board.querySelector("[data-sums]"), data.sums);
    lay(board.querySelector("[data-news]"), data.news);
    drawnAt = new Date();
    say(false);
  });
  document.addEventListener("live:reload", whole);
  document.addEventListener("live:state", (event) => { if (event.detail.state !== "connecting") whole(); });
  addEventListener("offline", () => say(true));
  addEventListener("online", whole);
  setInterval(() => {
    const wait = live?.state === "online" ? LOOK_MS : LOOK_ALONE_MS;
    if (!document.hidden && board.hasAttribute("data-today") && Date.now() - askedAt >= wait) whole();
  }, 2_000);
}
