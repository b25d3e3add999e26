/* Cells copied from a spreadsheet may be pasted anywhere on the page that takes them. They stand in
   the field until they are sent, and are kept nowhere else. */
import { on, within } from "./events.js";

const place = () => document.querySelector("[data-paste]");

/* How much came: line breaks inside a cell stand in quotes and begin no row. */
const tell = (field) => {
  const text = field.value.trim().replace(/"[^"\t]*"/g, "");
  const rows = text ? text.split("\n").length : 0;
  place().querySelector("[data-paste-told]").textContent = rows
    ? `已贴入 ${rows} 行（含列名），请点「上传并核对」。`
    : "";
};

document.addEventListener("paste", (event) => {
  const field = place()?.querySelector("textarea");
  if (!field || within(event, "input, textarea, [contenteditable]")) return;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!text.trim()) return;
  event.preventDefault();
  field.value = text;
  field.focus();
  tell(field);
});

on("input", "[data-paste] textarea", (_, field) => tell(field));
