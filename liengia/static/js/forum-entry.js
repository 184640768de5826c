// Slips typed in a hall without network: each has a code given with the page, waits in this browser, and is sent when
// the network is back. Sent twice it is one slip, since the code is the same. What is taken is erased here at once.
const form = document.querySelector("[data-entry]");
const key = `liengia-forum-${form.dataset.entry}`;
const codes = JSON.parse(document.getElementById("codes").textContent);
const left = form.querySelector("[data-left]");
const last = form.querySelector("[data-last]");
let sending = false;

const waiting = () => JSON.parse(localStorage.getItem(key) || "[]");
const keep = (slips) => (slips.length ? localStorage.setItem(key, JSON.stringify(slips)) : localStorage.removeItem(key));
const show = (words) => {
  const count = waiting().length;
  left.hidden = count === 0;
  left.querySelector("span").textContent = `${count} ${words || left.dataset.words}`;
};

const send = async () => {
  if (sending) return;
  sending = true;
  let words = "";
  try {
    while (waiting().length) {
      const [slip] = waiting();
      const answer = await fetch(form.action, {
        method: "POST", redirect: "manual",
        headers: { Accept: "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
        body: new URLSearchParams(slip),
      });
      if (answer.ok) { keep(waiting().filter((one) => one.code !== slip.code)); continue; }
      words = left.dataset.again;
      if (answer.status === 422 || answer.status === 409) {
        // Refused for good: it goes back into the form, with the reason, and out of the queue.
        keep(waiting().filter((one) => one.code !== slip.code));
        words = (await answer.json()).message;
        for (const [name, value] of Object.entries(slip)) if (form.elements[name]) form.elements[name].value = value;
        form.querySelector(".concern").open = Boolean(slip.officer || slip.officer_words || slip.officials_to);
        left.hidden = false;
        left.querySelector("span").textContent = words;
        return;
      }
      break;
    }
  } catch { /* no network: the slips wait */ } finally { sending = false; }
  show(words);
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const slip = Object.fromEntries(new FormData(form));
  delete slip.csrfmiddlewaretoken;
  keep([...waiting(), slip]);
  last.textContent = `${last.dataset.words}: ${slip.code}`;
  codes.splice(codes.indexOf(slip.code), 1);
  form.reset();
  form.elements.code.value = codes[0] || "";
  form.querySelector("button").disabled = codes.length === 0;
  form.elements.text.focus();
  show();
  send();
});
addEventListener("online", send);
setInterval(send, 10000);
show();
send();
