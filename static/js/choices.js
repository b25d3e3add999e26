/* Choices under a typed field: picking one fills the hidden key and the text. */
import { on } from "./events.js";

on("click", "[data-pick]", (_event, button) => {
  const key = document.getElementById(button.dataset.for);
  if (!key) return;
  const text = document.getElementById(`${button.dataset.for}_text`) ?? key;
  key.value = button.dataset.pick;
  text.value = button.dataset.text;
  text.focus();
  key.dispatchEvent(new Event("change", { bubbles: true }));
  button.closest("[data-choices]").replaceChildren();
});

/* Below the last field they would open under the save bar. */
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches("[data-choices]")) event.target.scrollIntoView({ block: "nearest" });
});
