/* Files may be dropped on their field; beside it a drop must not leave the page. */
import { within } from "./events.js";
import { say } from "./messages.js";

const take = (input, files) => {
  if (files.length > 1) {
    say("一次只能上传一个文件，请分别上传。");
    return;
  }
  input.files = files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.focus();
};

for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    const place = document.querySelector("[data-drop]");
    if (!place || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const isInside = within(event, "[data-drop]") === place;
    place.classList.toggle("is-over", type === "dragover" && isInside);
    if (type === "drop" && isInside) {
      take(place.querySelector("input[type=file]"), event.dataTransfer.files);
    }
  });
}

document.addEventListener("DOMContentLoaded", () => {
  for (const hint of document.querySelectorAll("[data-drop-hint]")) hint.hidden = false;
});
