/* Dialogs: on the page (data-open), or another page's form shown in one (data-dialog). */
import { on, within } from "./events.js";

on("click", "[data-open]", (event, button) => {
  const dialog = document.getElementById(button.dataset.open);
  if (!dialog?.showModal) return;
  event.preventDefault();
  dialog.showModal();
});

on("click", "[data-close]", (event, button) => {
  event.preventDefault();
  button.closest("dialog").close();
});

/* A click beside a dialog closes it, unless something was typed in it. */
document.addEventListener("click", (event) => {
  if (event.target.tagName === "DIALOG" && !event.target.dataset.typed) event.target.close();
});

let opener = null;

on("click", "a[data-dialog]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !window.htmx) return;
  event.preventDefault();
  const menu = link.closest("details.menu");
  opener = menu ? menu.querySelector("summary") : link;
  if (menu) {
    menu.open = false;
    opener.focus();
  }
  window.htmx.ajax("GET", link.getAttribute("href"), {
    target: "#dialog-place",
    swap: "innerHTML",
    source: link,
  });
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "dialog-place") return;
  const dialog = event.target.querySelector("dialog");
  if (dialog && !dialog.open) dialog.showModal();
});

/* An answer in place of the first dialog does not know what had opened that one. */
document.addEventListener(
  "close",
  (event) => {
    if (opener && within(event, "#dialog-place")) opener.focus();
  },
  true,
);

/* What the page brings open is shown as one that has to be answered. */
document.addEventListener("DOMContentLoaded", () => {
  for (const dialog of document.querySelectorAll("dialog[open]")) {
    dialog.close();
    dialog.showModal();
  }
});
