// Clocks by the server's time (time.js) and the commune's zone, whatever the phone's own clock and zone say.
//
//   .clock[data-since]   how long since an instant        .clock[data-until]  how long until one
//   .clock[data-wall]    the time of day                  [data-site-clock]   "Thứ Hai, 13/01/2025 21:39 (GMT +7)"
//   .sr[data-since]      the same in words, for the ear

import { learn, serverNow } from "./time.js";

const zone = document.querySelector("meta[name=time-zone]")?.content || "Asia/Ho_Chi_Minh";
const language = document.documentElement.lang || "vi";
const parts = (options) => new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: "h23", ...options });
const dayFormat = parts({ weekday: "long", day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" });
const wallFormat = parts({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const units = ["day", "hour", "minute", "second"].map((unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }));

/** "Thứ Hai, 13/01/2025 21:39 (GMT +7)". */
export function siteClock(at) {
  const found = Object.fromEntries(dayFormat.formatToParts(at).map((part) => [part.type, part.value]));
  const hours = -zoneMinutes(at) / 60;
  return `${found.weekday}, ${found.day}/${found.month}/${found.year} ${found.hour}:${found.minute} (GMT ${hours > 0 ? "-" : "+"}${Math.abs(hours)})`;
}

function zoneMinutes(at) {
  const name = parts({ timeZoneName: "longOffset" }).formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):?(\d\d)?/.exec(name) ?? [];
  return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes || 0)) : 420;
}

/** "02:14", "1:02:14". */
export function running(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  return `${hours ? `${hours}:` : ""}${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** "2 phút 14 giây": the two largest units, in the page's language. */
export function spoken(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const values = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
  const first = values.findIndex((value) => value > 0);
  if (first < 0) return units[3].format(0);
  return values.map((value, i) => (value && i >= first && i < first + 2 ? units[i].format(value) : "")).filter(Boolean).join(" ");
}

function draw(clock, digits) {
  if (clock.dataset.shown === digits) return;
  const same = clock.dataset.shown?.length === digits.length;
  clock.dataset.shown = digits;
  if (same && clock.childNodes.length === digits.length) {
    [...digits].forEach((char, i) => { if (clock.childNodes[i].textContent !== char) clock.childNodes[i].textContent = char; });
    return;
  }
  clock.replaceChildren(...[...digits].map((char) => {
    if (!/\d/.test(char)) return document.createTextNode(char);
    const digit = document.createElement("i");
    digit.textContent = char;
    return digit;
  }));
}

let tick = 0;

function show() {
  const now = serverNow();
  for (const clock of document.querySelectorAll(".clock[data-since]")) draw(clock, running((now - Date.parse(clock.dataset.since)) / 1000));
  for (const clock of document.querySelectorAll(".clock[data-until]")) draw(clock, running((Date.parse(clock.dataset.until) - now) / 1000));
  for (const clock of document.querySelectorAll(".clock[data-wall]")) draw(clock, wallFormat.format(now));
  // The ear is not told every second: the words follow every ten.
  if (tick % 10 === 0) {
    for (const words of document.querySelectorAll(".sr[data-since]")) {
      words.textContent = `${words.dataset.says} ${spoken((now - Date.parse(words.dataset.since)) / 1000)}`.trim();
    }
    for (const time of document.querySelectorAll("[data-site-clock]")) {
      const shown = time.dataset.siteClock === "minute" ? wallFormat.format(now).slice(0, 5) : siteClock(now);
      if (time.textContent !== shown) { time.textContent = shown; time.dateTime = new Date(now).toISOString(); }
    }
  }
  tick += 1;
  setTimeout(show, 1000 - (serverNow() % 1000) + 5);
}

learn().finally(() => { tick = 0; });
show();
document.addEventListener("htmx:load", () => { tick = 0; });
addEventListener("pageshow", (event) => { if (event.persisted) learn(); });
