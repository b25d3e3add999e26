/* What is often said stands below a field (data-says: its id): one click writes it there, after
   what is there already. */
import { on } from "./events.js";

on("click", "[data-says]", (_, button) => {
  const field = document.getElementById(button.dataset.says);
  const said = field.value.trim();
  const words = button.textContent;
  if (!said.includes(words)) field.value = said ? `${said.replace(/。$/, "")}；${words}` : words;
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  field.focus();
});
