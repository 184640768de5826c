// An incident played again: the second chosen by the slider hides what came later and lights the houses that had rung
// or answered by then. Without scripts the whole timeline simply stands there.

const box = document.querySelector("[data-replay]");
const slider = document.getElementById("replay-at");
const lines = [...document.querySelectorAll("#replay-lines > li")];
const houses = new Map([...(box?.querySelectorAll("[data-house]") ?? [])].map((one) => [one.dataset.house, one]));
let timer = 0;

function show() {
  const at = Number(slider.value);
  document.getElementById("replay-now").textContent = slider.value;
  for (const house of houses.values()) { house.classList.remove("rang", "said"); }
  for (const line of lines) {
    const isPast = Number(line.dataset.after) <= at;
    line.hidden = !isPast;
    if (!isPast) continue;
    const mark = line.dataset.kind === "answered" ? "said" : "rang";
    for (const key of line.dataset.houses.split(" ").filter(Boolean)) houses.get(key)?.classList.add(mark);
  }
}

function stop() {
  clearInterval(timer);
  timer = 0;
  box.querySelector("[data-play]").setAttribute("aria-pressed", "false");
}

if (box && slider) {
  slider.addEventListener("input", show);
  box.querySelector("[data-play]").addEventListener("click", (event) => {
    if (timer) { stop(); return; }
    event.currentTarget.setAttribute("aria-pressed", "true");
    if (Number(slider.value) >= Number(slider.max)) slider.value = 0;
    // The whole in half a minute, never slower than life.
    const step = Math.max(1, Math.round(Number(slider.max) / 60));
    show();
    timer = setInterval(() => {
      slider.value = Number(slider.value) + step;
      show();
      if (Number(slider.value) >= Number(slider.max)) stop();
    }, 500);
  });
  show();
}
