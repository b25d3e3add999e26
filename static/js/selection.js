/* Lists: what is ticked, and the bar that says how many. */
import { on } from "./events.js";

const IDS = "input[name=ids]";
const ALL_MATCHING = "input[name=all_matching]";

const update = (form) => {
  const boxes = form.querySelectorAll(IDS);
  const count = form.querySelectorAll(`${IDS}:checked`).length;
  const all = form.querySelector("input[data-check-all]");
  if (all) {
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  const bar = form.querySelector(".bulk-bar");
  if (!bar) return;
  bar.hidden = count === 0;
  const everything = bar.querySelector("[data-all-matching]");
  const wider = bar.querySelector(ALL_MATCHING);
  if (everything) everything.hidden = count !== boxes.length;
  if (wider && count !== boxes.length) wider.checked = false;
  bar.querySelector("[data-selected]").textContent = wider?.checked ? wider.dataset.total : count;
};

const tick = (form, selector, checked) => {
  for (const box of form.querySelectorAll(selector)) box.checked = checked;
  update(form);
};

on("change", "input[data-check-all]", (_event, all) => tick(all.form, IDS, all.checked));
on("change", `${IDS}, ${ALL_MATCHING}`, (_event, box) => update(box.form));
on("click", "[data-clear-selection]", (_event, button) =>
  tick(button.form, `${IDS}, ${ALL_MATCHING}`, false),
);

/* By then the browser has ticked again what was ticked before one came back. */
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-list]")) update(form);
});
