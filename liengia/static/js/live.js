// Live pages: one stream of events a browser, shared by its tabs, that misses nothing.
//
// A page declares its stream once:  <div data-live-stream="/truc/dong/" data-live-position="123" hidden></div>
// and its fragments:                <section data-live="incident_raised incident_quieted" hx-get="…" hx-trigger="live">
//
// 1. The tab that holds the Web Lock of the address reads the stream (fetch, so that Last-Event-ID is ours to send and
//    a refusal can be told from a broken line) and passes every event to the others by BroadcastChannel.
// 2. A tab that has just come asks the leader for what happened since the position that its page was drawn at.
// 3. A leader that was frozen stops passing anything on; a visible tab that has heard nothing for a while takes over.
// 4. Without Web Locks every page reads for itself.
// On an event `kind` the document gets `live:kind` (detail: data, position), and each fragment that names the kind gets
// `live`, which htmx takes as its trigger. `live:state` tells online, offline, connecting or gone.

const SILENT_MS = 40_000;     // the server says something at least every 15 s
const TAKE_OVER_MS = 25_000;
const REMEMBERED = 200;

class Live {
  constructor(url, position) {
    this.url = url;
    this.position = position;
    this.recent = [];
    this.state = "";
    this.tries = 0;
    this.heard = Date.now();
    this.leading = null;
    this.isOver = false;
    this.name = `liengia-live:${url}`;
    this.channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(this.name) : null;
    this.channel?.addEventListener("message", (event) => this.told(event.data));
    this.be("connecting");
    if (navigator.locks && this.channel) {
      this.queue();
      this.channel.postMessage({ ask: this.position });
      setInterval(() => this.watch(), 5000);
    } else {
      this.lead({});
    }
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { this.hurry(); this.watch(); } });
  }

  // Wait for the lock, behind the other tabs, or take it from a leader that has fallen silent.
  queue(steal = false) {
    this.waiting?.abort();
    const waiting = this.waiting = new AbortController();
    const options = steal ? { steal: true } : { signal: waiting.signal };
    const turn = this.turn = {};
    navigator.locks.request(this.name, options, () => { this.leading = turn; return this.lead(turn); })
      .catch(() => { /* aborted by ourselves, or another tab took the lock */ })
      .finally(() => {
        if (this.leading === turn) { this.leading = null; this.abort?.abort(); }
        if (this.turn === turn && !this.isOver) this.queue();
      });
  }

  get isLeader() { return Boolean(this.leading); }

  watch() {
    const isStale = !this.isLeader && Date.now() - this.heard > TAKE_OVER_MS;
    if (isStale && !document.hidden && !this.isOver) { this.heard = Date.now(); this.queue(true); }
  }

  told(message) {
    this.heard = Date.now();
    if (this.isLeader) {
      if ("ask" in message) this.answer(message.ask);
      return;
    }
    if (message.state) this.be(message.state);
    if (message.event) this.hear(message.event);
    if (message.since && message.since.to === this.position) message.since.events.forEach((event) => this.hear(event));
    if (message.reload && message.reload === this.position) refreshAll();
  }

  answer(position) {
    const oldest = this.recent[0]?.position ?? this.position;
    const known = position == null || this.position == null || position >= this.position || position >= oldest - 1;
    if (known) this.channel.postMessage({ state: this.state, since: { to: position, events: this.recent.filter((event) => event.position > position) } });
    else this.channel.postMessage({ state: this.state, reload: position });
  }

  hurry() { this.wake?.(); }

  async lead(turn) {
    this.leading = turn;
    while (this.leading === turn) {
      const ended = await this.read();
      if (this.leading !== turn) return;
      if (ended === "gone") { this.isOver = true; this.be("gone"); return; }
      this.be("offline");
      this.pass({ state: "offline" });
      const wait = Math.min(15_000, 1000 * 2 ** this.tries) * (0.7 + 0.6 * Math.random());
      this.tries += 1;
      await new Promise((resolve) => { this.wake = resolve; setTimeout(resolve, wait); });
    }
  }

  async read() {
    this.abort = new AbortController();
    let alarm = setTimeout(() => this.abort.abort(), SILENT_MS);
    try {
      const headers = { Accept: "text/event-stream" };
      if (this.position != null) headers["Last-Event-ID"] = String(this.position);
      const answer = await fetch(this.url, { headers, signal: this.abort.signal, cache: "no-store", credentials: "same-origin" });
      if ([401, 403, 404].includes(answer.status) || answer.redirected) return "gone";
      if (!answer.ok || !answer.body) return "broken";
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return "ended";
        clearTimeout(alarm);
        alarm = setTimeout(() => this.abort.abort(), SILENT_MS);
        this.tries = 0;
        this.be("online");
        this.pass({ state: "online" });
        const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
          const event = parse(block);
          if (event?.kind === "gone") return "gone";
          if (event) this.take(event);
        }
      }
    } catch {
      return "broken";
    } finally {
      clearTimeout(alarm);
    }
  }

  take(event) {
    if (event.kind === "hello") {
      if (this.position == null) this.position = event.data.position ?? null;
      return;
    }
    this.recent.push(event);
    if (this.recent.length > REMEMBERED) this.recent.shift();
    this.pass({ event });
    this.hear(event);
  }

  hear(event) {
    if (event.kind === "reload") { refreshAll(); return; }
    if (event.position != null) {
      if (this.position != null && event.position <= this.position) return;
      this.position = event.position;
    }
    document.dispatchEvent(new CustomEvent(`live:${event.kind}`, { detail: { ...event.data, position: event.position } }));
    for (const fragment of document.querySelectorAll(`[data-live~="${CSS.escape(event.kind)}"]`)) refresh(fragment);
  }

  pass(message) { this.channel?.postMessage(message); }

  be(state) {
    if (this.state === state) return;
    this.state = state;
    document.documentElement.dataset.stream = state;
    document.dispatchEvent(new CustomEvent("live:state", { detail: { state, isOnline: state === "online" } }));
    if (this.isLeader) this.pass({ state });
  }
}

