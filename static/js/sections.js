/* One section of a record is edited at a time: saving it must not lose what another one
   holds. */
import { say } from "./messages.js";
import { focusChanged, isChanged } from "./typing.js";

let open = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.detail.target.matches(".section-body") || !isChanged()) return;
  event.preventDefault();
  say("请先保存或取消正在修改的部分，再修改这一部分。");
  focusChanged();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const place = event.detail.target;
  const isSection = place.matches(".section-body");
  const isLate =
    event.detail.requestConfig.verb === "get" && place.querySelector("dialog[open][data-typed]");
  /* A second click on a slow line: its answer comes late and must not undo what was typed. */
  if ((isSection && isChanged()) || isLate) {
    event.detail.shouldSwap = false;
    return;
  }
  if (!isSection) return;
  if (!event.detail.serverResponse.includes("form-page")) {
    /* The record was closed meanwhile: there is no form, show the record as it is. */
    event.detail.shouldSwap = false;
    window.location.reload();
    return;
  }
  open?.place.replaceChildren(...open.was);
  open = { place, was: [...place.childNodes] };
});
