/* What somebody typed is not lost: leaving asks, Enter does not send half a form, and a
   dialog knows that it holds something. */
import { within } from "./events.js";
import { stayLoggedIn } from "./session.js";

/* What came back with errors holds what was typed before. */
let changed = document.querySelector("form[data-ask-leave]:has(.error-summary)");

export const isChanged = () => changed !== null && document.contains(changed);

export const forgetChanges = (form) => {
  if (changed === form) changed = null;
};

export const focusChanged = () =>
  changed.querySelector(".field :is(input:not([type=hidden]), select, textarea)").focus();

document.addEventListener("htmx:afterSwap", (event) => {
  const refused = event.target.querySelector("dialog:has(.error-summary)");
  if (refused) refused.dataset.typed = "1";
});

for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const form = within(event, "form[data-ask-leave]");
    const dialog = within(event, "dialog");
    if (form) changed = form;
    if (dialog) dialog.dataset.typed = "1";
    if (form || dialog) stayLoggedIn();
  });
}

window.addEventListener("beforeunload", (event) => {
  if (!isChanged()) return;
  event.preventDefault();
  // Chromium before 119 asks only then.
  event.returnValue = "";
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target.type === "submit") return;
  if (within(event, "form[data-ask-leave] input")) event.preventDefault();
});
