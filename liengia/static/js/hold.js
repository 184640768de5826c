// A button that acts after it was held for two seconds: by finger, mouse, Space or Enter. Letting go early cancels and
// says so. It dispatches `held` (bubbling, cancelable) and, with data-hold-submit, then submits its form.
//
// <button class="hold" type="button" data-say="id of the sentence" data-holding="…" data-early="…" data-done="…">

const HOLD_MS = 2000;
let held = null;

function say(button, words) {
  const line = document.getElementById(button.dataset.say);
  if (line && words) line.textContent = words;
}

function start(button) {
  if (held || button.disabled || button.getAttribute("aria-disabled") === "true") return;
  button.classList.add("holding");
  say(button, button.dataset.holding);
  navigator.vibrate?.(40);
  held = { button, timer: setTimeout(finish, HOLD_MS) };
}

function finish() {
  const { button } = held;
  held = null;
  button.classList.remove("holding");
  navigator.vibrate?.([200, 80, 200]);
  say(button, button.dataset.done);
  const goesOn = button.dispatchEvent(new CustomEvent("held", { bubbles: true, cancelable: true }));
  if (goesOn && "holdSubmit" in button.dataset) button.form?.requestSubmit();
}

function stop() {
  if (!held) return;
  const { button, timer } = held;
  held = null;
  clearTimeout(timer);
  button.classList.remove("holding");
  say(button, button.dataset.early);
}

const holdOf = (event) => event.target.closest?.(".hold");

document.addEventListener("pointerdown", (event) => {
  const button = holdOf(event);
  if (!button || event.button > 0) return;
  event.preventDefault();
  button.focus({ preventScroll: true });
  button.addEventListener("pointerleave", stop, { once: true });
  start(button);
});
document.addEventListener("keydown", (event) => {
  const button = holdOf(event);
  if (!button || ![" ", "Enter"].includes(event.key)) return;
  event.preventDefault();
  if (!event.repeat) start(button);
});
document.addEventListener("keyup", (event) => {
  if (!held) return;
  if ([" ", "Enter"].includes(event.key)) event.preventDefault();
  stop();
});
for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, stop);
document.addEventListener("focusout", (event) => { if (held?.button === event.target) stop(); });
document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
document.addEventListener("contextmenu", (event) => { if (holdOf(event)) event.preventDefault(); });
