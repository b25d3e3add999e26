/* One submit is one submit. The page stays after a download: another button, or other
   choices, are another wish. What was typed is the matter of typing.js. */
import { on } from "./events.js";

const SENT_MILLISECONDS = 8000;

let sentBy = new WeakMap();
let said = null;

const forgetSent = () => {
  sentBy = new WeakMap();
  said?.button.replaceChildren(...said.was);
  said = null;
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter ?? form;
  if (form.method === "get" || form.hasAttribute("hx-post")) return;
  if (sentBy.get(form) === button) {
    event.preventDefault();
    return;
  }
  sentBy.set(form, button);
  /* An upload takes its time; another click would begin it anew. */
  if (button.dataset.sending) {
    said = { button, was: [...button.childNodes] };
    button.textContent = button.dataset.sending;
  } else {
    setTimeout(() => sentBy.delete(form), SENT_MILLISECONDS);
  }
});

document.addEventListener("change", (event) => sentBy.delete(event.target.form));
window.addEventListener("pageshow", forgetSent);
/* Whoever stops an upload (Esc) may begin it again. */
window.navigation?.addEventListener("navigateerror", forgetSent);

on("change", "[data-autosubmit]", (_event, control) => control.form.requestSubmit());
on("click", "[data-print]", () => window.print());
