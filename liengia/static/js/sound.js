// Sounds of alarms, made on the spot: no file to fetch when it burns.
//
// The page says what sounds: <div data-sound="real" data-sound-id="incident"> while it is there, the tone goes on.
//   real     rising two-tone, continuous, with vibration, until answered or muted on this device
//   drill    the spoken word (data-sound-word), then one soft tone, 1 s on, 2 s off
//   test     one short beep, once
//   console  two short tones every 3 s, louder 20 s after data-since
// A [data-mute] button silences on this device what sounds now, and only that: the next alarm sounds again. Where
// nothing sounds it silences this device for 15 minutes, after which sound comes back by itself.
// A browser gives no sound before the first touch; until then <html data-sound="locked"> shows .when-locked.

import { serverNow } from "./time.js";

const MUTED_MS = 15 * 60_000;
const RANK = ["real", "console", "drill", "test"];
const root = document.documentElement;
let context = null, playing = null, timer = 0, tested = "", asked = false;

const store = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { if (value) localStorage.setItem(key, value); else localStorage.removeItem(key); } catch { /* holds for this page */ } },
};
const silenced = new Set((store.get("lg-silenced") ?? "").split(" ").filter(Boolean));
let mutedUntil = Number(store.get("lg-muted")) || 0;
const isMuted = () => mutedUntil > Date.now();

function audio() {
  context ??= new (window.AudioContext || window.webkitAudioContext)();
  return context;
}

function tone(at, frequency, seconds, { to = frequency, gain = 0.5, type = "square" } = {}) {
  const oscillator = context.createOscillator(), volume = context.createGain();
  oscillator.type = type;
  oscillator.frequency.setValueAtTime(frequency, at);
  oscillator.frequency.linearRampToValueAtTime(to, at + seconds);
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(gain, at + 0.02);
  volume.gain.setValueAtTime(gain, at + seconds - 0.03);
  volume.gain.linearRampToValueAtTime(0, at + seconds);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}

// What one round of each sound is, and how many milliseconds later the next one begins (0: never).
const rounds = {
  real(at) { tone(at, 650, 0.5, { to: 900, gain: 0.8 }); tone(at + 0.5, 900, 0.5, { to: 1250, gain: 0.8 }); navigator.vibrate?.([400, 200, 400]); return 1000; },
  drill(at) { tone(at, 520, 1, { gain: 0.25, type: "sine" }); return 3000; },
  test(at) { tone(at, 880, 0.25, { gain: 0.4, type: "sine" }); navigator.vibrate?.(120); return 0; },
  console(at, source) {
    const since = Date.parse(source.dataset.since ?? "");
    const gain = since && serverNow() - since > 20_000 ? 0.9 : 0.3;
    tone(at, 740, 0.18, { gain, type: "triangle" });
    tone(at + 0.24, 988, 0.26, { gain, type: "triangle" });
    return gain > 0.5 ? 1500 : 3000;
  },
};

function wanted() {
  const sources = [...document.querySelectorAll("[data-sound]:not(html)")].filter((one) => RANK.includes(one.dataset.sound));
  return sources.sort((a, b) => RANK.indexOf(a.dataset.sound) - RANK.indexOf(b.dataset.sound))
    .find((one) => !silenced.has(one.dataset.soundId || one.dataset.sound) && !isMuted()) ?? null;
}

function show() {
  const locked = Boolean(wanted()) && (!context || context.state !== "running");
  const quiet = isMuted() || (!wanted() && Boolean(document.querySelector("[data-sound]:not(html)")));
  if (locked) root.dataset.sound = "locked"; else if (quiet) root.dataset.sound = "muted"; else delete root.dataset.sound;
  for (const button of document.querySelectorAll("[data-mute]")) button.setAttribute("aria-pressed", String(quiet));
}

function speak(words) {
  if (!words || !window.speechSynthesis) return 0;
  const voice = speechSynthesis.getVoices().find((one) => one.lang.startsWith("vi"));
  if (!voice) return 0;
  const said = new SpeechSynthesisUtterance(words);
  said.voice = voice;
  said.lang = voice.lang;
  speechSynthesis.speak(said);
  return 1500;
}

function round() {
  const source = wanted();
  if (!source || !context || context.state !== "running") { playing = null; show(); return; }
  const kind = source.dataset.sound, id = source.dataset.soundId || kind;
  if (kind === "test" && tested === id) { playing = null; return; }
  let wait = 0;
  if (playing !== id && kind === "drill") wait = speak(source.dataset.soundWord);
  playing = id;
  if (kind === "test") tested = id;
  const next = rounds[kind](context.currentTime + wait / 1000 + 0.02, source);
  timer = next ? setTimeout(round, next + wait) : 0;
}

/** Look at the page again: begin, change or end the sound. */
export function listen() {
  clearTimeout(timer);
  const source = wanted();
  if (source) audio();
  if (source && context.state === "suspended" && !asked) { asked = true; context.resume().then(listen, () => show()); }
  if (!source && playing) navigator.vibrate?.(0);
  round();
  show();
}

/** Sound one kind once, for "Nghe thử". */
export async function sample(kind) {
  audio();
  await context.resume();
  rounds[kind](context.currentTime + 0.02, document.body);
}

function unlock() {
  if (context?.state === "running") return;
  audio().resume().then(listen, () => {});
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-mute],[data-sample]");
  if (!button) return;
  if (button.dataset.sample) { sample(button.dataset.sample); return; }
  const sources = [...document.querySelectorAll("[data-sound]:not(html)")];
  if (sources.length && !isMuted()) {
    const ids = sources.map((one) => one.dataset.soundId || one.dataset.sound);
    const isQuiet = ids.every((id) => silenced.has(id));
    for (const id of ids) { if (isQuiet) silenced.delete(id); else silenced.add(id); }
    store.set("lg-silenced", [...silenced].slice(-50).join(" "));
  } else {
    mutedUntil = isMuted() ? 0 : Date.now() + MUTED_MS;
    store.set("lg-muted", mutedUntil ? String(mutedUntil) : "");
    if (mutedUntil) setTimeout(listen, MUTED_MS + 100);
  }
  document.dispatchEvent(new CustomEvent("sound:muted", { detail: { isMuted: isMuted(), silenced: [...silenced] } }));
  listen();
});

for (const kind of ["pointerdown", "keydown", "touchend"]) document.addEventListener(kind, unlock, { passive: true });
document.addEventListener("htmx:afterSettle", listen);
if (isMuted()) setTimeout(listen, mutedUntil - Date.now() + 100);
listen();
