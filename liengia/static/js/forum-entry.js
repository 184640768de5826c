// Slips typed in a hall without network: each has a code given with the page, waits in this browser, and is sent when
// the network is back. Sent twice it is one slip, since the code is the same. What is taken is erased here at once; what is
// refused stays in a list with its reason, away from the fields in which somebody is typing the next one.
const form = document.querySelector("[data-entry]");
const key = `liengia-forum-${form.dataset.entry}`;
const me = form.dataset.reader;
const codes = JSON.parse(document.getElementById("codes").textContent);
const left = form.querySelector("[data-left]");
const last = form.querySelector("[data-last]");
const box = document.querySelector("[data-refused]");
let sending = false;

// Another account on the same phone neither sees nor sends what this one typed.
const all = () => JSON.parse(localStorage.getItem(key) || "[]");
const mine = () => all().filter((one) => (one.who ?? me) === me);
const waiting = () => mine().filter((one) => !one.problem);
const keep = (slips) => (slips.length ? localStorage.setItem(key, JSON.stringify(slips)) : localStorage.removeItem(key));
const put = (slip) => keep([...all().filter((one) => one.code !== slip.code), slip]);
const drop = (code) => keep(all().filter((one) => one.code !== code));
// Signing in again gives another token: the cookie's is the one that counts.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;

function putBack(slip) {
  if (form.elements.text.value.trim()) { say(box.dataset.typing); form.elements.text.focus(); return; }
  for (const [name, value] of Object.entries(slip)) if (form.elements[name]) form.elements[name].value = value;
  form.querySelector(".concern").open = Boolean(slip.officer || slip.officer_words || slip.officials_to);
  form.querySelector("button").disabled = false;
  drop(slip.code);
  show();
  form.elements.text.focus();
}

function line(slip) {
  const item = document.getElementById("refused-slip").content.cloneNode(true);
  item.querySelector("[data-problem]").textContent = slip.problem;
  item.querySelector("[data-words]").textContent = [slip.slip_number, slip.text].filter(Boolean).join(": ");
  item.querySelector("[data-code]").textContent = slip.code;
  item.querySelector("[data-back]")?.addEventListener("click", () => putBack(slip));
  item.querySelector("[data-away]").addEventListener("click", () => { drop(slip.code); show(); });
  return item;
}

const say = (words) => { left.hidden = !words; left.querySelector("span").textContent = words; };
function show(words) {
  const count = waiting().length;
  say(count ? `${count} ${words || left.dataset.words}` : "");
  const refused = mine().filter((one) => one.problem);
  box.hidden = refused.length === 0;
  box.querySelector("ul").replaceChildren(...refused.map(line));
}

const send = async () => {
  if (sending) return;
  sending = true;
  let words = "";
  try {
    while (waiting().length) {
      const [slip] = waiting();
      const answer = await fetch(form.action, {
        method: "POST", redirect: "manual", headers: { Accept: "application/json", "X-CSRFToken": token() }, body: new URLSearchParams(slip),
      });
      if (answer.ok) { drop(slip.code); continue; }
      if (answer.status === 422 || answer.status === 409) { put({ ...slip, problem: (await answer.json()).message }); continue; }
      // A server that is away is asked again; signed out, somebody has to sign in.
      if (answer.status < 500) words = left.dataset.again;
      break;
    }
  } catch { /* no network: the slips wait */ } finally { sending = false; }
  show(words);
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const slip = Object.fromEntries(new FormData(form));
  delete slip.csrfmiddlewaretoken;
  put({ ...slip, who: me });
  last.textContent = `${last.dataset.words}: ${slip.code}`;
  if (codes.includes(slip.code)) codes.splice(codes.indexOf(slip.code), 1);
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