/** Read one block of the server-sent events format; null for a comment. */
export function parse(block) {
  let kind = "message", position = null;
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) kind = line.slice(6).trim();
    else if (line.startsWith("id:")) position = Number(line.slice(3).trim());
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  if (!data.length) return null;
  try { return { kind, position: Number.isFinite(position) ? position : null, data: JSON.parse(data.join("\n")) }; } catch { return null; }
}

// A burst of events redraws a fragment once; an event during a redraw redraws it once more.
const waiting = new WeakMap();

function refresh(fragment) {
  if (waiting.has(fragment)) return;
  waiting.set(fragment, setTimeout(() => {
    waiting.delete(fragment);
    if (!fragment.isConnected) return;
    if (fragment.classList.contains("htmx-request")) { refresh(fragment); return; }
    fragment.dispatchEvent(new CustomEvent("live", { bubbles: false }));
  }, 120));
}

function refreshAll() {
  for (const fragment of document.querySelectorAll("[data-live]")) refresh(fragment);
  document.dispatchEvent(new CustomEvent("live:reload"));
}

// "(2) Trực ban": how many things wait, in the title, for a tab that is not looked at.
const title = document.title;

function showCount() {
  const counts = [...document.querySelectorAll("[data-title-count]")].map((one) => Number(one.dataset.titleCount) || 0);
  const sum = counts.reduce((a, b) => a + b, 0);
  document.title = sum ? `(${sum}) ${title}` : title;
}

document.addEventListener("htmx:afterSettle", showCount);
showCount();

const declared = document.querySelector("[data-live-stream]");
export const live = declared ? new Live(declared.dataset.liveStream, declared.dataset.livePosition ? Number(declared.dataset.livePosition) : null) : null;
