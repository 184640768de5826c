// Lists of rows: one more, one less, one higher. Without this script empty rows stand ready and a box takes a row away.
for (const list of document.querySelectorAll("[data-rows]")) {
  const rows = list.querySelector("ol"), total = list.querySelector("input[type=hidden]"), blank = list.querySelector("template");
  const name = list.dataset.rows;

  // A row's number is its place: it names the cells, and a fault's "line 3" is the third row on the page.
  const number = () => {
    [...rows.children].forEach((row, place) => {
      row.querySelector(".festivals-row-number").textContent = place + 1;
      for (const cell of row.querySelectorAll("[name]")) cell.name = `${name}-${place}-${cell.name.slice(cell.name.lastIndexOf("-") + 1)}`;
      row.querySelector("[data-rows-up]").disabled = place === 0;
    });
    total.value = rows.children.length;
  };
  const ready = (row) => {
    row.querySelector(".festivals-drop").hidden = true;
    for (const button of row.querySelectorAll("[data-rows-up], [data-rows-drop]")) button.hidden = false;
  };
  for (const row of rows.children) ready(row);
  const add = list.querySelector("[data-rows-add]");
  add.hidden = false;
  add.addEventListener("click", () => {
    rows.append(blank.content.cloneNode(true));
    ready(rows.lastElementChild);
    number();
    rows.lastElementChild.querySelector("input, select, textarea").focus();
  });
  rows.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (event.target.closest("[data-rows-drop]")) { (row.nextElementSibling ?? row.previousElementSibling ?? add).querySelector?.("input, select")?.focus(); row.remove(); number(); }
    if (event.target.closest("[data-rows-up]")) { row.previousElementSibling?.before(row); number(); event.target.closest("button").focus(); }
  });
  number();
}
// Boxes of one name, ticked or not at a press.
for (const button of document.querySelectorAll("[data-tick-all], [data-tick-none]")) {
  const { tickAll, tickNone } = button.dataset;
  button.hidden = false;
  button.addEventListener("click", () => { for (const box of button.form.querySelectorAll(`input[type=checkbox][name="${tickAll ?? tickNone}"]`)) box.checked = tickAll !== undefined; });
}
